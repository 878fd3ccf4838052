/// A read-only matrix over bytes as they stand in a file: any element type, stride and byte order.
///
/// Nothing is copied when a file is mapped, a matrix is transposed, or a column-major array is
/// read. Every element that `rows`, `columns` and the strides reach lies inside the region: `init`
/// checks it.
public struct Matrix: Sendable {
  /// Number of rows, ≥ 0.
  public let rows: Int
  /// Number of columns, ≥ 0.
  public let columns: Int
  /// The stored element type; values are always read as float64.
  public let type: ScalarType

  /// The bytes that the elements lie in, which other matrices may share.
  public let region: ByteRegion

  /// Bytes of memory that its values take: none where they are a mapped file's.
  public var weight: Int { region.isMapped ? 0 : region.count }
  let offset: Int
  let rowStride: Int
  let columnStride: Int
  let swapped: Bool

  /// A view of `region`, or nil when an element would lie outside it, or `rows * columns`
  /// overflows.
  /// - Parameters:
  ///   - offset: byte offset of element (0, 0).
  ///   - rowStride, columnStride: bytes from an element to the next one down, and to the right; may
  ///     be negative.
  ///   - swapped: the elements are big-endian.
  public init?(
    rows: Int, columns: Int, type: ScalarType, region: ByteRegion, offset: Int = 0,
    rowStride: Int? = nil, columnStride: Int? = nil, swapped: Bool = false
  ) {
    let columnStride = columnStride ?? type.size
    let (packedRow, overflow) = columns.multipliedReportingOverflow(by: type.size)
    guard rows >= 0, columns >= 0, !overflow,
      !rows.multipliedReportingOverflow(by: columns).overflow
    else { return nil }
    let rowStride = rowStride ?? packedRow
    if rows > 0, columns > 0 {
      guard
        let reach = Matrix.reach(
          rows: rows, columns: columns, offset: offset, rowStride: rowStride,
          columnStride: columnStride),
        reach.low >= 0, reach.high <= region.count - type.size
      else { return nil }
    }
    self.rows = rows
    self.columns = columns
    self.type = type
    self.region = region
    self.offset = offset
    self.rowStride = rowStride
    self.columnStride = columnStride
    self.swapped = swapped
  }

  /// A matrix that owns a copy of `values`, in row-major order.
  /// - Precondition: `values.count == rows * columns`.
  public init(rows: Int, columns: Int, values: [Double]) {
    precondition(
      rows >= 0 && columns >= 0 && values.count == rows * columns,
      "a matrix needs rows × columns values")
    self.rows = rows
    self.columns = columns
    type = .float64
    region = values.withUnsafeBytes { ByteRegion(copying: $0) }
    offset = 0
    rowStride = columns * 8
    columnStride = 8
    swapped = false
  }

  /// A matrix that owns a copy of the values of `view`: float64 where the file has float64 or wide
  /// integers, else float32, which holds every other type exactly.
  public init(copying view: MatrixView) {
    rows = view.rows
    columns = view.columns
    switch view.matrix.type {
    case .float64, .int32, .int64, .uint32, .uint64:
      type = .float64
      region = view.values().withUnsafeBytes { ByteRegion(copying: $0) }
    default:
      type = .float32
      region = view.values().map(Float.init).withUnsafeBytes { ByteRegion(copying: $0) }
    }
    offset = 0
    columnStride = type.size
    rowStride = columns * type.size
    swapped = false
  }

  /// Lowest and highest byte offset of an element's first byte; nil on overflow.
  private static func reach(
    rows: Int, columns: Int, offset: Int, rowStride: Int, columnStride: Int
  ) -> (low: Int, high: Int)? {
    let (down, overflow1) = (rows - 1).multipliedReportingOverflow(by: rowStride)
    let (right, overflow2) = (columns - 1).multipliedReportingOverflow(by: columnStride)
    guard !overflow1, !overflow2 else { return nil }
    let (low1, overflow3) = offset.addingReportingOverflow(min(0, down))
    let (low, overflow4) = low1.addingReportingOverflow(min(0, right))
    let (high1, overflow5) = offset.addingReportingOverflow(max(0, down))
    let (high, overflow6) = high1.addingReportingOverflow(max(0, right))
    guard !overflow3, !overflow4, !overflow5, !overflow6 else { return nil }
    return (low, high)
  }

  /// The value at `row`, `column` (both zero-based), as float64.
  public subscript(row: Int, column: Int) -> Double {
    precondition(row >= 0 && row < rows && column >= 0 && column < columns, "outside the matrix")
    return type.load(
      region.bytes.baseAddress.unsafelyUnwrapped + offset + row * rowStride + column
        * columnStride,
      swapped: swapped)
  }

  /// The same values with rows and columns exchanged; nothing is copied.
  public var transposed: Matrix {
    Matrix(
      unchecked: self, rows: columns, columns: rows, rowStride: columnStride,
      columnStride: rowStride)
  }

  private init(
    unchecked other: Matrix, rows: Int, columns: Int, rowStride: Int, columnStride: Int
  ) {
    self.rows = rows
    self.columns = columns
    type = other.type
    region = other.region
    offset = other.offset
    self.rowStride = rowStride
    self.columnStride = columnStride
    swapped = other.swapped
  }

  /// All values in row-major order: `rows * columns` float64 values.
  public func values() -> [Double] {
    [Double](unsafeUninitializedCapacity: rows * columns) { buffer, count in
      for row in 0..<rows {
        copyRow(
          row, columns: 0..<columns,
          into: UnsafeMutableBufferPointer(rebasing: buffer[(row * columns)...]))
      }
      count = rows * columns
    }
  }

  /// Writes the values of one row into the first `columns.count` elements of `target`.
  public func copyRow(
    _ row: Int, columns range: Range<Int>, into target: UnsafeMutableBufferPointer<Double>
  ) {
    precondition(row >= 0 && row < rows && range.lowerBound >= 0 && range.upperBound <= columns)
    precondition(target.count >= range.count)
    guard !range.isEmpty, let base = region.bytes.baseAddress else { return }
    let start = base + offset + row * rowStride + range.lowerBound * columnStride
    load(range.count, into: target) { start + $0 * columnStride }
  }

  /// Writes the values that one row has in the chosen columns into the first elements of `target`.
  /// - Precondition: every index lies in the matrix.
  func copyRow(
    _ row: Int, columns indices: ArraySlice<Int>, into target: UnsafeMutableBufferPointer<Double>
  ) {
    precondition(row >= 0 && row < rows && target.count >= indices.count)
    guard !indices.isEmpty, let base = region.bytes.baseAddress else { return }
    let start = base + offset + row * rowStride
    indices.withUnsafeBufferPointer { indices in
      load(indices.count, into: target) { start + indices[$0] * columnStride }
    }
  }

  /// Writes the values at `address(0)`, …, `address(count - 1)` into `target`. The types that large
  /// files have get a loop of their own, without a branch on the type for each element.
  @inline(__always)
  private func load(
    _ count: Int, into target: UnsafeMutableBufferPointer<Double>,
    from address: (Int) -> UnsafeRawPointer
  ) {
    switch type {
    case .float16 where !swapped:
      for i in 0..<count { target[i] = ScalarType.float16.load(address(i), swapped: false) }
    case .float32 where !swapped:
      for i in 0..<count { target[i] = ScalarType.float32.load(address(i), swapped: false) }
    case .float64 where !swapped:
      for i in 0..<count { target[i] = ScalarType.float64.load(address(i), swapped: false) }
    default:
      for i in 0..<count { target[i] = type.load(address(i), swapped: swapped) }
    }
  }
}
