import Core

/// The draws of one case: `SplitMix64` with a start of its own for each case.
struct FuzzRandom {
  private var numbers: SplitMix64

  /// The sequence of case `number` under `seed`.
  init(seed: UInt64, number: UInt64) {
    numbers = SplitMix64(seed: seed &* 0x9E37_79B9_7F4A_7C15 ^ number &* 0xD1B5_4A32_D192_ED03)
    _ = numbers.next()
  }

  /// A number below `count`, which is above 0.
  mutating func below(_ count: Int) -> Int { Int(numbers.below(UInt64(count))) }

  /// True once in `count` times.
  mutating func once(in count: Int) -> Bool { below(count) == 0 }
}
