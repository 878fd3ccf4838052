import Glibc

/// The end of a file that others may write to.
public struct FileTail: Sendable {
  /// The last bytes.
  public var bytes: [UInt8]
  /// They are all of the file.
  public var isWhole: Bool

  /// The last `limit` bytes of the regular file at `path`. A pipe in its place does not block, and
  /// a huge file costs no more than `limit`.
  /// - Throws: `SystemError`, with the code 0 where it is no regular file.
  public init(_ path: String, limit: Int) throws(SystemError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw SystemError("cannot be read", at: path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw SystemError("cannot be read", at: path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw SystemError("is not a regular file", at: path, code: 0)
    }
    let size = Int(status.st_size)
    var bytes = [UInt8](repeating: 0, count: min(size, max(0, limit)))
    let start = size - bytes.count
    let filled: Int
    do throws(SystemError) {
      filled = try bytes.withUnsafeMutableBufferPointer { buffer throws(SystemError) in
        try Descriptor.fill(UnsafeMutableRawBufferPointer(buffer), from: descriptor, at: start)
      }
    } catch {
      throw SystemError("cannot be read", at: path, code: error.code)
    }
    self.bytes = Array(bytes.prefix(filled))
    isWhole = start == 0
  }
}
