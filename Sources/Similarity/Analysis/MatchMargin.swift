import Core

/// By how much a row's best column is better than the second best.
public struct MatchMargin: Sendable, Equatable {
  /// The second best column.
  public var second: Int
  /// The best value less the second best.
  public var margin: Double
  /// Half the width of the margin's 95 % interval, of the paired difference; NaN where unknown.
  ///
  /// It does not know that the best of many was picked, and is a little too narrow for that.
  public var halfWidth: Double

  /// Both values are the same, but for rounding: layers that hold the same output, for example.
  public var isTied: Bool { margin < 1e-9 }

  /// The two are told apart: the interval does not hold 0. Nil where there is no interval.
  public var isTold: Bool? { isTied ? false : halfWidth.isNaN ? nil : margin > halfWidth }
}

extension BestMatch {
  /// The margin of each row's match in `comparison`; nil where a row has no second best. O(cells +
  /// rows × minibatches).
  /// - Parameters:
  ///   - rows, columns: the rows and columns of `comparison` that were matched, in the order of the
  ///     matches; all by default.
  public func margins(
    in comparison: Comparison, rows: [Int]? = nil, columns: [Int]? = nil
  ) -> [MatchMargin?] {
    let rows = rows ?? Array(0..<comparison.matrix.rows)
    let columns = columns ?? Array(0..<comparison.matrix.columns)
    let influence = comparison.block.map { CellInfluence($0) }
    return zip(matches, rows).map { match, row in
      guard let match else { return nil }
      let value = { (place: Int) in comparison.matrix[row, columns[place]] }
      let others = columns.indices.filter { $0 != match.column && value($0).isFinite }
      guard let second = others.max(by: { value($0) < value($1) }) else { return nil }
      let halfWidth = influence?.halfWidth(row: row, columns[match.column], minus: columns[second])
      return MatchMargin(
        second: second, margin: match.value - value(second), halfWidth: halfWidth ?? .nan)
    }
  }
}

extension CellInfluence {
  /// Half the width of the 95 % interval of the difference of two cells of a row, whose minibatches
  /// are the same; NaN where unknown.
  func halfWidth(row: Int, _ column: Int, minus other: Int) -> Double {
    let squares = zip(values(row: row, column: column), values(row: row, column: other)).reduce(0) {
      $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
    }
    let degrees = min(degrees(row: row, column: column), degrees(row: row, column: other))
    guard minibatches > 1 else { return .nan }
    return squares.squareRoot() * StudentT.criticalValue(0.05, degrees: degrees)
  }
}
