import Core

/// What a reader of the figure should know about the values themselves.
enum ValueWarnings {
  /// Rounding may lift a float32 CKA this far above 1; more than that is another quantity.
  private static let tolerance = 1e-4

  /// One line for each peculiarity of `matrix`, whose summary is `summary`.
  static func lines(for matrix: Matrix, summary: Summary) -> [String] {
    var lines: [String] = []
    if summary.nanCount > 0 { lines.append("\(counted(summary.nanCount)) NaN") }
    if summary.infiniteCount > 0 { lines.append("\(counted(summary.infiniteCount)) infinite") }
    if summary.negativeCount > 0 { lines.append("\(counted(summary.negativeCount)) negative") }
    if summary.maximum > 1 + tolerance {
      let count = counted(valuesAboveOne(matrix))
      lines.append("\(count) above 1 (largest \(summary.maximum))")
    }
    return lines
  }

  /// How many finite values are above 1 by more than rounding.
  private static func valuesAboveOne(_ matrix: Matrix) -> Int {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: max(matrix.columns, 1)) { row in
      var count = 0
      for index in 0..<matrix.rows {
        matrix.copyRow(index, columns: 0..<matrix.columns, into: row)
        for column in 0..<matrix.columns where row[column] > 1 + tolerance {
          count += row[column].isFinite ? 1 : 0
        }
      }
      return count
    }
  }

  private static func counted(_ count: Int) -> String {
    count == 1 ? "1 value is" : "\(count) values are"
  }
}
