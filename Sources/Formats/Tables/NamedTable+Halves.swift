import Core

extension NamedTable {
  /// The table with its empty half filled from the other, when both sides have the same names and
  /// all values on one side of the diagonal are missing, none on the other.
  func mirrored() throws(FormatError) -> NamedTable {
    guard let rows, rows == columns, rows.count > 2, case .array(let array) = scores,
      array.shape == [rows.count, rows.count]
    else { return self }
    let count = rows.count
    var values = array.values()
    guard values[1].isNaN != values[count].isNaN else { return self }
    let lowerIsMissing = values[count].isNaN
    for row in 1..<count {
      for column in 0..<row {
        let (lower, upper) = (row * count + column, column * count + row)
        guard values[lower].isNaN == lowerIsMissing, values[upper].isNaN != lowerIsMissing else {
          return self
        }
        if lowerIsMissing { values[lower] = values[upper] } else { values[upper] = values[lower] }
      }
    }
    var table = self
    table.scores = .array(try NDArray(copying: values, shape: array.shape))
    table.notes.append(.mirrored(values: count * (count - 1) / 2))
    return table
  }
}
