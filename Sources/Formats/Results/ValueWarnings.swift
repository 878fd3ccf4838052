import CKACore

/// What a reader of the figure should know about the values themselves.
enum ValueWarnings {
  /// Rounding may lift a float32 CKA this far above 1; more than that is another quantity.
  private static let tolerance = 1e-4

  /// One line for each peculiarity of `matrix`, in one pass over its values.
  static func lines(for matrix: Matrix) -> [String] {
    var tally = Tally()
    withUnsafeTemporaryAllocation(of: Double.self, capacity: max(matrix.columns, 1)) { row in
      for index in 0..<matrix.rows {
        matrix.copyRow(index, columns: 0..<matrix.columns, into: row)
        for column in 0..<matrix.columns where !(row[column] >= 0 && row[column] <= 1) {
          tally.add(row[column])
        }
      }
    }
    return tally.lines
  }

  /// Counts of the values outside [0, 1].
  private struct Tally {
    var nan = 0
    var infinite = 0
    var negative = 0
    var large = 0
    var largest = 1.0

    mutating func add(_ value: Double) {
      if value.isNaN {
        nan += 1
      } else if value.isInfinite {
        infinite += 1
      } else if value < 0 {
        negative += 1
      } else if value > 1 + tolerance {
        large += 1
        largest = max(largest, value)
      }
    }

    var lines: [String] {
      var lines: [String] = []
      if nan > 0 { lines.append("\(counted(nan)) NaN") }
      if infinite > 0 { lines.append("\(counted(infinite)) infinite") }
      if negative > 0 { lines.append("\(counted(negative)) negative") }
      if large > 0 { lines.append("\(counted(large)) above 1 (largest \(largest))") }
      return lines
    }

    private func counted(_ count: Int) -> String {
      count == 1 ? "1 value is" : "\(count) values are"
    }
  }
}
