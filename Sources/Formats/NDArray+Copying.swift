import Core

extension NDArray {
  /// An array that owns a copy of `values`, row-major, as float64.
  init(copying values: [Double], shape: [Int]) throws(FormatError) {
    try self.init(
      type: .float64, shape: shape,
      packedIn: ByteSlice(values.withUnsafeBytes { ByteRegion(copying: $0) }))
  }

  /// An array that owns a copy of `values`, row-major, as int64.
  init(copying values: [Int], shape: [Int]) throws(FormatError) {
    try self.init(
      type: .int64, shape: shape,
      packedIn: ByteSlice(values.withUnsafeBytes { ByteRegion(copying: $0) }))
  }
}
