import Core

/// The name of a job and of its folder: UTC date and time of submission, then four random digits,
/// as `20261124-061530-4f2a`. Names sort by time.
public struct JobID: RawRepresentable, Codable, Hashable, Comparable, Sendable {
  /// The name as a person types it, and as files have it.
  public let rawValue: String

  /// Takes `name` if it has the form of a job's name; anything else in the folder is foreign.
  public init?(_ name: String) { self.init(rawValue: name) }

  /// The same.
  public init?(rawValue name: String) {
    let parts = name.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].utf8.count == 8, parts[1].utf8.count == 6,
      parts[2].utf8.count == 4,
      (parts[0] + parts[1]).utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      parts[2].utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
    else { return nil }
    rawValue = name
  }

  /// A name for a job that is submitted at `time`.
  init(time: Timestamp, random: UInt16) {
    let digits = time.description.filter(\.isNumber)
    let code = String(random, radix: 16)
    rawValue =
      "\(digits.prefix(8))-\(digits.dropFirst(8).prefix(6))-"
      + String(repeating: "0", count: 4 - code.count) + code
  }

  /// Earlier submission first.
  public static func < (a: JobID, b: JobID) -> Bool { a.rawValue < b.rawValue }

  /// Whether a person may mean this job by `text`: the start of the name, or of its last part.
  func matches(_ text: String) -> Bool {
    !text.isEmpty && (rawValue.hasPrefix(text) || rawValue.suffix(4).hasPrefix(text))
  }
}

extension JobID: CustomStringConvertible {
  /// The name.
  public var description: String { rawValue }
}
