import CKACore
import Compute
import Glibc

/// The two pipes of a backend: buffers on its output, lines on its standard error.
final class BackendPipe {
  /// Longest header buffer: what a safetensors header may have, and its length.
  static let longestHeader = 100_000_008
  private let output: Int32
  private let complaints: Int32
  private let patience: Double
  private let shouldStop: () -> Bool
  private let log: (String) -> Void
  private var line: [UInt8] = []
  private var isTalking = true

  init(
    output: Int32, complaints: Int32, patience: Double, shouldStop: @escaping () -> Bool,
    log: @escaping (String) -> Void
  ) {
    self.shouldStop = shouldStop
    self.output = output
    self.complaints = complaints
    self.patience = patience
    self.log = log
  }

  deinit { close(complaints) }

  /// The next buffer; nil at the end mark, a length of 0.
  /// - Throws: `ComputeError` when there is none, or it claims more than `limit` bytes.
  func buffer(atMost limit: Int) throws -> ByteRegion? {
    let prefix = UnsafeMutableRawBufferPointer.allocate(byteCount: 8, alignment: 8)
    defer { prefix.deallocate() }
    try fill(prefix)
    let length = UInt64(littleEndian: prefix.load(as: UInt64.self))
    if length == 0 { return nil }
    guard length <= UInt64(limit), let count = Int(exactly: length), let memory = malloc(count)
    else {
      throw ComputeError("the backend announces a buffer of \(length) bytes, more than it can need")
    }
    let bytes = UnsafeMutableRawBufferPointer(start: memory, count: count)
    let region = ByteRegion(owning: UnsafeRawBufferPointer(bytes)) {
      free(UnsafeMutableRawPointer(mutating: $0.baseAddress))
    }
    try fill(bytes)
    return region
  }

  private func fill(_ target: UnsafeMutableRawBufferPointer) throws {
    var filled = 0
    while filled < target.count {
      try wait()
      let count = read(output, target.baseAddress.map { $0 + filled }, target.count - filled)
      if count < 0, errno == EINTR || errno == EAGAIN { continue }
      guard count > 0 else {
        drain()
        throw ComputeError("the backend ended in the middle of what it sent")
      }
      filled += count
    }
  }

  /// Waits until there is output, and passes on what is logged meanwhile.
  private func wait() throws {
    let clock = ContinuousClock()
    let end = clock.now + .seconds(patience)
    while true {
      if shouldStop() { throw CancellationError() }
      var polled = [
        pollfd(fd: output, events: Int16(POLLIN), revents: 0),
        pollfd(fd: isTalking ? complaints : -1, events: Int16(POLLIN), revents: 0),
      ]
      let count = poll(&polled, 2, 200)
      guard count > 0 else {
        if count < 0, errno != EINTR { throw ComputeError("the backend cannot be waited for") }
        guard clock.now < end else {
          throw ComputeError("the backend has been silent for \(patience) s")
        }
        continue
      }
      if polled[1].revents != 0 { isTalking = listen() }
      if polled[0].revents != 0 { return }
    }
  }

  /// Whatever it still has to say, usually why it ended.
  private func drain() {
    var polled = pollfd(fd: complaints, events: Int16(POLLIN), revents: 0)
    while isTalking, poll(&polled, 1, 200) > 0 { isTalking = listen() }
    if !line.isEmpty { tell() }
  }

  /// Reads lines; returns whether there may be more.
  private func listen() -> Bool {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = read(complaints, &bytes, bytes.count)
    if count < 0 { return errno == EINTR || errno == EAGAIN }
    for byte in bytes.prefix(count) {
      if byte == UInt8(ascii: "\n") {
        tell()
      } else if line.count < 65536 {
        line.append(byte)
      }
    }
    return count > 0
  }

  private func tell() {
    log(BackendLine.text(of: line))
    line = []
  }
}
