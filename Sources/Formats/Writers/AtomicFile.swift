import Core
import Glibc
import System

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
      let file = try told { () throws(SystemError) in try FileReplacement(of: target) }
      try bytes.forEachPart { part throws(FormatError) in
        try told { () throws(SystemError) in try file.write(part) }
      }
      try check()
      do throws(SystemError) { try file.commit() } catch { throw failure(error) }
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
      guard errno == ENOENT else { throw failure(SystemError("cannot be written")) }
      return path
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw FormatError(.unwritable, "is a folder", remedy: "name a file in it")
    default: throw FormatError(.unwritable, "is not a regular file: it would be replaced")
    }
    guard let real = realPath(path) else { throw failure(SystemError("cannot be written")) }
    return real
  }

  private static func told<Result: ~Copyable>(
    _ body: () throws(SystemError) -> Result
  ) throws(FormatError) -> Result {
    do throws(SystemError) { return try body() } catch { throw failure(error) }
  }

  /// What the system says, with what to do.
  private static func failure(_ error: SystemError) -> FormatError {
    let remedy =
      switch error.code {
      case ENOSPC, EDQUOT: "free some space, or write elsewhere"
      case EACCES, EPERM, EROFS: "write to a folder of your own"
      case ENOENT, ENOTDIR: "make the folder first"
      default: ""
      }
    return FormatError(.unwritable, error.description, remedy: remedy)
  }
}
