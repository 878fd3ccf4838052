import Glibc

/// numpy's `RandomState`: the Mersenne Twister MT19937 of Matsumoto and Nishimura (1998), and
/// Marsaglia's polar method, so that figures that others published with a seed can be made again.
public struct LegacyRandom {
  private static let size = 624
  private var state: [UInt32]
  private var position = LegacyRandom.size
  private var spare: Double?

  /// The generator after `numpy.random.seed(seed)`.
  public init(seed: UInt32) {
    state = [seed]
    for index in 1..<Self.size {
      let last = state[index - 1]
      state.append(1_812_433_253 &* (last ^ last >> 30) &+ UInt32(index))
    }
  }

  /// A standard normal number, as `randn` gives it.
  mutating func normal() -> Double {
    if let spare {
      self.spare = nil
      return spare
    }
    while true {
      let (x, y) = (2 * uniform() - 1, 2 * uniform() - 1)
      let square = x * x + y * y
      guard square < 1, square > 0 else { continue }
      let factor = (-2 * log(square) / square).squareRoot()
      spare = factor * x
      return factor * y
    }
  }

  /// `randn(count)`.
  mutating func normals(_ count: Int) -> [Double] { (0..<count).map { _ in normal() } }

  /// A number from 0 to just under 1, of 53 bits.
  mutating func uniform() -> Double {
    let high = Double(next() >> 5)
    return (high * 67_108_864 + Double(next() >> 6)) / 9_007_199_254_740_992
  }

  /// A whole number below `bound`, which must be positive.
  mutating func index(below bound: Int) -> Int { min(bound - 1, Int(uniform() * Double(bound))) }

  private mutating func next() -> UInt32 {
    if position == Self.size { twist() }
    var y = state[position]
    position += 1
    y ^= y >> 11
    y ^= y << 7 & 0x9D2C_5680
    y ^= y << 15 & 0xEFC6_0000
    return y ^ y >> 18
  }

  private mutating func twist() {
    for index in 0..<Self.size {
      let y = state[index] & 0x8000_0000 | state[(index + 1) % Self.size] & 0x7FFF_FFFF
      let mixed = state[(index + 397) % Self.size] ^ y >> 1
      state[index] = y & 1 == 0 ? mixed : mixed ^ 0x9908_B0DF
    }
    position = 0
  }
}
