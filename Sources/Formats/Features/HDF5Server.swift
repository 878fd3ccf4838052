import CHDF5
import CKACore
import Glibc
import Synchronization

/// A forked child that keeps one HDF5 file open and answers many requests for rows of its datasets.
///
/// libhdf5 crashes on some damaged files; here it takes only the child with it. One child for each read would do
/// too, but costs tens of milliseconds where the parent is large, and there are thousands of reads.
final class HDF5Server: Sendable {
  /// Seconds that one request may take.
  private static let seconds: UInt32 = 60
  /// Bytes of memory: the parent's own at the fork, and the rows of one request.
  private static let memory: UInt64 = 16 << 30
  /// Longest text of an error.
  private static let longestError = 4096

  /// One request at a time goes through; a child that died is not asked again.
  private struct Connection {
    let process: pid_t
    let requests: Int32
    let answers: Int32
    var failure: FormatError?
  }

  private let connection: Mutex<Connection>

  /// Starts a child that hands out the rows which `read` gives for the number of a dataset.
  /// - Parameter open: opens the file; called once, in the child.
  init<File>(
    open: () throws(FormatError) -> File,
    read: (File, _ dataset: Int, Range<Int>) throws(FormatError) -> NDArray
  ) throws(FormatError) {
    var sockets: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &sockets) == 0
    else { throw Self.noProcess() }
    // The child's standard streams become /dev/null: its end must not be one of them.
    let childEnd = fcntl(sockets[1], F_DUPFD_CLOEXEC, 3)
    close(sockets[1])
    var ends: [Int32] = [-1, -1]
    // Time is kept for each request; a fork that never ends would be ten days old.
    let process = childEnd < 0 ? -1 : cka_h5_fork(&ends, 1_000_000, Self.memory)
    guard process >= 0 else {
      close(sockets[0])
      close(childEnd)
      throw Self.noProcess()
    }
    if process == 0 {
      close(sockets[0])
      Self.serve(requests: childEnd, answers: ends[1], open: open, read: read)
    }
    close(childEnd)
    close(ends[1])
    connection = Mutex(Connection(process: process, requests: sockets[0], answers: ends[0]))
  }

  deinit {
    connection.withLock { connection in
      close(connection.requests)
      close(connection.answers)
      kill(connection.process, SIGKILL)
      while waitpid(connection.process, nil, 0) < 0, errno == EINTR {}
    }
  }

  /// The bytes of `rows` of `dataset`, which are `count`.
  func rows(_ rows: Range<Int>, of dataset: Int, count: Int) throws(FormatError) -> ByteRegion {
    try connection.withLock { connection throws(FormatError) in
      if let failure = connection.failure { throw failure }
      return try Self.ask(
        &connection, [dataset, rows.lowerBound, rows.upperBound], count: count)
    }
  }

  private static func ask(
    _ connection: inout Connection, _ request: [Int], count: Int
  ) throws(FormatError) -> ByteRegion {
    // Until the whole answer is here, nothing can be asked again.
    connection.failure = died
    // MSG_NOSIGNAL: a child that died is an error, not the end of this process.
    let sent = request.withUnsafeBytes {
      Glibc.send(connection.requests, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
    }
    guard sent == request.count * MemoryLayout<Int>.size else { throw died }
    var length = 0
    let isAnswered = withUnsafeMutableBytes(of: &length) { fill($0, from: connection.answers) }
    guard isAnswered else { throw died }
    if length < 0, length >= -longestError {
      var text = [UInt8](repeating: 0, count: -length)
      let isWhole = text.withUnsafeMutableBytes { fill($0, from: connection.answers) }
      guard isWhole else { throw died }
      connection.failure = nil
      throw FormatError(SafeText.sanitise(String(decoding: text, as: UTF8.self)))
    }
    guard length == count else { throw died }
    guard let memory = malloc(max(1, count)) else {
      throw FormatError("there is not enough memory to read \(count) bytes")
    }
    let region = ByteRegion(owning: UnsafeRawBufferPointer(start: memory, count: count)) {
      free(UnsafeMutableRawPointer(mutating: $0.baseAddress))
    }
    let target = UnsafeMutableRawBufferPointer(start: memory, count: count)
    guard fill(target, from: connection.answers) else { throw died }
    connection.failure = nil
    return region
  }

  private static let died = FormatError(
    "libhdf5 gave up or took longer than \(seconds) seconds: the HDF5 file may be damaged",
    remedy: "copy it again")

  private static func noProcess() -> FormatError {
    FormatError("no process to read HDF5 in: \(String(cString: strerror(errno)))")
  }
}

// MARK: In the child

extension HDF5Server {
  /// The child's whole life: it ends with the last request. `_exit`: nothing of the parent's may be flushed.
  private static func serve<File>(
    requests: Int32, answers: Int32, open: () throws(FormatError) -> File,
    read: (File, Int, Range<Int>) throws(FormatError) -> NDArray
  ) -> Never {
    var file: File?
    var request = [0, 0, 0]
    while request.withUnsafeMutableBytes({ fill($0, from: requests) }) {
      alarm(seconds)
      let isSent: Bool
      do throws(FormatError) {
        let opened = if let file { file } else { try open() }
        file = opened
        let array = try read(opened, request[0], request[1]..<request[2])
        isSent = withExtendedLifetime(array.region) {
          answer(array.region.bytes, length: array.region.count, to: answers)
        }
      } catch {
        let text = Array(error.problem.utf8.prefix(longestError))
        isSent = text.withUnsafeBytes { answer($0, length: -$0.count, to: answers) }
      }
      alarm(0)
      guard isSent else { _exit(1) }
    }
    _exit(0)
  }

  private static func answer(_ bytes: UnsafeRawBufferPointer, length: Int, to pipe: Int32) -> Bool {
    withUnsafeBytes(of: length) { drain($0, to: pipe) } && drain(bytes, to: pipe)
  }

  /// Writes all of `bytes`.
  private static func drain(_ bytes: UnsafeRawBufferPointer, to pipe: Int32) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = write(pipe, bytes.baseAddress.map { $0 + sent }, bytes.count - sent)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }

  /// Reads as many bytes as `target` has; false when there are fewer.
  private static func fill(_ target: UnsafeMutableRawBufferPointer, from pipe: Int32) -> Bool {
    var filled = 0
    while filled < target.count {
      let count = read(pipe, target.baseAddress.map { $0 + filled }, target.count - filled)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      filled += count
    }
    return true
  }
}
