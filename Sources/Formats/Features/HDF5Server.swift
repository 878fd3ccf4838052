import Core
import Glibc
import Synchronization

/// A process of our own program that keeps one HDF5 file open, and answers many requests for rows
/// of its datasets over a socket. `HDF5Child` says why it is not this process that reads, and why
/// it is spawned.
///
/// A request is three integers, `HDF5Request`. An answer is two integers, whether it is an error
/// and its length, and so many bytes: packed elements for rows, else what `HDF5Wire` makes of a
/// value or an error. The first answer, the listing of the file, comes unasked.
final class HDF5Server: Sendable {
  /// One request at a time goes through; a process that died is not asked again.
  private struct Connection {
    let process: HDF5Process
    let socket: Int32
    var hasBegun = false
    var isReaped = false
    var failure: FormatError?
  }

  private let connection: Mutex<Connection>

  /// Starts `command` on the file at `path`.
  init(_ command: [String], path: String) throws(FormatError) {
    var sockets: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &sockets) == 0 else {
      throw HDF5Failure.notStarted(errno).error
    }
    defer { close(sockets[1]) }
    let limits = HDF5Limits(bytes: MemoryBudget.shared.left, seconds: 0)
    do throws(HDF5Failure) {
      let process = try HDF5Process(
        command, path: path, input: sockets[1], output: sockets[1], limits: limits)
      connection = Mutex(Connection(process: process, socket: sockets[0]))
    } catch {
      close(sockets[0])
      throw error.error
    }
  }

  deinit {
    connection.withLock { connection in
      close(connection.socket)
      if !connection.isReaped { connection.process.end() }
    }
  }

  /// What the file holds, as `HDF5Listing.value`; to be asked for once, before anything else.
  func listing() throws(FormatError) -> ReadValue {
    try HDF5Wire.decode(try exchange(nil, count: nil))
  }

  /// The packed bytes of `rows` of `dataset`, which are `count`.
  func rows(_ rows: Range<Int>, of dataset: Int, count: Int) throws(FormatError) -> ByteRegion {
    try exchange(HDF5Request(dataset: dataset, rows: rows), count: count)
  }

  /// All of `dataset`, which is text.
  func texts(of dataset: Int) throws(FormatError) -> Value {
    try HDF5Wire.decode(try exchange(HDF5Request(dataset: dataset, rows: nil), count: nil)).value
  }

  /// The answer to `request`.
  /// - Parameter count: the bytes that it must have; nil allows as many as a file's values may be.
  private func exchange(
    _ request: HDF5Request?, count: Int?
  ) throws(FormatError) -> ByteRegion {
    try connection.withLock { connection throws(FormatError) in
      if let failure = connection.failure { throw failure }
      // Until the whole answer is here, nothing can be asked again.
      connection.failure = HDF5Failure.nonsense.error
      guard let region = try Self.exchange(request, count: count, on: &connection) else {
        let failure = Self.end(&connection).error
        connection.failure = failure
        throw failure
      }
      return region
    }
  }

  /// The answer; nil where there is none.
  private static func exchange(
    _ request: HDF5Request?, count: Int?, on connection: inout Connection
  ) throws(FormatError) -> ByteRegion? {
    let socket = connection.socket
    if !connection.hasBegun {
      var greeting: UInt8 = 0
      let isAlive = withUnsafeMutableBytes(of: &greeting) { HDF5Request.fill($0, from: socket) }
      connection.hasBegun = isAlive && greeting == HDF5Process.greeting
      guard connection.hasBegun else { return nil }
    }
    if let request { guard request.send(to: socket) else { return nil } }
    var head = [0, 0]
    let isAnswered = head.withUnsafeMutableBytes { HDF5Request.fill($0, from: socket) }
    let isError = head[0] != 0
    guard isAnswered, head[1] >= 0,
      count.flatMap({ isError ? nil : $0 }).map({ $0 == head[1] }) ?? (head[1] <= Limits.hdf5Bytes)
    else { return nil }
    var isWhole = true
    let region = try ByteRegion.filled(head[1], for: "reading rows") {
      memory throws(FormatError) in
      isWhole = HDF5Request.fill(memory, from: socket)
      return memory.count
    }
    guard isWhole else { return nil }
    connection.failure = nil
    guard isError else { return region }
    _ = try HDF5Wire.decode(region)  // throws the error that it holds
    return nil
  }

  /// Ends the process, and says why it gave no answer.
  private static func end(_ connection: inout Connection) -> HDF5Failure {
    guard !connection.isReaped else { return .nonsense }
    // One that has not gone already talks nonsense.
    shutdown(connection.socket, Int32(SHUT_RDWR))
    connection.isReaped = true
    let failure = connection.process.failure(hasBegun: connection.hasBegun)
    return failure == .late(seconds: 0)
      ? .late(seconds: Int(HDF5Service.secondsForRequest)) : failure
  }
}

/// What is asked of the process: rows of a dataset, or all of one that is text.
struct HDF5Request {
  /// Its number in the listing.
  var dataset: Int
  /// nil asks for texts.
  var rows: Range<Int>?
}

extension HDF5Request {
  /// The next request from `socket`; nil when there is none any more.
  init?(from socket: Int32) {
    var parts = [0, 0, 0]
    guard parts.withUnsafeMutableBytes({ Self.fill($0, from: socket) }), parts[1] <= parts[2] else {
      return nil
    }
    dataset = parts[0]
    rows = parts[1] < 0 ? nil : parts[1]..<parts[2]
  }

  /// Whether the request went out.
  func send(to socket: Int32) -> Bool {
    [dataset, rows?.lowerBound ?? -1, rows?.upperBound ?? -1].withUnsafeBytes {
      Self.drain($0, to: socket)
    }
  }

  /// Writes all of `bytes`. MSG_NOSIGNAL: a process that died is an error, not the end of this one.
  static func drain(_ bytes: UnsafeRawBufferPointer, to socket: Int32) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = Glibc.send(
        socket, bytes.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }

  /// Reads as many bytes as `target` has; false when there are fewer.
  static func fill(_ target: UnsafeMutableRawBufferPointer, from socket: Int32) -> Bool {
    var filled = 0
    while filled < target.count {
      let count = read(socket, target.baseAddress.map { $0 + filled }, target.count - filled)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      filled += count
    }
    return true
  }
}
