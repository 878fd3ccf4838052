import Core
import Glibc

/// Writes a file whole or not at all: a reader sees the old file or the new one, also after a
/// crash.
public enum AtomicFile {
  /// Replaces or makes the file at `path`, keeping the mode of an old one.
  ///
  /// The bytes go to a temporary file beside it, reach the disk, and take the name by `rename`. On
  /// any error the temporary file goes and the old one stays. A symbolic link is followed; one that
  /// leads nowhere is replaced.
  ///
  /// Once all bytes are made, and before the file takes its name, the mapped files that they may
  /// have come from are looked at: bytes of a file that was cut short or written to meanwhile are
  /// nobody's values.
  /// - Parameter check: throws where the bytes are not to be believed. A command looks at all that
  ///   it has read; a session, which goes on after a file is damaged, at what the bytes are made of.
  /// - Throws: `FormatError` that names the file and the reason.
  public static func write(
    _ bytes: some ByteParts, to path: String,
    unless check: () throws(FormatError) -> Void = MappedFiles.checkIntact
  ) throws(FormatError) {
    do throws(FormatError) {
      let target = try resolved(path)
      let temporary = try TemporaryFile(beside: target)
      try bytes.forEachPart { part throws(FormatError) in try temporary.write(part) }
      try check()
      try temporary.synchronise()
      try temporary.move(to: target)
    } catch {
      var error = error
      // What became of a file that was read names that file.
      if error.file.isEmpty { error.file = SafeText.sanitise(path) }
      throw error
    }
  }

  /// The path that `rename` must replace: the end of a chain of links, and a regular file or
  /// nothing.
  private static func resolved(_ path: String) throws(FormatError) -> String {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw FormatError(.unwritable, "not a file name")
    }
    var status = stat()
    guard stat(path, &status) == 0 else {
      guard errno == ENOENT else { throw failure("cannot be written") }
      return path
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw FormatError(.unwritable, "is a folder", remedy: "name a file in it")
    default: throw FormatError(.unwritable, "is not a regular file: it would be replaced")
    }
    guard let real = realpath(path, nil) else { throw failure("cannot be written") }
    defer { free(real) }
    return String(cString: real)
  }

  /// What `errno` says, with what to do.
  fileprivate static func failure(_ what: String) -> FormatError {
    let code = errno
    let remedy =
      switch code {
      case ENOSPC, EDQUOT: "free some space, or write elsewhere"
      case EACCES, EPERM, EROFS: "write to a folder of your own"
      case ENOENT, ENOTDIR: "make the folder first"
      default: ""
      }
    return FormatError(.unwritable, "\(what): \(String(cString: strerror(code)))", remedy: remedy)
  }
}

/// A file under a name that nobody else has; it disappears unless it is moved to its place.
private struct TemporaryFile: ~Copyable {
  private let path: String
  private let folder: String
  private let descriptor: Int32

  init(beside target: String) throws(FormatError) {
    let slash = target.lastIndex(of: "/")
    let prefix = slash.map { String(target[...$0]) } ?? ""
    let name = slash.map { target[target.index(after: $0)...] } ?? target[...]
    folder = prefix.isEmpty ? "." : prefix
    // The name must fit NAME_MAX (255 bytes) together with the suffix, whatever the target is
    // called.
    let short = String(decoding: name.utf8.prefix(200), as: UTF8.self)
    path = "\(prefix).\(short).\(String(UInt64.random(in: .min ... .max), radix: 36))"
    var old = stat()
    let mode = stat(target, &old) == 0 ? old.st_mode & 0o777 : nil
    descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o666)
    guard descriptor >= 0 else { throw AtomicFile.failure("cannot be written") }
    if let mode { fchmod(descriptor, mode) }
  }

  /// Writes all of `bytes` behind what was written before.
  func write(_ bytes: UnsafeRawBufferPointer) throws(FormatError) {
    var rest = bytes
    while !rest.isEmpty {
      let written = Glibc.write(descriptor, rest.baseAddress, rest.count)
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw AtomicFile.failure("cannot be written") }
      rest = UnsafeRawBufferPointer(rebasing: rest[written...])
    }
  }

  /// Waits until all that was written is on the disk.
  func synchronise() throws(FormatError) {
    guard fsync(descriptor) == 0 else { throw AtomicFile.failure("cannot be written") }
  }

  /// Gives the file its name, and makes the name last.
  consuming func move(to target: String) throws(FormatError) {
    guard rename(path, target) == 0 else { throw AtomicFile.failure("cannot be replaced") }
    // Not every file system can sync a folder; the file is complete in any case.
    let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if directory >= 0 {
      fsync(directory)
      close(directory)
    }
  }

  deinit {
    close(descriptor)
    // After a successful move the name is gone already, and this does nothing.
    unlink(path)
  }
}
