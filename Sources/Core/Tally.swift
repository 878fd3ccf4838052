/// What is known of a set of cells after one look at each: enough for its mean, extremes and
/// counts.
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
  @inline(__always)
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
  /// Tallies the 8 × 8 float64 values that start `offset` bytes after each of 8 `rows`, unaligned.
  ///
  /// The usual tile has finite values at or above 0: a NaN or infinity among them shows in the sum,
  /// a negative one in the minimum, and only then is each value looked at alone.
  @inline(__always)
  init(doubles rows: UnsafePointer<UnsafeRawPointer>, offset: Int) {
    var sums = SIMD8<Double>.zero
    var low = SIMD8(repeating: Double.infinity)
    var high = SIMD8(repeating: -Double.infinity)
    for row in 0..<8 {
      let values = rows[row].loadUnaligned(fromByteOffset: offset, as: SIMD8<Double>.self)
      sums += values
      low.replace(with: values, where: values .< low)
      high.replace(with: values, where: values .> high)
    }
    self.init(sum: sums.sum(), minimum: low.min(), maximum: high.max(), finite: 64)
    if !sum.isFinite {
      self = Tally(oneByOne: rows) {
        $0.loadUnaligned(fromByteOffset: offset + $1 * 8, as: Double.self)
      }
    } else if minimum < 0 {
      var below = SIMD8<Int64>.zero
      for row in 0..<8 {
        let values = rows[row].loadUnaligned(fromByteOffset: offset, as: SIMD8<Double>.self)
        below.replace(with: below &+ 1, where: values .< 0)
      }
      negative = Int(below.wrappedSum())
    }
  }

  /// As `init(doubles:offset:)`, for float32 values. Written out, not generic: generic vector code
  /// does not become vector instructions.
  @inline(__always)
  init(floats rows: UnsafePointer<UnsafeRawPointer>, offset: Int) {
    var sums = SIMD8<Double>.zero
    var low = SIMD8(repeating: Float.infinity)
    var high = SIMD8(repeating: -Float.infinity)
    for row in 0..<8 {
      let values = rows[row].loadUnaligned(fromByteOffset: offset, as: SIMD8<Float>.self)
      sums += Tally.widened(values)
      low.replace(with: values, where: values .< low)
      high.replace(with: values, where: values .> high)
    }
    self.init(
      sum: sums.sum(), minimum: Double(low.min()), maximum: Double(high.max()), finite: 64)
    if !sum.isFinite {
      self = Tally(oneByOne: rows) {
        Double($0.loadUnaligned(fromByteOffset: offset + $1 * 4, as: Float.self))
      }
    } else if minimum < 0 {
      var below = SIMD8<Int32>.zero
      for row in 0..<8 {
        let values = rows[row].loadUnaligned(fromByteOffset: offset, as: SIMD8<Float>.self)
        below.replace(with: below &+ 1, where: values .< 0)
      }
      negative = Int(below.wrappedSum())
    }
  }

  @inline(__always)
  private static func widened(_ values: SIMD8<Float>) -> SIMD8<Double> {
    SIMD8(
      Double(values[0]), Double(values[1]), Double(values[2]), Double(values[3]),
      Double(values[4]), Double(values[5]), Double(values[6]), Double(values[7]))
  }

  @inline(__always)
  private init(
    oneByOne rows: UnsafePointer<UnsafeRawPointer>,
    load: (UnsafeRawPointer, _ lane: Int) -> Double
  ) {
    self.init()
    for row in 0..<8 {
      for lane in 0..<8 { add(load(rows[row], lane)) }
    }
  }
}
