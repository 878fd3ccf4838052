/// What is known of a set of cells after one look at each: enough for its mean, extremes and counts.
struct Tally: Sendable {
  /// Sum of the finite values.
  var sum = 0.0
  /// Smallest finite value; +∞ when there is none.
  var minimum = Double.infinity
  /// Largest finite value; −∞ when there is none.
  var maximum = -Double.infinity
  /// Values that are neither NaN nor infinite, and those of them below 0.
  var finite = 0, negative = 0
  /// Values that are +∞ or −∞.
  var infinite = 0

  /// Adds the cells that `other` stands for.
  mutating func merge(_ other: Tally) {
    sum += other.sum
    minimum = min(minimum, other.minimum)
    maximum = max(maximum, other.maximum)
    finite += other.finite
    negative += other.negative
    infinite += other.infinite
  }

  /// Adds one value; NaN changes nothing.
  mutating func add(_ value: Double) {
    guard value.isFinite else {
      infinite += value.isNaN ? 0 : 1
      return
    }
    sum += value
    minimum = min(minimum, value)
    maximum = max(maximum, value)
    finite += 1
    negative += value < 0 ? 1 : 0
  }
}

extension Tally {
  /// Tallies the 8 × 8 cells whose rows are `tile[0]`, `tile[stride]`, …, `tile[7 * stride]`.
  ///
  /// The usual tile has finite values only: a NaN or infinity among them shows in the sum, and only then
  /// is each value looked at alone.
  @inline(__always)
  init(tile: UnsafePointer<SIMD8<Double>>, stride: Int) {
    var sums = SIMD8<Double>.zero
    var low = SIMD8(repeating: Double.infinity)
    var high = SIMD8(repeating: -Double.infinity)
    for row in 0..<8 {
      let values = tile[row * stride]
      sums += values
      low.replace(with: values, where: values .< low)
      high.replace(with: values, where: values .> high)
    }
    sum = sums.sum()
    guard sum.isFinite else {
      self = Tally(oneByOne: tile, stride: stride)
      return
    }
    minimum = low.min()
    maximum = high.max()
    finite = 64
    negative = minimum < 0 ? Tally.negatives(tile: tile, stride: stride) : 0
  }

  private init(oneByOne tile: UnsafePointer<SIMD8<Double>>, stride: Int) {
    self.init()
    for row in 0..<8 {
      let values = tile[row * stride]
      for lane in 0..<8 { add(values[lane]) }
    }
  }

  private static func negatives(tile: UnsafePointer<SIMD8<Double>>, stride: Int) -> Int {
    var count = 0
    for row in 0..<8 {
      let values = tile[row * stride]
      for lane in 0..<8 { count += values[lane] < 0 ? 1 : 0 }
    }
    return count
  }
}
