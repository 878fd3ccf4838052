import Core
import Glibc
import Synchronization
import System

/// A process of our own program that keeps one HDF5 file open, and answers many requests for
/// parts of its datasets over a socket. `HDF5Child` says why it is not this process that reads, and why
/// it is spawned.
///
/// A request is what `HDF5Request` sends. An answer is two integers, whether it is an error and its
/// length, and so many bytes: packed elements for a part, else what `HDF5Wire` makes of a value or
/// an error. The first answer, the listing of the file, comes unasked.
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
    let sockets: (ours: Int32, theirs: Int32)
    do throws(SystemError) { sockets = try Descriptor.sockets() } catch {
      throw HDF5Failure.notStarted(error.code).error
    }
    defer { close(sockets.theirs) }
    let limits = HDF5Limits(bytes: MemoryBudget.shared.left, seconds: 0)
    do throws(HDF5Failure) {
      let process = try HDF5Process(
        command, path: path, input: sockets.theirs, output: sockets.theirs, limits: limits)
      connection = Mutex(Connection(process: process, socket: sockets.ours))
    } catch {
      close(sockets.ours)
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

  /// The packed bytes of the part `box` of `dataset`, which are `count`.
  func part(
    _ box: [Range<Int>], of dataset: Int, count: Int
  ) throws(FormatError) -> ByteRegion {
    try exchange(HDF5Request(dataset: dataset, box: box), count: count)
  }

  /// All of `dataset`, which is text.
  func texts(of dataset: Int) throws(FormatError) -> Value {
    try HDF5Wire.decode(try exchange(HDF5Request(dataset: dataset, box: nil), count: nil)).value
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

/// What is asked of the process: a part of a dataset, or all of one that is text.
///
/// On the socket it is the dataset's number, the number of axes, −1 for text, and the bounds of the
/// range on each axis.
struct HDF5Request {
  /// Its number in the listing.
  var dataset: Int
  /// A range on each axis; nil asks for texts.
  var box: [Range<Int>]?
}

extension HDF5Request {
  /// The next request from `socket`; nil when there is none any more.
  init?(from socket: Int32) {
    var head = [0, 0]
    guard head.withUnsafeMutableBytes({ Self.fill($0, from: socket) }), head[1] <= NDArray.mostAxes
    else { return nil }
    dataset = head[0]
    guard head[1] >= 0 else { return }
    var bounds = [Int](repeating: 0, count: 2 * head[1])
    guard bounds.withUnsafeMutableBytes({ Self.fill($0, from: socket) }) else { return nil }
    var box: [Range<Int>] = []
    for axis in 0..<head[1] {
      guard bounds[2 * axis] <= bounds[2 * axis + 1] else { return nil }
      box.append(bounds[2 * axis]..<bounds[2 * axis + 1])
    }
    self.box = box
  }

  /// Whether the request went out.
  func send(to socket: Int32) -> Bool {
    let bounds = box?.flatMap { [$0.lowerBound, $0.upperBound] } ?? []
    return ([dataset, box?.count ?? -1] + bounds).withUnsafeBytes { Self.drain($0, to: socket) }
  }

  /// Writes all of `bytes`; a process that died is an error, not the end of this one.
  static func drain(_ bytes: UnsafeRawBufferPointer, to socket: Int32) -> Bool {
    (try? Descriptor.send(bytes, to: socket)) != nil
  }

  /// Reads as many bytes as `target` has; false when there are fewer.
  static func fill(_ target: UnsafeMutableRawBufferPointer, from socket: Int32) -> Bool {
    (try? Descriptor.fill(target, from: socket)) == target.count
  }
}
