import Core

/// Which samples each minibatch has.
struct SampleOrder: Sendable, Equatable {
  /// The first sample of each minibatch, and the end.
  private let starts: [Int]
  /// For each minibatch its samples, ascending; nil when they follow one another.
  private let shuffled: [[Int]]?

  /// Samples of one minibatch, counted over all files.
  enum Selection: Sendable, Equatable {
    case range(Range<Int>)
    /// Ascending.
    case indices([Int])

    /// All of them, ascending.
    var indices: [Int] {
      switch self {
      case .range(let range): Array(range)
      case .indices(let indices): indices
      }
    }
  }

  /// Minibatches of `counts` samples, in the files' order or, with a seed, of a permutation.
  init(counts: [Int], shuffle seed: Int? = nil) {
    var starts = [0]
    for count in counts { starts.append((starts.last ?? 0) + count) }
    self.starts = starts
    shuffled = seed.map { seed in
      let order = Self.permutation(of: starts.last ?? 0, seed: seed)
      return zip(starts, starts.dropFirst()).map { order[$0..<$1].sorted() }
    }
  }

  subscript(minibatch: Int) -> Selection {
    if let shuffled { return .indices(shuffled[minibatch]) }
    return .range(starts[minibatch]..<starts[minibatch + 1])
  }

  /// The numbers below `count` in an order that `seed` decides, on every machine the same one.
  ///
  /// `SplitMix64.permutation` from `seed`. Minibatch k has the entries from k · size on, and reads
  /// them in ascending order: within a minibatch the order changes no value of HSIC.
  static func permutation(of count: Int, seed: Int) -> [Int] {
    var random = SplitMix64(seed: UInt64(bitPattern: Int64(seed)))
    return random.permutation(of: count)
  }
}
