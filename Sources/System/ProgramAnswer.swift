import Glibc

/// What a program that was run to its end has said.
public struct ProgramAnswer: Sendable, Equatable {
  /// How it ended.
  public var ending: ProcessEnding
  /// All of its standard output.
  public var output: String
  /// All of its standard error.
  public var complaints: String

  /// Runs `arguments` to the end.
  /// - Parameter timeout: seconds after which it is ended.
  /// - Throws: `SystemError` when it cannot be started, or takes too long (`ETIMEDOUT`).
  public init(
    _ arguments: [String], environment: [String: String]? = nil, folder: String? = nil,
    timeout: Double
  ) throws(SystemError) {
    let words = try Descriptor.pipe()
    defer { close(words.reading) }
    let child: ChildProcess
    do throws(SystemError) {
      child = try ChildProcess(
        arguments, complaints: words.writing, environment: environment, folder: folder,
        ownGroup: true)
    } catch {
      close(words.writing)
      throw error
    }
    close(words.writing)
    let streams = [child.output, words.reading]
    guard let texts = Self.read(streams, until: ContinuousClock.now + .seconds(timeout)),
      let ending = child.kill(after: 5)
    else {
      throw SystemError("gave no answer in time", at: arguments.first, code: ETIMEDOUT)
    }
    (self.ending, output, complaints) = (ending, texts[0], texts[1])
  }

  /// All that comes from `streams` until all have ended; nil when that takes too long.
  private static func read(
    _ streams: [Int32], until end: ContinuousClock.Instant
  ) -> [String]? {
    var bytes = [[UInt8]](repeating: [], count: streams.count)
    var open = streams
    while open.contains(where: { $0 >= 0 }) {
      let left = (end - ContinuousClock.now) / .milliseconds(1)
      guard left > 0 else { return nil }
      var polled = open.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
      guard poll(&polled, nfds_t(polled.count), Int32(min(left, 1000)) + 1) > 0 else { continue }
      for (index, stream) in polled.enumerated() where stream.revents != 0 {
        let part = (try? Descriptor.some(from: stream.fd)) ?? []
        bytes[index] += part
        if part.isEmpty { open[index] = -1 }
      }
    }
    return bytes.map { String(decoding: $0, as: UTF8.self) }
  }
}
