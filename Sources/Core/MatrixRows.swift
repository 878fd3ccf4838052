extension Matrix {
  /// Calls `body` with the bytes of all elements, if they stand row by row in this machine's byte
  /// order without gaps; otherwise returns nil.
  public func withPackedBytes<R, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> R
  ) throws(Failure) -> R? {
    let isPacked =
      (columns < 2 || columnStride == type.size) && (rows < 2 || rowStride == columns * type.size)
    guard isPacked, !swapped || type.size == 1, rows > 0, columns > 0 else { return nil }
    let range = offset..<offset + rows * columns * type.size
    return try body(UnsafeRawBufferPointer(rebasing: region.bytes[range]))
  }

  /// Calls `body` with the address of element (0, 0) and the bytes from a row to the next, if the
  /// elements are float32 in this machine's byte order and lie side by side in a row; otherwise
  /// returns nil. The address need not be aligned.
  public func withPackedFloatRows<R>(
    _ body: (_ start: UnsafeRawPointer, _ stride: Int) throws -> R
  ) rethrows -> R? {
    guard type == .float32, !swapped, columns < 2 || columnStride == 4, rows > 0, columns > 0,
      let base = region.bytes.baseAddress
    else { return nil }
    return try body(base + offset, rowStride)
  }
}
