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

  /// Whole seconds only: Foundation's own fractions do not survive being written and read.
  private static let style = Date.ISO8601FormatStyle()
  private static let zero = UInt8(ascii: "0")

  /// The moment that `text` writes as `description` does; nil otherwise.
  private init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[1].utf8.count == 4, parts[1].last == "Z",
      parts[1].utf8.prefix(3).allSatisfy({ (Self.zero...Self.zero + 9).contains($0) }),
      let whole = try? Date(parts[0] + "Z", strategy: Self.style)
    else { return nil }
    let thousandths = parts[1].utf8.prefix(3).reduce(0) { $0 * 10 + Double($1 - Self.zero) }
    self.init(whole + thousandths / 1000)
  }
}

extension Timestamp: CustomStringConvertible {
  /// ISO 8601 in UTC.
  public var description: String {
    let thousandths = (milliseconds % 1000 + 1000) % 1000
    let whole = Date(timeIntervalSince1970: Double((milliseconds - thousandths) / 1000))
    let padded = String(String(1000 + thousandths).dropFirst())
    return "\(whole.formatted(Self.style).dropLast()).\(padded)Z"
  }
}

extension Timestamp: Codable {
  /// Reads the ISO 8601 form.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let time = Timestamp(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a time")
    }
    self = time
  }

  /// Writes the ISO 8601 form.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
