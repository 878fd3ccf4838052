import Testing

@testable import Core
@testable import Formats

@Suite("Arrays as features")
struct FeatureMatrixTests {
  /// A row-major array of small numbers, so that float32 holds them all exactly.
  private func array(
    _ shape: [Int], type: ScalarType = .float32, swapped: Bool = false
  ) throws -> NDArray {
    let count = shape.reduce(1, *)
    let bytes = (0..<count).flatMap { index -> [UInt8] in
      let value = Double((index * 7) % 23) - 4
      let bits: [UInt8] =
        type == .float64
        ? littleEndian(value.bitPattern) : littleEndian(Float(value).bitPattern)
      return swapped ? bits.reversed() : bits
    }
    return try NDArray(
      type: type, shape: shape, packedIn: ByteSlice(ByteRegion(copying: bytes)), swapped: swapped)
  }

  /// The same elements with the axes in another order, as `torch.permute` gives them.
  private func permuted(_ array: NDArray, _ axes: [Int]) throws -> NDArray {
    try NDArray(
      type: array.type, shape: axes.map { array.shape[$0] },
      strides: axes.map { array.strides[$0] }, region: array.region, offset: array.offset,
      swapped: array.swapped)
  }

  @Test(
    "rows that are packed are views",
    arguments: [[6], [6, 4], [6, 2, 3], [6, 2, 3, 2], [6, 1, 4]])
  func views(shape: [Int]) throws {
    let array = try array(shape)
    let matrix = try array.featureMatrix(pool: .flatten)
    #expect(matrix.region === array.region)
    #expect(matrix.rows == 6 && matrix.values() == array.values())
    let part = try array.rows(2..<5).featureMatrix(pool: .flatten)
    #expect(part.region === array.region)
    let width = matrix.columns
    #expect(part.values() == Array(array.values()[2 * width..<5 * width]))
  }

  @Test("rows far apart are views too")
  func rowStride() throws {
    let wide = try array([6, 5, 4])
    let narrow = wide.slice(axis: 1, index: 3)
    let matrix = try narrow.featureMatrix(pool: .flatten)
    #expect(matrix.region === wide.region && matrix.rowStride == 80)
    #expect(matrix.values() == narrow.values())
  }

  @Test("strided and big-endian rows are copied into order")
  func copies() throws {
    let channelsLast = try permuted(try array([3, 4, 5, 2]), [0, 3, 1, 2])
    let columnMajor = try permuted(try array([5, 3]), [1, 0])
    let bigEndian = try array([3, 4], swapped: true)
    let wideBigEndian = try array([2, 2, 2], type: .float64, swapped: true)
    for array in [channelsLast, columnMajor, bigEndian, wideBigEndian] {
      let matrix = try array.featureMatrix(pool: .flatten)
      #expect(matrix.region !== array.region)
      #expect(matrix.type == array.type && !matrix.swapped)
      #expect(matrix.columnStride == matrix.type.size)
      #expect(matrix.values() == array.values())
    }
  }

  @Test("a repeated sample stays a view")
  func expanded() throws {
    let one = try array([1, 4])
    let array = try NDArray(
      type: .float32, shape: [3, 4], strides: [0, 4], region: one.region)
    let matrix = try array.featureMatrix(pool: .flatten)
    #expect(matrix.region === one.region)
    #expect(matrix.values() == one.values() + one.values() + one.values())
  }

  @Test("convolution maps are averaged over places, for each channel")
  func poolsMaps() throws {
    for array in [try array([3, 4, 5, 2]), try permuted(try array([3, 5, 2, 4]), [0, 3, 1, 2])] {
      let matrix = try array.featureMatrix(pool: .mean)
      #expect([matrix.rows, matrix.columns] == [3, 4] && matrix.type == .float32)
      let values = array.values()
      for sample in 0..<3 {
        for channel in 0..<4 {
          var sum = 0.0
          for place in 0..<10 { sum += values[(sample * 4 + channel) * 10 + place] }
          #expect(matrix[sample, channel] == Double(Float(sum / 10)))
        }
      }
    }
  }

  @Test("tokens are averaged over their number, for each feature")
  func poolsTokens() throws {
    let array = try array([3, 5, 4])
    let matrix = try array.featureMatrix(pool: .mean)
    #expect([matrix.rows, matrix.columns] == [3, 4])
    for sample in 0..<3 {
      for feature in 0..<4 {
        var sum = 0.0
        for token in 0..<5 { sum += array.values()[(sample * 5 + token) * 4 + feature] }
        #expect(matrix[sample, feature] == Double(Float(sum / 5)))
      }
    }
  }

  @Test("video maps keep their channels, and averages of float64 their type")
  func poolsMore() throws {
    let array = try array([2, 3, 2, 2, 2], type: .float64)
    let matrix = try array.featureMatrix(pool: .mean)
    #expect([matrix.rows, matrix.columns] == [2, 3] && matrix.type == .float64)
    let first = array.values()[..<8].reduce(0, +) / 8
    #expect(matrix[0, 0] == first)
  }

  @Test("what has no positions is not averaged, nor copied", arguments: [[6], [6, 4]])
  func poolsNothing(shape: [Int]) throws {
    let array = try array(shape)
    let matrix = try array.featureMatrix(pool: .mean)
    #expect(matrix.region === array.region && matrix.values() == array.values())
  }

  @Test(
    "positions are features, or averaged",
    arguments: [
      ([3], 1, 1), ([3, 4], 4, 4), ([3, 4, 5], 20, 5), ([3, 4, 5, 2], 40, 4),
      ([3, 4, 2, 2, 2], 32, 4),
    ])
  func columns(shape: [Int], flat: Int, averaged: Int) throws {
    #expect(try array(shape).featureMatrix(pool: .flatten).columns == flat)
    #expect(try array(shape).featureMatrix(pool: .mean).columns == averaged)
  }
}
