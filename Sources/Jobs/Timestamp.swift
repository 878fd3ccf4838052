import Foundation

/// A moment, to the millisecond, written as `2026-11-24T06:15:30.123Z` by every encoder.
public struct Timestamp: Hashable, Comparable, Sendable {
  /// Milliseconds since 1970, UTC.
  public let milliseconds: Int64

  /// The moment `date`, cut to the millisecond; times beyond the years 1 to 9999 become their ends.
  public init(_ date: Date) {
    let bounded = min(max(date.timeIntervalSince1970, -62_135_596_800), 253_402_300_799)
    milliseconds = Int64((bounded * 1000).rounded())
  }

  /// The moment as Foundation has it.
  public var date: Date { Date(timeIntervalSince1970: Double(milliseconds) / 1000) }

  /// Earlier first.
  public static func < (a: Timestamp, b: Timestamp) -> Bool { a.milliseconds < b.milliseconds }

  private static let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
}

extension Timestamp: CustomStringConvertible {
  /// ISO 8601 in UTC.
  public var description: String { date.formatted(Self.style) }
}

extension Timestamp: Codable {
  /// Reads the ISO 8601 form.
  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    self.init(try Date(text, strategy: Self.style))
  }

  /// Writes the ISO 8601 form.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
