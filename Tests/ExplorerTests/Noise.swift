/// Numbers that look random and are the same in every run: a linear congruential generator's.
struct Noise {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// A number in 0 ..< `bound`.
  mutating func next(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % bound
  }

  mutating func pick<Element>(_ choices: [Element]) -> Element { choices[next(choices.count)] }
}
