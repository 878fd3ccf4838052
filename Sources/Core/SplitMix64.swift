/// SplitMix64 (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators"): the
/// same numbers on every machine, from any seed. What is drawn by it is recorded by its seed, so its
/// bits, and those of `permutation`, never change.
public struct SplitMix64: Sendable {
  private var state: UInt64

  /// The numbers that follow from `seed`.
  public init(seed: UInt64) { state = seed }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number below `bound` > 0, all equally likely: draws of the last 2⁶⁴ mod bound of all numbers
  /// are drawn again, the rest is taken mod bound.
  public mutating func below(_ bound: UInt64) -> UInt64 {
    // 2^64 mod bound, without 2^64.
    let remainder = (UInt64.max % bound + 1) % bound
    while true {
      let draw = next()
      if draw <= UInt64.max - remainder { return draw % bound }
    }
  }

  /// The numbers below `count` in a random order.
  ///
  /// Fisher–Yates from the end (Durstenfeld 1964, Algorithm 235): for i from count − 1 down to 1, i
  /// changes places with `below(i + 1)`. Written out, as the standard library's may change.
  public mutating func permutation(of count: Int) -> [Int] {
    var order = Array(0..<count)
    for index in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(index, Int(below(UInt64(index) + 1)))
    }
    return order
  }
}
