import Foundation

/// Numbers that look random and are the same in every run: splitmix64's.
public struct Noise: Sendable {
  private var state: UInt64

  /// The sequence that `seed` begins.
  public init(seed: UInt64 = 1) { state = seed }

  private mutating func bits() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// The next number, 0 < x < 1.
  public mutating func uniform() -> Double { (Double(bits() >> 11) + 0.5) * 0x1p-53 }

  /// The next whole number in 0 ..< `bound`.
  public mutating func next(_ bound: Int) -> Int { Int(bits() >> 33) % bound }

  /// One of `choices`.
  public mutating func pick<Element>(_ choices: [Element]) -> Element {
    choices[next(choices.count)]
  }

  /// The next of standard normal numbers, by Box and Muller.
  public mutating func gaussian() -> Double {
    (-2 * log(uniform())).squareRoot() * cos(2 * .pi * uniform())
  }

  /// `count` numbers in −0.25 ..< 0.75, of which some are NaN or infinite where `holes` is true.
  public mutating func values(_ count: Int, holes: Bool) -> [Double] {
    (0..<count).map { _ in
      let value = uniform() - 0.25
      guard holes else { return value }
      let kind = uniform()
      if kind < 0.05 { return .nan }
      if kind < 0.06 { return kind < 0.055 ? .infinity : -.infinity }
      return value
    }
  }
}
