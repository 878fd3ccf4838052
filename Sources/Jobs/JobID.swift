import CKACore

/// The name of a job and of its folder: UTC date and time of submission, then four random digits,
/// as `20261124-061530-4f2a`. Names sort by time.
public struct JobID: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The name as a person types it.
  public let description: String

  /// Takes `name` if it has the form of a job's name; anything else in the folder is foreign.
  public init?(_ name: String) {
    let parts = name.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].utf8.count == 8, parts[1].utf8.count == 6,
      parts[2].utf8.count == 4,
      (parts[0] + parts[1]).utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      parts[2].utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
    else { return nil }
    description = name
  }

  /// A name for a job that is submitted at `time`.
  init(time: Timestamp, random: UInt16) {
    let digits = time.description.filter(\.isNumber)
    let code = String(random, radix: 16)
    description =
      "\(digits.prefix(8))-\(digits.dropFirst(8).prefix(6))-"
      + String(repeating: "0", count: 4 - code.count) + code
  }

  /// Earlier submission first.
  public static func < (a: JobID, b: JobID) -> Bool { a.description < b.description }

  /// Whether a person may mean this job by `text`: the start of the name, or of its last part.
  func matches(_ text: String) -> Bool {
    !text.isEmpty && (description.hasPrefix(text) || description.suffix(4).hasPrefix(text))
  }
}

extension JobID: Codable {
  /// Reads the name; throws when it has not the form of one.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let id = JobID(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a job's name")
    }
    self = id
  }

  /// Writes the name.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
