import Glibc

/// Which file or folder a path leads to, whatever links lie between, and which version of it.
public struct FileIdentity: Hashable, Sendable {
  /// Which file it is, whatever its version.
  public struct Place: Hashable, Sendable {
    fileprivate let device: UInt64
    fileprivate let inode: UInt64
  }

  private let device: UInt64
  private let inode: UInt64
  private let mode: UInt32
  private let size: Int64
  private let seconds: Int
  private let nanoseconds: Int

  /// Nil when nothing is there.
  public init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    mode = status.st_mode
    size = Int64(status.st_size)
    seconds = status.st_mtim.tv_sec
    nanoseconds = status.st_mtim.tv_nsec
  }

  /// The same for each path to one file, also while the file changes.
  public var place: Place { Place(device: device, inode: inode) }
  /// Whether it is a folder.
  public var isFolder: Bool { mode & S_IFMT == S_IFDIR }
  /// Whether it is a file, and no pipe, device or folder.
  public var isRegular: Bool { mode & S_IFMT == S_IFREG }
}

/// `path` with all links followed, without dots; nil when nothing is there.
public func realPath(_ path: String) -> String? {
  guard let real = realpath(path, nil) else { return nil }
  defer { free(real) }
  return String(cString: real)
}
