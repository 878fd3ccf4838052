import Core
import Foundation
import Glibc

/// Reading without trust, and writing so that a reader never sees half of anything.
enum SmallFile {
  /// The last `limit` bytes of the regular file at `path`, and whether that is all of it.
  ///
  /// A pipe in its place does not block, and a huge file costs no more than `limit`.
  static func tail(_ path: String, limit: Int) throws(JobError) -> (bytes: [UInt8], isWhole: Bool) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .system("cannot be read", path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system("cannot be read", path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw JobError(.broken, "is not a regular file", at: path)
    }
    let size = Int(status.st_size)
    let wanted = min(size, limit)
    var bytes = [UInt8](repeating: 0, count: wanted)
    var filled = 0
    while filled < wanted {
      let got = bytes[filled...].withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress, $0.count, off_t(size - wanted + filled))
      }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw .system("cannot be read", path) }
      if got == 0 { break }
      filled += got
    }
    return (Array(bytes.prefix(filled)), wanted == size)
  }

  /// Replaces or makes the file at `path`: a reader sees the old bytes or the new ones, also after
  /// the power failed.
  ///
  /// The bytes are written beside it first, under one fixed name: only the holder of a job's lock
  /// writes in its folder, so what a killed writer left is simply written over.
  static func replace(
    _ path: String, with bytes: some ByteParts
  ) throws(JobError) {
    let beside = path + ".new"
    let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW
    let descriptor = open(beside, flags, 0o600)
    guard descriptor >= 0 else { throw .system("cannot be written", beside) }
    defer { close(descriptor) }
    var isWritten = true
    bytes.forEachPart { isWritten = isWritten && writeAll($0, to: descriptor) }
    guard isWritten, fsync(descriptor) == 0, rename(beside, path) == 0 else {
      let code = errno
      unlink(beside)
      throw .system("cannot be written", path, code)
    }
    synchronise(folderOf: path)
  }

  /// Makes the names in the folder of `path` last; not every file system can.
  static func synchronise(folderOf path: String) {
    let folder = (path as NSString).deletingLastPathComponent
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  /// Whether all of `bytes` were written; `errno` says why not.
  static func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Bool {
    var rest = bytes
    while !rest.isEmpty {
      let written = write(descriptor, rest.baseAddress, rest.count)
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { return false }
      rest = UnsafeRawBufferPointer(rebasing: rest[written...])
    }
    return true
  }
}
