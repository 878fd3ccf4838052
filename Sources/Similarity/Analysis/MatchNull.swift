import Core

// Whether a best match is more than the best of many layers that have nothing to do with the row.

extension BestMatch {
  /// How each row's match in `comparison` stands to the permutation null of the largest CKA of that
  /// row over all columns; nil without a null, where a row has no match, and where its match is
  /// itself. O(cells × draws) on all processors.
  ///
  /// The best of many unrelated columns is larger than one of them: p of its cell would be below
  /// 0.05 in far more than 5 % of rows. p here is that of the row.
  /// - Parameters:
  ///   - rows, columns: the rows and columns of `comparison` that were matched, in the order of the
  ///     matches; all by default.
  public func nullFindings(
    in comparison: Comparison, rows: [Int]? = nil, columns: [Int]? = nil
  ) -> [NullFinding?] {
    let rows = rows ?? Array(0..<comparison.matrix.rows)
    let columns = columns ?? Array(0..<comparison.matrix.columns)
    guard let block = comparison.block, block.study.null != nil else {
      return matches.map { _ in nil }
    }
    return concurrentMap(min(rows.count, matches.count)) { index in
      matches[index].flatMap {
        block.nullFinding(of: $0, row: rows[index], columns: columns)
      }
    }
  }
}

extension StudyBlock {
  /// How `match`, the best of `row` among `columns`, stands to the null of the largest.
  public func nullFinding(
    of match: BestMatch.Match, row: Int, columns: [Int]
  ) -> NullFinding? {
    let (first, others) = (
      study.layers(of: rowModel).lowerBound + row, study.layers(of: columnModel).lowerBound
    )
    guard first != others + columns[match.column] else { return nil }
    let draws = study.nullMaximum(row: first, columns: columns.map { others + $0 })
    return draws.isEmpty || match.value.isNaN ? nil : Study.finding(match.value, among: draws)
  }
}

extension NullFinding {
  /// The value is above the null at the level where nothing else is said.
  public var isAbove: Bool { p <= Study.nullLevel }
}
