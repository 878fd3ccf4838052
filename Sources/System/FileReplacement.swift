import Glibc

/// A file that is being written beside the place that it will have: a reader sees the old file or
/// the new one, also after a crash. Unless it is moved to its place, it disappears.
public struct FileReplacement: ~Copyable {
  private let target: String
  private let temporary: String
  private let descriptor: Int32

  /// Begins a file that will be at `target`, with the mode of what is there now, under a name that
  /// nobody else has.
  public init(of target: String) throws(SystemError) {
    let (folder, name) = Self.split(target)
    // The name must fit NAME_MAX (255 bytes) together with the suffix, whatever the target is
    // called.
    let short = String(decoding: name.utf8.prefix(200), as: UTF8.self)
    let suffix = String(UInt64.random(in: .min ... .max), radix: 36)
    var old = stat()
    let mode = stat(target, &old) == 0 ? old.st_mode & 0o777 : nil
    try self.init(
      target, temporary: "\(folder)/.\(short).\(suffix)", flags: O_EXCL, permissions: 0o666)
    if let mode { fchmod(descriptor, mode) }
  }

  /// The same for a file that only one process writes, which its owner alone may read. The name is
  /// always `target` and ".new", so that what a killed writer left is simply written over.
  public init(ofOwn target: String) throws(SystemError) {
    try self.init(target, temporary: target + ".new", flags: O_TRUNC, permissions: 0o600)
    fchmod(descriptor, 0o600)
  }

  private init(
    _ target: String, temporary: String, flags: Int32, permissions: mode_t
  ) throws(SystemError) {
    self.target = target
    self.temporary = temporary
    descriptor = open(
      temporary, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | flags, permissions)
    guard descriptor >= 0 else { throw SystemError("cannot be written", at: target) }
  }

  /// Writes all of `bytes` behind what was written before.
  public func write(_ bytes: UnsafeRawBufferPointer) throws(SystemError) {
    do throws(SystemError) {
      try Descriptor.write(bytes, to: descriptor)
    } catch {
      throw SystemError("cannot be written", at: target, code: error.code)
    }
  }

  /// Writes all of `bytes` behind what was written before.
  public func write(_ bytes: [UInt8]) throws(SystemError) {
    try bytes.withUnsafeBufferPointer { buffer throws(SystemError) in
      try write(UnsafeRawBufferPointer(buffer))
    }
  }

  /// Waits until all that was written is on the disk, gives the file its name, and makes the name
  /// last.
  public consuming func commit() throws(SystemError) {
    guard fsync(descriptor) == 0 else { throw SystemError("cannot be written", at: target) }
    guard rename(temporary, target) == 0 else {
      throw SystemError("cannot be replaced", at: target)
    }
    Self.synchronise(folderOf: target)
  }

  /// The same, unless there is a file by now: then that one stays, and this one goes. Of several who
  /// try, also on several machines, one is first.
  public consuming func commitIfFirst() throws(SystemError) {
    guard fsync(descriptor) == 0 else { throw SystemError("cannot be written", at: target) }
    // The name is made together with the check; `rename` would replace what is there.
    if link(temporary, target) != 0, errno != EEXIST {
      // A file system without hard links: the last one stays, which is whole as well.
      guard rename(temporary, target) == 0 else {
        throw SystemError("cannot be written", at: target)
      }
    }
    Self.synchronise(folderOf: target)
  }

  /// Makes the names in the folder of `path` last; not every file system can.
  public static func synchronise(folderOf path: String) {
    let folder = open(split(path).folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { return }
    fsync(folder)
    close(folder)
  }

  private static func split(_ path: String) -> (folder: String, name: Substring) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path[...]) }
    let folder = path[..<slash]
    return (folder.isEmpty ? "/." : String(folder), path[path.index(after: slash)...])
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    // After a successful move the name is gone already, and this does nothing.
    unlink(temporary)
  }
}
