import Core

/// A matrix as contiguous little-endian bytes in row-major order, each value in its own type.
///
/// Every value of a narrow type is exact in float64, so narrowing it again gives the stored bits
/// back (but for the payload of a NaN, and integers beyond ±2⁵³).
enum MatrixBytes {
  /// Appends the values of `matrix`, as `type`, to `bytes`.
  static func append(_ matrix: Matrix, as type: ScalarType, to bytes: inout [UInt8]) {
    bytes.reserveCapacity(bytes.count + matrix.rows * matrix.columns * type.size)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: max(matrix.columns, 1)) { row in
      for index in 0..<matrix.rows {
        matrix.copyRow(index, columns: 0..<matrix.columns, into: row)
        for column in 0..<matrix.columns { append(row[column], as: type, to: &bytes) }
      }
    }
  }

  private static func append(_ value: Double, as type: ScalarType, to bytes: inout [UInt8]) {
    func add<T: FixedWidthInteger>(_ integer: T) {
      withUnsafeBytes(of: integer.littleEndian) { bytes.append(contentsOf: $0) }
    }
    switch type {
    case .float64: add(value.bitPattern)
    case .float32: add(Float(value).bitPattern)
    case .float16: add(narrowHalf(Float(value)))
    case .bfloat16: add(UInt16(Float(value).bitPattern >> 16))
    case .int8: add(whole(value, Int8.self))
    case .int16: add(whole(value, Int16.self))
    case .int32: add(whole(value, Int32.self))
    case .int64: add(whole(value, Int64.self))
    case .uint8: add(whole(value, UInt8.self))
    case .uint16: add(whole(value, UInt16.self))
    case .uint32: add(whole(value, UInt32.self))
    case .uint64: add(whole(value, UInt64.self))
    case .bool: bytes.append(value == 0 ? 0 : 1)
    }
  }

  /// 2⁶³ and 2⁶⁴ are what the largest integers round to in float64: they clamp back.
  private static func whole<T: FixedWidthInteger>(_ value: Double, _ type: T.Type) -> T {
    T(exactly: value) ?? (value > 0 ? T.max : T.min)
  }

  /// The binary16 pattern of a value that binary16 can hold. `Float16` does not exist on every
  /// platform.
  private static func narrowHalf(_ value: Float) -> UInt16 {
    let sign = UInt16(value.bitPattern >> 16) & 0x8000
    if value.isNaN { return sign | 0x7E00 }
    if value.isInfinite { return sign | 0x7C00 }
    if value.magnitude < 0x1p-14 { return sign | UInt16(value.magnitude * 0x1p24) }
    let exponent = UInt16(truncatingIfNeeded: Int(value.exponent) + 15)
    return sign | exponent << 10 | UInt16(truncatingIfNeeded: value.bitPattern >> 13) & 0x3FF
  }
}
