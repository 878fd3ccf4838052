import Core

/// Where a figure's values come from: a rectangle that is read row by row, never held whole.
public struct Heatmap: Sendable {
  /// Number of rows, ≥ 0.
  public let rows: Int
  /// Number of columns, ≥ 0.
  public let columns: Int

  private let source: Source

  private enum Source: Sendable {
    case cells(@Sendable (_ row: Int, _ column: Int) -> Double?)
    case rows(@Sendable (_ row: Int, _ target: UnsafeMutableBufferPointer<Double>) -> Void)
  }

  /// Values cell by cell; nil where there is no cell, as in the unfilled end of a √N square.
  /// Negative extents become 0.
  public init(
    rows: Int, columns: Int, value: @escaping @Sendable (_ row: Int, _ column: Int) -> Double?
  ) {
    self.rows = max(0, rows)
    self.columns = max(0, columns)
    source = .cells(value)
  }

  /// Values row by row, the fast way for large heatmaps without empty cells.
  /// - Parameter rowValues: writes the `columns` values of a row into the whole buffer.
  public init(
    rows: Int, columns: Int,
    rowValues:
      @escaping @Sendable (_ row: Int, _ target: UnsafeMutableBufferPointer<Double>) -> Void
  ) {
    self.rows = max(0, rows)
    self.columns = max(0, columns)
    source = .rows(rowValues)
  }

  /// The values of `matrix`.
  public init(_ matrix: Matrix) {
    self.init(rows: matrix.rows, columns: matrix.columns) { row, target in
      matrix.copyRow(row, columns: 0..<matrix.columns, into: target)
    }
  }

  /// Reads one row into `values`; `exists` tells which of its cells there are.
  func read(row: Int, values: inout [Double], exists: inout [Bool]) {
    switch source {
    case .cells(let value):
      for column in 0..<columns {
        let cell = value(row, column)
        exists[column] = cell != nil
        values[column] = cell ?? .nan
      }
    case .rows(let rowValues):
      values.withUnsafeMutableBufferPointer { rowValues(row, $0) }
    }
  }
}
