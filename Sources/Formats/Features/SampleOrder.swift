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
  /// Fisher–Yates from the end (Durstenfeld 1964, Algorithm 235): for i from count − 1 down to 1, i
  /// changes places with `SplitMix64.below(i + 1)`. Minibatch k has the entries from k · size on,
  /// and reads them in ascending order: within a minibatch the order changes no value of HSIC.
  static func permutation(of count: Int, seed: Int) -> [Int] {
    var random = SplitMix64(state: UInt64(bitPattern: Int64(seed)))
    var order = Array(0..<count)
    for index in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(index, Int(random.below(UInt64(index) + 1)))
    }
    return order
  }
}

/// SplitMix64 (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators").
struct SplitMix64 {
  /// The seed at first.
  var state: UInt64

  /// The next 64 bits.
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number below `bound`, all equally likely: draws of 2⁶⁴ mod bound and more are drawn again
  /// from the end of the range, the rest is taken mod bound.
  mutating func below(_ bound: UInt64) -> UInt64 {
    // 2^64 mod bound, without 2^64.
    let remainder = (UInt64.max % bound + 1) % bound
    while true {
      let draw = next()
      if draw <= UInt64.max - remainder { return draw % bound }
    }
  }
}
