/// A range of the minibatches of a recipe: what one of several runs goes through.
public struct Shard: Sendable, Hashable {
  /// Its minibatches, numbered from 0 in the whole; may be empty.
  public let range: Range<Int>
  /// Minibatches of the whole.
  public let total: Int

  /// The minibatches `range` of `total`.
  /// - Precondition: they are among them.
  public init(range: Range<Int>, total: Int) {
    precondition(range.lowerBound >= 0 && range.upperBound <= total, "a range of the whole")
    self.range = range
    self.total = total
  }

  /// All of `total` minibatches.
  public static func whole(_ total: Int) -> Shard { Shard(range: 0..<total, total: total) }

  /// `count` shards, in order, that together are the whole.
  ///
  /// Bounds stand at multiples of a power of two, so that a shard has few blocks of a `SumTree`; that
  /// moves a bound by at most a sixteenth of a shard. With more shards than minibatches some are
  /// empty.
  /// - Precondition: `count` is positive and `total` not negative.
  public static func split(total: Int, into count: Int) -> [Shard] {
    precondition(count > 0 && total >= 0, "some shards of some minibatches")
    let size = total / count
    var step = 1
    while step * 16 <= size { step *= 2 }
    let bounds = (0...count).map { index -> Int in
      let exact = index * size + index * (total % count) / count
      return index == count ? total : min(total, (exact + step / 2) / step * step)
    }
    return (0..<count).map { Shard(range: bounds[$0]..<bounds[$0 + 1], total: total) }
  }
}
