import Core

/// For each row of a matrix, the column with the largest value.
public struct BestMatch: Sendable, Equatable {
  /// A row's best column.
  public struct Match: Sendable, Equatable {
    /// The column, zero-based.
    public var column: Int
    /// The value there.
    public var value: Double
    /// The row is also the best one of its column.
    public var isMutual: Bool
  }

  /// One match for each row; nil where a row has no finite value.
  public let matches: [Match?]

  /// The matches of `view`; the first of equal values counts. O(cells).
  public init(_ view: MatrixView) {
    var bestColumn = [Int?](repeating: nil, count: view.rows)
    var bestInRow = [Double](repeating: -.infinity, count: view.rows)
    var bestRow = [Int?](repeating: nil, count: view.columns)
    var bestInColumn = [Double](repeating: -.infinity, count: view.columns)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: view.columns) { values in
      for row in 0..<view.rows {
        view.copyRow(row, columns: 0..<view.columns, into: values)
        for column in 0..<view.columns where values[column].isFinite {
          if values[column] > bestInRow[row] {
            (bestInRow[row], bestColumn[row]) = (values[column], column)
          }
          if values[column] > bestInColumn[column] {
            (bestInColumn[column], bestRow[column]) = (values[column], row)
          }
        }
      }
    }
    matches = bestColumn.enumerated().map { row, column in
      column.map {
        Match(column: $0, value: bestInRow[row], isMutual: bestRow[$0] == row)
      }
    }
  }

  /// How well the best columns keep the order of the rows: Kendall's tau-b of (row, best column), 1
  /// when deeper layers always match deeper layers; NaN when it cannot be told. O(rows²).
  public var order: Double {
    let columns = matches.compactMap { $0?.column }
    var (agreeing, opposed, tied) = (0.0, 0.0, 0.0)
    for i in columns.indices {
      for j in columns.indices where j > i {
        if columns[j] == columns[i] {
          tied += 1
        } else if columns[j] > columns[i] {
          agreeing += 1
        } else {
          opposed += 1
        }
      }
    }
    let pairs = agreeing + opposed + tied
    let scale = (pairs * (pairs - tied)).squareRoot()
    return scale > 0 ? (agreeing - opposed) / scale : .nan
  }
}
