import Testing

@testable import Core

@Suite struct MatrixTests {
  private let counting = (0..<12).map(Float.init)

  @Test func readsRowMajorBytes() throws {
    let matrix = try floatMatrix(counting, rows: 3, columns: 4)
    #expect(matrix[0, 0] == 0)
    #expect(matrix[1, 2] == 6)
    #expect(matrix.values() == (0..<12).map(Double.init))
  }

  @Test func readsBigEndianBytes() throws {
    let matrix = try floatMatrix(counting, rows: 3, columns: 4, swapped: true)
    #expect(matrix.values() == (0..<12).map(Double.init))
  }

  @Test func readsColumnMajorBytesAsTheTransposed() throws {
    let fortran = try floatMatrix(counting, rows: 4, columns: 3, rowStride: 4, columnStride: 16)
    let transposed = try floatMatrix(counting, rows: 3, columns: 4).transposed
    #expect(fortran.values() == transposed.values())
    #expect(transposed.rows == 4 && transposed.columns == 3)
    #expect(transposed[3, 1] == 7)
    #expect(transposed.transposed.values() == (0..<12).map(Double.init))
  }

  @Test func readsStridesAndOffsets() throws {
    // Every second column of the last two rows, from right to left.
    let matrix = try floatMatrix(
      counting, rows: 2, columns: 2, offset: 7 * 4, rowStride: 16, columnStride: -8)
    #expect(matrix.values() == [7, 5, 11, 9])
    // One row for all: numpy's broadcast arrays have a stride of 0.
    let repeated = try floatMatrix(counting, rows: 3, columns: 2, rowStride: 0)
    #expect(repeated.values() == [0, 1, 0, 1, 0, 1])
  }

  @Test func readsElementsThatAreNotAligned() throws {
    let bytes: [UInt8] = [0xFF] + withUnsafeBytes(of: (1.5, -2.5)) { Array($0) }
    let matrix = try #require(
      Matrix(rows: 1, columns: 2, type: .float64, region: ByteRegion(copying: bytes), offset: 1))
    #expect(matrix.values() == [1.5, -2.5])
    #expect(matrix.summary().mean == -0.5)
  }

  @Test func copiesPartOfARow() throws {
    let matrix = try floatMatrix(counting, rows: 3, columns: 4)
    let part = [Double](unsafeUninitializedCapacity: 2) { buffer, count in
      matrix.copyRow(2, columns: 1..<3, into: buffer)
      count = 2
    }
    #expect(part == [9, 10])
  }

  @Test(arguments: [
    (rows: 3, columns: 5, offset: 0, row: 20, column: 4),
    (rows: 3, columns: 4, offset: 1, row: 16, column: 4),
    (rows: 3, columns: 4, offset: -1, row: 16, column: 4),
    (rows: 2, columns: 4, offset: 0, row: -16, column: 4),
    (rows: 1, columns: 2, offset: 0, row: 0, column: -4),
    (rows: -1, columns: 4, offset: 0, row: 16, column: 4),
    (rows: 3, columns: -4, offset: 0, row: 16, column: 4),
    (rows: Int.max, columns: 4, offset: 0, row: 16, column: 4),
    (rows: 2, columns: Int.max, offset: 0, row: 16, column: 4),
    (rows: 2, columns: 2, offset: Int.max, row: 16, column: 4),
    (rows: 2, columns: 2, offset: 0, row: Int.min, column: Int.min),
    (rows: 1 << 40, columns: 1 << 40, offset: 0, row: 0, column: 0),
  ])
  func refusesElementsOutsideTheRegion(
    rows: Int, columns: Int, offset: Int, row: Int, column: Int
  ) {
    let region = ByteRegion(copying: [UInt8](repeating: 0, count: 48))
    let matrix = Matrix(
      rows: rows, columns: columns, type: .float32, region: region, offset: offset, rowStride: row,
      columnStride: column)
    #expect(matrix == nil)
  }

  @Test func mayBeEmpty() throws {
    let region = ByteRegion(copying: [])
    let matrix = try #require(Matrix(rows: 0, columns: 5, type: .int8, region: region))
    #expect(matrix.values().isEmpty)
    #expect(matrix.transposed.rows == 5)
    #expect(Matrix(rows: 4, columns: 0, type: .int8, region: region)?.values() == [])
  }
}
