import Core
import Testing

@testable import Formats

@Suite("NDArray")
struct NDArrayTests {
  /// The float64 numbers 0 ..< count.
  private func counting(_ count: Int) -> ByteRegion {
    (0..<count).map(Double.init).withUnsafeBytes { ByteRegion(copying: $0) }
  }

  private func array(
    _ shape: [Int], _ strides: [Int], of count: Int, offset: Int = 0
  ) throws -> NDArray {
    try NDArray(
      type: .float64, shape: shape, strides: strides, region: counting(count), offset: offset)
  }

  @Test("row-major and column-major strides")
  func packedStrides() throws {
    #expect(try NDArray.packedStrides([2, 3, 4], size: 8) == [96, 32, 8])
    #expect(try NDArray.packedStrides([2, 3, 4], size: 8, fortran: true) == [8, 16, 48])
    #expect(try NDArray.packedStrides([], size: 8) == [])
    #expect(try NDArray.packedStrides([0, 3], size: 8) == [24, 8])
  }

  @Test("matrices of no, one and two axes")
  func matrices() throws {
    let scalar = try array([], [], of: 1).matrix()
    #expect((scalar.rows, scalar.columns) == (1, 1))
    let vector = try array([3], [-8], of: 3, offset: 16).matrix()
    #expect((vector.rows, vector.columns) == (1, 3))
    #expect(vector.values() == [2, 1, 0])
    let transposed = try array([3, 2], [8, 24], of: 6).matrix()
    #expect(transposed.values() == [0, 3, 1, 4, 2, 5])
    #expect(throws: FormatError.self) { try array([1, 1, 1], [8, 8, 8], of: 1).matrix() }
  }

  @Test("values and slices of three axes")
  func slices() throws {
    let cube = try array([2, 3, 2], [48, 16, 8], of: 12)
    #expect(cube.values() == (0..<12).map(Double.init))
    #expect(cube.slice(axis: 0, index: 1).values() == [6, 7, 8, 9, 10, 11])
    #expect(cube.slice(axis: 1, index: 2).values() == [4, 5, 10, 11])
    #expect(cube.slice(axis: 2, index: 0).shape == [2, 3])
  }

  /// Shape, strides and offset of an array over six float64 numbers.
  struct Layout: Sendable {
    let shape: [Int]
    let strides: [Int]
    var offset = 0
  }

  static let impossible: [Layout] = [
    Layout(shape: [2, 4], strides: [24, 8]),
    Layout(shape: [2, 3], strides: [24, 8], offset: 8),
    Layout(shape: [2, 3], strides: [24, 8], offset: -8),
    Layout(shape: [2], strides: [-8]),
    Layout(shape: [-1], strides: [8]),
    Layout(shape: [2, 3], strides: [8]),
    Layout(shape: [2, 2], strides: [1 << 62, 8]),
    Layout(shape: [3], strides: [1 << 62]),
    Layout(shape: [1 << 62, 4], strides: [0, 0]),
    Layout(shape: [0, 1 << 62, 4], strides: [8, 8, 8]),
    Layout(shape: [30_000, 30_000], strides: [0, 0]),
    Layout(shape: [1001, 1000], strides: [0, 0]),
    Layout(shape: [2], strides: [Int.min]),
    Layout(shape: [1], strides: [8], offset: Int.max),
    Layout(shape: [Int](repeating: 1, count: 33), strides: [Int](repeating: 8, count: 33)),
  ]

  @Test("what reaches outside, or cannot be", arguments: impossible)
  func refused(layout: Layout) {
    #expect(throws: FormatError.self) {
      try array(layout.shape, layout.strides, of: 6, offset: layout.offset)
    }
  }

  @Test("a small expanded array is allowed")
  func expanded() throws {
    #expect(try array([1000, 1000], [0, 0], of: 1).count == 1_000_000)
  }

  @Test("a view stays within its storage, not merely within the file")
  func bounds() throws {
    #expect(throws: FormatError.self) {
      try NDArray(
        type: .float64, shape: [2], strides: [8], region: counting(6), offset: 16, within: 16..<24)
    }
  }
}
