/// The element type of a stored array, named as numpy names it.
public enum ScalarType: String, Sendable, Hashable, CaseIterable {
  case float16, bfloat16, float32, float64
  case int8, int16, int32, int64
  case uint8, uint16, uint32, uint64
  case bool

  /// Bytes an element takes.
  public var size: Int {
    switch self {
    case .int8, .uint8, .bool: 1
    case .float16, .bfloat16, .int16, .uint16: 2
    case .float32, .int32, .uint32: 4
    case .float64, .int64, .uint64: 8
    }
  }

  /// Whether the type can hold NaN.
  public var isFloatingPoint: Bool {
    switch self {
    case .float16, .bfloat16, .float32, .float64: true
    default: false
    }
  }
}

extension ScalarType {
  /// The value of the element whose first byte is at `pointer`, which need not be aligned.
  /// `int64` and `uint64` beyond 2⁵³ are rounded to the nearest float64.
  @inline(__always)
  func load(_ pointer: UnsafeRawPointer, swapped: Bool) -> Double {
    func integer<T: FixedWidthInteger>(_ type: T.Type) -> T {
      let raw = pointer.loadUnaligned(as: T.self)
      return swapped ? raw.byteSwapped : raw
    }
    return switch self {
    case .float64: Double(bitPattern: integer(UInt64.self))
    case .float32: Double(Float(bitPattern: integer(UInt32.self)))
    case .float16: Double(widenHalf(integer(UInt16.self)))
    case .bfloat16: Double(Float(bitPattern: UInt32(integer(UInt16.self)) << 16))
    case .int8: Double(integer(Int8.self))
    case .int16: Double(integer(Int16.self))
    case .int32: Double(integer(Int32.self))
    case .int64: Double(integer(Int64.self))
    case .uint8: Double(integer(UInt8.self))
    case .uint16: Double(integer(UInt16.self))
    case .uint32: Double(integer(UInt32.self))
    case .uint64: Double(integer(UInt64.self))
    case .bool: integer(UInt8.self) == 0 ? 0 : 1
    }
  }
}

/// IEEE 754 binary16 to binary32, exactly. Swift's `Float16` does not exist on every platform.
///
/// Without a branch: the bits moved into place are the value times 2⁻¹¹² (of subnormals too), and
/// what comes out at 2¹⁶ or above had the exponent of infinity and NaN.
@inline(__always)
private func widenHalf(_ bits: UInt16) -> Float {
  let sign = UInt32(bits & 0x8000) << 16
  let magnitude = Float(bitPattern: UInt32(bits & 0x7FFF) << 13) * 0x1p112
  let special: UInt32 = magnitude >= 0x1p16 ? 0x7F80_0000 : 0
  return Float(bitPattern: sign | special | magnitude.bitPattern)
}
