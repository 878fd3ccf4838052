import Testing

@testable import Core

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
