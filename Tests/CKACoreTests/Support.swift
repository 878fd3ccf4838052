import Testing

@testable import CKACore

/// A matrix of little-endian (or, swapped, big-endian) float32 values in any layout.
func floatMatrix(
  _ values: [Float], rows: Int, columns: Int, offset: Int = 0, rowStride: Int? = nil,
  columnStride: Int? = nil, swapped: Bool = false
) throws -> Matrix {
  let bytes = values.flatMap { value in
    let bits = swapped ? value.bitPattern.bigEndian : value.bitPattern.littleEndian
    return withUnsafeBytes(of: bits) { Array($0) }
  }
  return try #require(
    Matrix(
      rows: rows, columns: columns, type: .float32, region: ByteRegion(copying: bytes),
      offset: offset, rowStride: rowStride, columnStride: columnStride, swapped: swapped))
}

/// Numbers that look random and are the same in every run: a linear congruential generator's.
struct Noise {
  private var state: UInt64 = 1

  /// The next number, 0 ..< 1.
  mutating func next() -> Double {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(state >> 40) / Double(1 << 24)
  }

  /// `count` numbers in −0.25 ..< 0.75, of which some are NaN or infinite where `holes` is true.
  mutating func values(_ count: Int, holes: Bool) -> [Double] {
    (0..<count).map { _ in
      let value = next() - 0.25
      guard holes else { return value }
      let kind = next()
      if kind < 0.05 { return .nan }
      if kind < 0.06 { return kind < 0.055 ? .infinity : -.infinity }
      return value
    }
  }
}

/// Whether two numbers are the same, or both NaN, within `tolerance`.
func isClose(_ a: Double, _ b: Double, _ tolerance: Double = 0) -> Bool {
  a.isNaN || b.isNaN ? a.isNaN == b.isNaN : a == b || abs(a - b) <= tolerance
}

/// Whether two lists are as long and `isClose` throughout.
func areClose(_ a: [Double], _ b: [Double], _ tolerance: Double = 0) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { isClose($0, $1, tolerance) }
}

/// Whether all numbers are NaN.
func areNaN(_ values: some Sequence<Double>) -> Bool { values.allSatisfy(\.isNaN) }
