/// What it takes to go on with a study, or to merge it, beyond what its values need.
public struct StudyProgress: Sendable {
  /// The minibatches that it is to see; nil where that was not said.
  public var shard: Shard?
  /// The minibatches seen.
  public var seen: [Range<Int>]
  /// Everything that was added up.
  public var tree: SumTree
  /// For each layer the first counted minibatch in which it varied.
  public var varied: [Int?]
  /// For each layer that did not vary in a counted minibatch the first of those.
  public var flatSince: [Int: Int]
  /// Minibatches that are set aside, in order.
  public var pending: [PendingMinibatch]

  /// Parts that `Study.init` holds against one another.
  public init(
    shard: Shard?, seen: [Range<Int>], tree: SumTree, varied: [Int?], flatSince: [Int: Int] = [:],
    pending: [PendingMinibatch] = []
  ) {
    (self.shard, self.seen, self.tree) = (shard, seen, tree)
    (self.varied, self.flatSince, self.pending) = (varied, flatSince, pending)
  }

  /// - Throws: where the parts do not fit one another.
  func check(
    _ layout: SumLayout, minibatches: Int, flat: some Collection<Int>, biased: Bool
  ) throws(StudyError) {
    guard seen.allSatisfy({ $0.lowerBound >= 0 && !$0.isEmpty }),
      zip(seen, seen.dropFirst()).allSatisfy({ $0.upperBound < $1.lowerBound }),
      seen.reduce(0, { $0 + $1.count }) == minibatches,
      shard.map({ shard in seen.allSatisfy { shard.range.contains($0) } }) ?? (seen.count < 2)
    else { throw StudyError("the ranges of minibatches are not those of a shard") }
    guard varied.count == layout.layers, Set(flatSince.keys) == Set(flat),
      pending.allSatisfy({ $0.fits(layout, biased: biased) }),
      tree.values.allSatisfy({ $0.isEmpty || $0.count == layout.count })
    else { throw StudyError("sums over minibatches are of other layers") }
    // What is summed, and what is set aside, is what was seen.
    let parts = (tree.blocks.compactMap(\.range) + pending.map { $0.number..<$0.number + 1 })
      .sorted { $0.lowerBound < $1.lowerBound }
    var joined: [Range<Int>] = []
    for part in parts {
      if let last = joined.last, last.upperBound == part.lowerBound {
        joined[joined.count - 1] = last.lowerBound..<part.upperBound
      } else {
        joined.append(part)
      }
    }
    guard joined == seen else {
      throw StudyError("the sums over minibatches are not of the minibatches seen")
    }
  }
}

extension Range<Int> {
  fileprivate func contains(_ other: Range<Int>) -> Bool {
    other.lowerBound >= lowerBound && other.upperBound <= upperBound
  }
}

extension Study {
  /// What it takes to go on with the study or to merge it; nil where only totals are known.
  public var progress: StudyProgress? {
    isFlat
      ? nil
      : StudyProgress(
        shard: shard, seen: seen, tree: tree, varied: varied, flatSince: flatSince,
        pending: pending)
  }
}
