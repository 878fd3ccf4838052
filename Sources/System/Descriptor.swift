import CSignals
import Glibc

/// Whole reads and writes of open files, pipes and sockets.
public enum Descriptor {
  /// Writes all of `bytes`.
  public static func write(
    _ bytes: UnsafeRawBufferPointer, to descriptor: Int32
  ) throws(SystemError) {
    try put(bytes) { Glibc.write(descriptor, $0, $1) }
  }

  /// Writes all of `bytes`.
  public static func write(_ bytes: [UInt8], to descriptor: Int32) throws(SystemError) {
    try bytes.withUnsafeBufferPointer { buffer throws(SystemError) in
      try write(UnsafeRawBufferPointer(buffer), to: descriptor)
    }
  }

  /// Writes all of `bytes` to a socket. That nobody reads any more is an error, not a signal.
  public static func send(
    _ bytes: UnsafeRawBufferPointer, to socket: Int32
  ) throws(SystemError) {
    try put(bytes) { Glibc.send(socket, $0, $1, Int32(MSG_NOSIGNAL)) }
  }

  private static func put(
    _ bytes: UnsafeRawBufferPointer, _ call: (UnsafeRawPointer?, Int) -> Int
  ) throws(SystemError) {
    var rest = bytes
    while !rest.isEmpty {
      let count = uninterrupted { call(rest.baseAddress, rest.count) }
      guard count > 0 else {
        throw SystemError("cannot be written", code: count < 0 ? errno : EIO)
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
  }

  /// Reads into `target` until it is full or nothing comes any more.
  /// - Parameter offset: where in the file to begin; nil goes on where the last read ended.
  /// - Returns: how many bytes came.
  public static func fill(
    _ target: UnsafeMutableRawBufferPointer, from descriptor: Int32, at offset: Int? = nil
  ) throws(SystemError) -> Int {
    var filled = 0
    while filled < target.count {
      let place = target.baseAddress.map { $0 + filled }
      let count = uninterrupted {
        offset.map { pread(descriptor, place, target.count - filled, off_t($0 + filled)) }
          ?? Glibc.read(descriptor, place, target.count - filled)
      }
      guard count >= 0 else { throw SystemError("cannot be read") }
      if count == 0 { break }
      filled += count
    }
    return filled
  }

  /// What there is to read now, at most `limit` bytes; empty at the end.
  public static func some(
    from descriptor: Int32, atMost limit: Int = 65536
  ) throws(SystemError) -> [UInt8] {
    var failure: SystemError?
    let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, filled in
      let count = uninterrupted { Glibc.read(descriptor, buffer.baseAddress, limit) }
      if count < 0 { failure = SystemError("cannot be read") }
      filled = max(0, count)
    }
    if let failure { throw failure }
    return bytes
  }

  /// Everything that comes until the end.
  public static func all(from descriptor: Int32) throws(SystemError) -> [UInt8] {
    var all: [UInt8] = []
    while true {
      let part = try some(from: descriptor)
      if part.isEmpty { return all }
      all += part
    }
  }

  /// Throws away what can be read without waiting; whether there was something.
  @discardableResult
  public static func drain(_ descriptor: Int32) -> Bool {
    var isNews = false
    while let part = try? some(from: descriptor, atMost: 4096), !part.isEmpty { isNews = true }
    return isNews
  }

  /// A pipe of which no process that is started meanwhile inherits an end. Neither end has a number
  /// of the standard streams, also where those are closed.
  public static func pipe() throws(SystemError) -> (reading: Int32, writing: Int32) {
    var ends: [Int32] = [-1, -1]
    guard cka_pipe(&ends) == 0 else { throw SystemError("a pipe cannot be made") }
    return (aboveStreams(ends[0]), aboveStreams(ends[1]))
  }

  /// Two sockets that lead to one another; as `pipe` otherwise.
  public static func sockets() throws(SystemError) -> (ours: Int32, theirs: Int32) {
    var ends: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
      throw SystemError("a pair of sockets cannot be made")
    }
    return (aboveStreams(ends[0]), aboveStreams(ends[1]))
  }

  private static func aboveStreams(_ descriptor: Int32) -> Int32 {
    guard descriptor <= 2 else { return descriptor }
    let higher = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
    guard higher >= 0 else { return descriptor }
    close(descriptor)
    return higher
  }
}
