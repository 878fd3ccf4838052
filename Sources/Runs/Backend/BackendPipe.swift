import Core
import Glibc
import Similarity
import System

/// A backend that was started, and its two pipes: buffers on its output, lines on its standard
/// error.
final class BackendPipe {
  /// Longest header buffer: what a safetensors header may have, and its length.
  static let longestHeader = 100_000_008
  private var child: ChildProcess?
  private let output: Int32
  private let complaints: Int32
  private let patience: Double
  private let shouldStop: () -> Bool
  private let hear: (BackendLine) -> Void
  private var line: [UInt8] = []
  private var isTalking = true
  /// The last line, while nobody was told it: it may be the reason of an end, and that is better
  /// told once. It is held back until something comes after it.
  private var held: String?
  /// Bytes read since the last line. What stood in the pipe when it was written comes after it.
  private var bytesSince = 0
  /// What a pipe of Linux holds, and as much again that its writer may have held back.
  private static let mostInPipe = 2 * 65536
  /// When the line that is held back was said: it is not kept from a reader for long.
  private var heldSince = ContinuousClock.now
  private static let longestHold = Duration.seconds(5)

  /// Nothing more comes.
  struct Ended: Error {
    /// The last thing that was said, if it was logged and much did not come after it.
    var lastWords: String?
  }

  /// Starts `command`.
  /// - Parameters:
  ///   - environment: all of its variables; nil for ours.
  ///   - folder: where it works; nil for our working folder.
  ///   - patience: seconds without a byte after which it counts as stalled.
  ///   - shouldStop: is asked a few times a second while nothing comes.
  ///   - hear: is called with each line that it writes on standard error.
  /// - Throws: `ComputeError`, one line, when it does not start.
  init(
    _ command: [String], environment: [String: String]? = nil, folder: String?, patience: Double,
    shouldStop: @escaping () -> Bool, hear: @escaping (BackendLine) -> Void
  ) throws(ComputeError) {
    let words: (reading: Int32, writing: Int32)
    do throws(SystemError) { words = try Descriptor.pipe() } catch { throw ComputeError(error) }
    // Afterwards only the backend holds it, so that its end is seen.
    defer { close(words.writing) }
    do throws(SystemError) {
      let child = try ChildProcess(
        command, complaints: words.writing, environment: environment, folder: folder,
        ownGroup: true)
      output = child.output
      self.child = consume child
    } catch {
      close(words.reading)
      throw ComputeError(error)
    }
    complaints = words.reading
    self.patience = patience
    self.shouldStop = shouldStop
    self.hear = hear
  }

  deinit {
    end()
    release()
    close(complaints)
  }

  /// Ends the backend and everything that it started, unless that was done before.
  /// - Parameter patience: seconds that it gets to end by itself.
  /// - Returns: how it ended by itself; nil when it did not.
  @discardableResult
  func end(after patience: Double = 0) -> ProcessEnding? {
    child.take()?.kill(after: patience) ?? nil
  }

  /// The next buffer; nil at the end mark, a length of 0.
  /// - Throws: `Ended` when there is none, `ComputeError` when it claims more than `limit` bytes.
  func buffer(atMost limit: Int) throws -> ByteRegion? {
    if bytesSince > Self.mostInPipe || ContinuousClock.now - heldSince > Self.longestHold {
      release()
    }
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

  /// All that comes until the end of the output.
  /// - Throws: `ComputeError` for more than `limit` bytes.
  func rest(atMost limit: Int) throws -> (bytes: [UInt8], lastWords: String?) {
    var bytes: [UInt8] = []
    while true {
      try wait()
      guard let part = try? Descriptor.some(from: output), !part.isEmpty else { break }
      bytes += part
      guard bytes.count <= limit else {
        throw ComputeError("the backend answers with more than \(limit) bytes")
      }
    }
    drain()
    return (bytes, takeLastWords())
  }

  private func fill(_ target: UnsafeMutableRawBufferPointer) throws {
    var filled = 0
    while filled < target.count {
      try wait()
      let count = uninterrupted {
        read(output, target.baseAddress.map { $0 + filled }, target.count - filled)
      }
      guard count > 0 else {
        drain()
        throw Ended(lastWords: takeLastWords())
      }
      filled += count
      bytesSince += count
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
      // A signal may be the wish to stop, so that it ends the wait.
      if poll(&polled, 2, 200) < 0, errno != EINTR {
        throw ComputeError("the backend cannot be waited for")
      }
      if polled[1].revents != 0 { isTalking = listen() }
      if polled[0].revents != 0 { return }
      // Whatever it says meanwhile, it has to send something.
      guard clock.now < end else {
        release()
        throw ComputeError("the backend has been silent for \(patience) s")
      }
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
    guard let bytes = try? Descriptor.some(from: complaints, atMost: 4096) else { return false }
    for byte in bytes {
      if byte == UInt8(ascii: "\n") {
        tell()
      } else if line.count < 65536 {
        line.append(byte)
      }
    }
    return !bytes.isEmpty
  }

  private func tell() {
    let said = BackendLine(line)
    line = []
    if case .log("") = said { return }
    release()
    guard case .log(let text) = said else { return hear(said) }
    bytesSince = 0
    held = text
    heldSince = .now
  }

  /// The line that was held back; whoever takes it tells it.
  private func takeLastWords() -> String? {
    defer { held = nil }
    return held
  }

  /// Passes on the line that was held back.
  private func release() {
    if let text = takeLastWords() { hear(.log(text)) }
  }
}

extension ComputeError {
  /// What the system says of a program or a pipe.
  public init(_ error: SystemError) {
    self.init((error.path.map { "'\($0)' " } ?? "") + error.description)
  }
}
