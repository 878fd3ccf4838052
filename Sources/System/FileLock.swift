import CSignals
import Glibc

/// A lock on a file, held until the last copy of its descriptor is closed, also by `kill -9`.
///
/// It belongs to the open file, not to the process: a child that inherits the descriptor goes on
/// holding it, and two openings in one process exclude each other. Network file systems may not
/// have such locks, and then say so when one is taken.
public final class FileLock: Sendable {
  /// Open for reading and writing; closed on exec.
  public let descriptor: Int32

  private init(owning descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }

  /// Takes the lock of the file at `path`, which is made if it is missing; nil when another holds
  /// it.
  public static func acquire(_ path: String) throws(SystemError) -> FileLock? {
    let first = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
    guard first >= 0 else { throw SystemError("cannot be locked", at: path) }
    // Out of the way of the numbers that a worker's descriptors get.
    let descriptor = fcntl(first, F_DUPFD_CLOEXEC, 16)
    let code = errno
    close(first)
    guard descriptor >= 0 else { throw SystemError("cannot be locked", at: path, code: code) }
    return try FileLock(owning: descriptor).locked(path)
  }

  /// The number under which `ProcessStart` lets a process inherit a descriptor.
  public static let inherited = Int32(cka_inherited)

  /// Takes over `descriptor`, inherited from whoever started this process, if it is that of the
  /// file at `path` and has, or gets, the lock.
  public static func adopt(_ descriptor: Int32, path: String) throws(SystemError) -> FileLock? {
    guard fcntl(descriptor, F_GETFD) >= 0, isOpen(descriptor, at: path) else { return nil }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    return try FileLock(owning: descriptor).locked(path)
  }

  /// Whether somebody holds the lock of the file at `path`. Looking disturbs nobody.
  public static func isHeld(_ path: String) throws(SystemError) -> Bool {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { return false }
      throw SystemError("cannot be looked at", at: path)
    }
    defer { close(descriptor) }
    let answer = cka_is_locked(descriptor)
    guard answer >= 0 else { throw SystemError("locks do not work", at: path, code: -answer) }
    return answer == 1
  }

  /// Whether the locked file is still the one at `path`: it may have been removed meanwhile.
  public func isStill(at path: String) -> Bool { Self.isOpen(descriptor, at: path) }

  private func locked(_ path: String) throws(SystemError) -> FileLock? {
    let code = cka_lock(descriptor)
    if code == 0 { return self }
    if code == EAGAIN || code == EACCES { return nil }
    throw SystemError("cannot be locked", at: path, code: code)
  }

  private static func isOpen(_ descriptor: Int32, at path: String) -> Bool {
    var opened = stat()
    var named = stat()
    return fstat(descriptor, &opened) == 0 && lstat(path, &named) == 0
      && opened.st_dev == named.st_dev && opened.st_ino == named.st_ino
  }
}
