/// What becomes of a layer's tokens: `flatten`, `mean`, `class`, `each` or `each:COUNT`, and any of
/// them with `:padded` for taking padded positions too.
public struct TokenChoice: Sendable, Equatable {
  /// Which features a sample has.
  public enum Take: String, Sendable, CaseIterable {
    /// All tokens of a sample, one after another.
    case flatten
    /// The mean of a sample's tokens.
    case mean
    /// The first token.
    case first = "class"
    /// Each token is a sample of its own.
    case each
  }

  /// Which features a sample has.
  public var take = Take.flatten
  /// Tokens that are drawn for each sample of the data, on average; nil for all that memory allows.
  /// Only for `each`.
  public var perSample: Int?
  /// Padded positions count.
  public var keepsPadding = false

  /// Flattened, without padding.
  public init() {}

  /// The choice that `text` spells; nil when it spells none.
  public init?(_ text: String) {
    var parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard let take = Take(rawValue: parts.removeFirst()) else { return nil }
    self.take = take
    if take == .each, let count = parts.first.flatMap({ Int($0) }) {
      guard (1...Self.mostPerSample).contains(count) else { return nil }
      perSample = count
      parts.removeFirst()
    }
    if parts.first == "padded" {
      keepsPadding = true
      parts.removeFirst()
    }
    guard parts.isEmpty else { return nil }
  }

  /// Most tokens of a sample that can be asked for.
  static let mostPerSample = 65_536

  /// What can be written, in words.
  public static let words = "flatten, mean, class, each or each:COUNT, or one with :padded"
}
