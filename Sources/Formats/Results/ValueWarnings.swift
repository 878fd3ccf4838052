import Core

/// What a reader of the figure should know about the values themselves.
enum ValueWarnings {
  /// Rounding may lift a float32 CKA this far above 1; more than that is another quantity.
  private static let tolerance = 1e-4

  /// A note for each peculiarity of `matrix`, whose summary is `summary`.
  static func notes(for matrix: Matrix, summary: Summary) -> [ResultNote] {
    var notes: [ResultNote] = []
    if summary.nanCount > 0 { notes.append(.values(.nan, count: summary.nanCount)) }
    if summary.infiniteCount > 0 { notes.append(.values(.infinite, count: summary.infiniteCount)) }
    if summary.negativeCount > 0 { notes.append(.values(.negative, count: summary.negativeCount)) }
    if summary.maximum > 1 + tolerance {
      notes.append(.aboveOne(count: valuesAboveOne(matrix), largest: summary.maximum))
    }
    return notes
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
}
