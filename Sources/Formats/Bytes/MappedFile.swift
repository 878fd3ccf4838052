import Core
import CSignals
import Glibc
import System

/// The bytes of a regular file: read whole when small, mapped when large.
enum MappedFile {
  /// Files below this size are read, so that a file that is cut short later costs nothing.
  static let smallest = 16 << 20

  /// The bytes of the file at `path`.
  /// - Parameter threshold: the size in bytes from which a file is mapped instead of read.
  /// - Throws: when the file is missing, not permitted, empty, or no regular file (a pipe never
  ///   blocks).
  static func region(
    path: String, mappingFrom threshold: Int = smallest
  ) throws(FormatError) -> ByteRegion {
    // O_NONBLOCK: opening a FIFO must not wait for a writer.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw openError(errno) }
    defer { close(descriptor) }
    let status = try regularStatus(of: descriptor)
    let size = Int(status.st_size)
    if size >= threshold, let mapped = map(descriptor, path: path, status: status) { return mapped }
    return try readWhole(descriptor, size: size, before: FileStamp(status))
  }

  private static func regularStatus(of descriptor: Int32) throws(FormatError) -> stat {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw openError(errno) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR:
      throw FormatError(.notAFile, "this is a folder, not a file", remedy: "name a file in it")
    default:
      throw FormatError(
        .notAFile, "this is a pipe, socket or device, not a regular file",
        remedy: "save its bytes to a file first")
    }
    guard status.st_size > 0 else {
      throw FormatError(
        .empty, "the file is empty",
        remedy: "write the result again; the program may have been stopped")
    }
    return status
  }

  /// nil when the file cannot be mapped or guarded: reading it works all the same.
  private static func map(_ descriptor: Int32, path: String, status: stat) -> ByteRegion? {
    let size = Int(status.st_size)
    guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED
    else { return nil }
    guard cka_guard_mapping(start, size) else {
      munmap(start, size)
      return nil
    }
    let address = UInt(bitPattern: start)
    let hasLostBytes: @Sendable () -> Bool = {
      UnsafeRawPointer(bitPattern: address).map { cka_mapping_was_truncated($0) } ?? false
    }
    let mapping = ByteRegion.Mapping(
      setAside: { dropPages(of: $0, mappedFrom: UnsafeMutableRawPointer(bitPattern: address)) },
      hasLostBytes: hasLostBytes)
    MappedFiles.add(start, path: path, stamp: FileStamp(status), hasLostBytes: hasLostBytes)
    let bytes = UnsafeRawBufferPointer(start: start, count: size)
    return ByteRegion(owning: bytes, mapping: mapping) { bytes in
      guard let start = bytes.baseAddress else { return }
      MappedFiles.remove(start)
      cka_forget_mapping(start)
      munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
    }
  }

  /// Gives the pages of `bytes` back to the system, which reads them again from the file when
  /// asked.
  private static func dropPages(
    of bytes: UnsafeRawBufferPointer, mappedFrom start: UnsafeMutableRawPointer?
  ) {
    // The pages that stand in for what a cut file no longer has would come back as zeros, not NaN.
    guard let start, let first = bytes.baseAddress, !cka_mapping_was_truncated(start)
    else { return }
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let from = (first - UnsafeRawPointer(start)) / page * page
    let to = (first - UnsafeRawPointer(start)) + bytes.count
    madvise(start + from, to - from, MADV_DONTNEED)
  }

  private static func readWhole(
    _ descriptor: Int32, size: Int, before: FileStamp
  ) throws(FormatError) -> ByteRegion {
    let region = try ByteRegion.filled(size, for: "reading it") { memory throws(FormatError) in
      var filled = 0
      while filled < size {
        let got = uninterrupted {
          read(descriptor, memory.baseAddress.map { $0 + filled }, size - filled)
        }
        guard got >= 0 else {
          throw FormatError(
            .unreadable, "reading failed: \(String(cString: strerror(errno)))", at: "byte \(filled)"
          )
        }
        if got == 0 { break }
        filled += got
      }
      return filled
    }
    // One half of what was before and one of what came after is what nobody has saved.
    guard FileStamp(try regularStatus(of: descriptor)) == before, region.count == size else {
      throw FormatError(
        .changed, "the file was changed while it was read",
        remedy: "open it again when it is finished")
    }
    return region
  }

  private static func openError(_ code: Int32) -> FormatError {
    switch code {
    case ENOENT, ENOTDIR:
      FormatError(.noSuchFile, "there is no such file", remedy: "check the path")
    case EACCES, EPERM:
      FormatError(
        .unreadable, "permission denied", remedy: "ask its owner for read access (chmod +r)")
    case ENXIO:
      FormatError(
        .notAFile, "this is a pipe, socket or device, not a regular file",
        remedy: "save its bytes to a file first")
    default:
      FormatError(.unreadable, "the file cannot be opened: \(String(cString: strerror(code)))")
    }
  }
}
