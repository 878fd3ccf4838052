/// What an axis of a saved array counts.
public enum FeatureAxis: String, Sendable, Hashable, CaseIterable {
  /// What CKA compares: the same ones for every layer.
  case samples
  /// The array holds several layers, one at each index.
  case layers
  /// Batches of samples, which are joined in order.
  case batches
  /// Tokens of a sentence, patches of an image.
  case tokens
  /// Channels of a map, or features of a token: what stays when positions are averaged.
  case channels, features
  /// Places of a map: height, width, depth, time.
  case positions

  /// The axis that `word` names; several words name positions.
  init?(word: String) {
    switch word {
    case "height", "width", "depth", "time": self = .positions
    default: self.init(rawValue: word)
    }
  }

  /// Words that `init(word:)` knows.
  static let words = allCases.map(\.rawValue) + ["height", "width", "depth", "time"]

  /// What the axes of an array are where nobody says it: the first one holds samples; of three the
  /// second holds tokens; of four and more the second holds channels.
  static func assumed(rank: Int) -> [FeatureAxis] {
    switch rank {
    case 0, 1, 2: Array([.samples, .features].prefix(rank))
    case 3: [.samples, .tokens, .features]
    default: [.samples, .channels] + Array(repeating: .positions, count: rank - 2)
    }
  }
}
