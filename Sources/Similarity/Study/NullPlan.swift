import Core

/// A permutation null as it is asked for: how often the samples are permuted, and how.
///
/// Within each minibatch one random order of its samples is drawn for each draw, and every layer
/// that is compared with another is put into it, so that a draw is a whole matrix of CKA of layers
/// that see unrelated samples. Whoever wants the null of a statistic of many cells, such as the
/// largest of a row, takes the statistic of each draw.
public struct NullPlan: Sendable, Hashable, Codable {
  /// Draws, N.
  public var draws: Int
  /// What the orders are drawn by.
  public var seed: UInt64

  /// `draws` permutations of each minibatch.
  public init(draws: Int, seed: UInt64 = 0) {
    self.draws = draws
    self.seed = seed
  }

  /// Fewest draws: with fewer no cell can have p ≤ 0.05.
  public static let fewestDraws = 19
  /// Most draws.
  public static let mostDraws = 100_000
  /// Most bytes of the sums of all draws.
  public static let mostBytes = 1 << 30
  /// Most bytes of all copies of them that a run holds.
  public static let mostMemory = 4 << 30

  /// Bytes of the sums over `layers` layers: 8 N L². A run holds `copies` of them.
  public func bytes(layers: Int) -> Int {
    let (cells, tooMany) = layers.multipliedReportingOverflow(by: layers)
    let (bytes, overflow) = cells.multipliedReportingOverflow(by: 8 * min(draws, 1 << 32))
    return tooMany || overflow ? .max : bytes
  }

  /// How often a run over `minibatches` holds the sums at most: ⌈log₂ m⌉ blocks (`SumTree`), a
  /// minibatch that is being added, and a total.
  public static func copies(minibatches: Int) -> Int {
    Int.bitWidth - max(0, minibatches - 1).leadingZeroBitCount + 2
  }

  /// Bytes of all copies of the sums that a run over `minibatches` holds at most.
  public func memory(layers: Int, minibatches: Int) -> Int {
    let (bytes, overflow) = bytes(layers: layers)
      .multipliedReportingOverflow(by: Self.copies(minibatches: minibatches))
    return overflow ? .max : bytes
  }

  /// The most draws for so many layers and minibatches within `mostBytes` and `mostMemory`.
  public static func draws(fittingLayers layers: Int, minibatches: Int) -> Int {
    let bytes = min(mostBytes, mostMemory / copies(minibatches: minibatches))
    return min(mostDraws, bytes / max(1, 8 * layers * layers))
  }

  /// The order of the samples of a minibatch in a draw: sample i is exchanged for the result's
  /// element i. It depends on nothing but the seed and these three numbers.
  public func permutation(of samples: Int, minibatch: Int, draw: Int) -> [Int] {
    var random = SplitMix64(seed: seed)
    random = SplitMix64(seed: random.next() ^ UInt64(minibatch))
    random = SplitMix64(seed: random.next() ^ UInt64(draw))
    return random.permutation(of: samples)
  }
}
