import Core
import Glibc
import Runs

/// Reads a growing log line by line.
struct LogReader {
  private let path: String
  private var offset: off_t = 0
  /// The beginning of a line whose end is not written yet.
  private var rest: [UInt8] = []

  /// A line is cut into pieces of at most so many bytes.
  private static let longestLine = 64 << 10

  /// Begins with the first line of the file at `path`, which need not exist yet.
  init(path: String) { self.path = path }

  /// The whole lines added since the last call, made safe to show.
  /// - Parameter isLast: nothing will be added, so the last line may lack its end.
  mutating func newLines(isLast: Bool) throws -> [String] {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard file >= 0 else {
      // Nothing was logged yet, or the job was removed, which the caller notices.
      return []
    }
    defer { close(file) }
    var lines: [String] = []
    var buffer = [UInt8](repeating: 0, count: Self.longestLine)
    while true {
      let got = pread(file, &buffer, buffer.count, offset)
      guard got > 0 else { break }
      offset += off_t(got)
      let pieces = (rest + buffer.prefix(got)).split(
        separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      lines += pieces.dropLast().map(Self.text)
      rest = Array(pieces.last ?? [])
      if rest.count >= Self.longestLine { lines.append(take()) }
    }
    if isLast, !rest.isEmpty { lines.append(take()) }
    return lines
  }

  private mutating func take() -> String {
    defer { rest = [] }
    return Self.text(rest[...])
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    SafeText.sanitise(String(decoding: bytes, as: UTF8.self))
  }
}
