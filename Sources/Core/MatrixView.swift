/// A matrix with chosen rows and columns in a chosen order; the values stay where they are.
public struct MatrixView: Sendable {
  /// The matrix that is looked at.
  public let matrix: Matrix
  /// Number of rows shown.
  public let rows: Int
  /// Number of columns shown.
  public let columns: Int
  private let rowIndices: [Int]?
  private let columnIndices: [Int]?

  /// The given rows and columns of `matrix`, in the given order; nil stands for all, in their own
  /// order.
  /// - Precondition: every index lies in the matrix. An index may occur more than once.
  public init(_ matrix: Matrix, rows: [Int]? = nil, columns: [Int]? = nil) {
    precondition(
      rows?.allSatisfy { $0 >= 0 && $0 < matrix.rows } ?? true, "a chosen row is not in the matrix")
    precondition(
      columns?.allSatisfy { $0 >= 0 && $0 < matrix.columns } ?? true,
      "a chosen column is not in the matrix")
    self.init(unchecked: matrix, rows: rows, columns: columns)
  }

  private init(unchecked matrix: Matrix, rows: [Int]?, columns: [Int]?) {
    self.matrix = matrix
    self.rows = rows?.count ?? matrix.rows
    self.columns = columns?.count ?? matrix.columns
    rowIndices = rows
    columnIndices = columns
  }

  /// Whether all rows and columns are shown in the matrix's own order, without index lists.
  public var isWhole: Bool { rowIndices == nil && columnIndices == nil }

  /// Number of values shown.
  public var cells: Int { rows * columns }

  /// The matrix's row that stands at `row` of the view.
  public func sourceRow(_ row: Int) -> Int { rowIndices?[row] ?? row }

  /// The matrix's column that stands at `column` of the view.
  public func sourceColumn(_ column: Int) -> Int { columnIndices?[column] ?? column }

  /// The value at `row`, `column` of the view (both zero-based), as float64.
  public subscript(row: Int, column: Int) -> Double {
    matrix[sourceRow(row), sourceColumn(column)]
  }

  /// The same values with rows and columns exchanged; nothing is copied.
  public var transposed: MatrixView {
    MatrixView(unchecked: matrix.transposed, rows: columnIndices, columns: rowIndices)
  }

  /// Writes columns `range` of one row of the view into the first `range.count` elements of
  /// `target`.
  public func copyRow(
    _ row: Int, columns range: Range<Int>, into target: UnsafeMutableBufferPointer<Double>
  ) {
    if let columnIndices {
      matrix.copyRow(sourceRow(row), columns: columnIndices[range], into: target)
    } else {
      matrix.copyRow(sourceRow(row), columns: range, into: target)
    }
  }

  /// All values in row-major order: `rows * columns` float64 values.
  public func values() -> [Double] {
    [Double](unsafeUninitializedCapacity: cells) { buffer, count in
      for row in 0..<rows {
        copyRow(
          row, columns: 0..<columns,
          into: UnsafeMutableBufferPointer(rebasing: buffer[(row * columns)...]))
      }
      count = cells
    }
  }

  /// The same view, transposed if that makes reading along a row read along the memory.
  var inMemoryOrder: (view: MatrixView, isTransposed: Bool) {
    let isTransposed = matrix.columnStride.magnitude > matrix.rowStride.magnitude
    return (isTransposed ? transposed : self, isTransposed)
  }

  /// Says that `rows` have been read and will not be for a while: see `ByteRegion`. Only for rows
  /// that lie one after another in memory.
  func setAside(rows: Range<Int>) {
    guard rowIndices == nil, matrix.columnStride > 0, !rows.isEmpty,
      matrix.rowStride >= matrix.columns * matrix.columnStride
    else { return }
    let start = matrix.offset + rows.lowerBound * matrix.rowStride
    matrix.region.setAside(start..<start + rows.count * matrix.rowStride)
  }

  /// The element types that are read as they stand, without a conversion for each value.
  enum PackedType { case float32, float64 }

  /// Writes where the given rows begin into `starts`, if their elements lie side by side in this
  /// machine's byte order.
  func packedRows(
    _ rows: Range<Int>, into starts: UnsafeMutablePointer<UnsafeRawPointer>
  ) -> PackedType? {
    guard columnIndices == nil, !matrix.swapped, matrix.columnStride == matrix.type.size,
      let base = matrix.region.bytes.baseAddress
    else { return nil }
    let type: PackedType
    switch matrix.type {
    case .float32: type = .float32
    case .float64: type = .float64
    default: return nil
    }
    for (index, row) in rows.enumerated() {
      (starts + index)
        .initialize(to: base + matrix.offset + sourceRow(row) * matrix.rowStride)
    }
    return type
  }
}
