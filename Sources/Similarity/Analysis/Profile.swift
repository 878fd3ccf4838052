import Core

/// A line of values through a matrix, with the half widths of their 95 % intervals where known.
public struct Profile: Sendable, Equatable {
  /// Which cells of the view the line runs through.
  public enum Line: Sendable, Hashable {
    /// Every column of a row.
    case row(Int)
    /// Every row of a column.
    case column(Int)
    /// The cells of rows and columns of the same name.
    case diagonal
  }

  /// The values along the line.
  public var values: [Double]
  /// Half widths of their 95 % intervals, as many; empty when none are known, NaN where one is not.
  public var halfWidths: [Double]
  /// Row and column of each value in the view.
  public var cells: [(row: Int, column: Int)]

  /// The values of `view` along `line`.
  /// - Parameters:
  ///   - common: rows and columns of the same name, for the diagonal.
  ///   - halfWidths: the same cells as `view`.
  public init(
    _ view: MatrixView, along line: Line, common: LayerAlignment, halfWidths: MatrixView?
  ) {
    let cells: [(row: Int, column: Int)] =
      switch line {
      case .row(let row): (0..<view.columns).map { (row, $0) }
      case .column(let column): (0..<view.rows).map { ($0, column) }
      case .diagonal: zip(common.first, common.second).map { ($0, $1) }
      }
    self.cells = cells
    values = cells.map { view[$0.row, $0.column] }
    self.halfWidths = halfWidths.map { widths in cells.map { widths[$0.row, $0.column] } } ?? []
  }

  /// The largest half width; nil when none is known.
  public var largestHalfWidth: Double? { halfWidths.filter(\.isFinite).max() }

  /// Equality of values, widths and cells; NaN equals nothing.
  public static func == (a: Profile, b: Profile) -> Bool {
    a.values == b.values && a.halfWidths == b.halfWidths
      && a.cells.elementsEqual(b.cells, by: ==)
  }
}

/// How many cells of a matrix lie in each of equal parts of a range.
public struct Histogram: Sendable, Equatable {
  /// Cells in each part, the lowest first. The last part holds its upper end.
  public private(set) var counts: [Int]
  /// Finite cells below the range, and above it.
  public private(set) var below = 0, above = 0
  /// NaN and infinite cells.
  public private(set) var missing = 0

  /// The cells of `view` in `bins` ≥ 1 parts of `low`…`high`; when both are equal, all cells there
  /// are in the first part. O(cells).
  public init(_ view: MatrixView, low: Double, high: Double, bins: Int) {
    counts = Array(repeating: 0, count: max(1, bins))
    withUnsafeTemporaryAllocation(of: Double.self, capacity: view.columns) { values in
      for row in 0..<view.rows {
        view.copyRow(row, columns: 0..<view.columns, into: values)
        for column in 0..<view.columns { add(values[column], low, high) }
      }
    }
  }

  private mutating func add(_ value: Double, _ low: Double, _ high: Double) {
    guard value.isFinite else {
      missing += 1
      return
    }
    if value < low {
      below += 1
    } else if value > high {
      above += 1
    } else {
      let position = high > low ? (value - low) / (high - low) : 0
      counts[min(counts.count - 1, Int(position * Double(counts.count)))] += 1
    }
  }
}
