import Core

// What a permutation null says of a study's cells.

/// A cell under the permutation null.
public struct NullFinding: Sendable, Hashable {
  /// (1 + draws with a CKA at least as large)/(1 + N): Phipson and Smyth (2010), never 0.
  public var p: Double
  /// The smallest CKA above which p ≤ α; NaN when there are too few draws for α.
  public var quantile: Double
}

extension Study {
  /// The level at which cells are told apart from chance where nothing else is said.
  public static let nullLevel = 0.05

  /// CKA of layers `i` and `j` in every draw, the later one's samples permuted: C_ij of the draw over
  /// √(C_ii C_jj), which a permutation does not change. The order of the two does not matter. Empty
  /// without a null, or a value.
  public func nullValues(_ i: Int, _ j: Int) -> [Double] {
    guard let null, isLive(i), isLive(j) else { return [] }
    let (first, second) = (min(i, j), max(i, j))
    let own = (sums[triangle.index(i, i)], sums[triangle.index(j, j)])
    return (0..<null.plan.draws).map {
      ratio(null.sum(draw: $0, first, second), own.0, own.1)
    }
  }

  /// How the CKA of layers `i` and `j` stands to that of unrelated samples; nil without a null, or a
  /// value.
  public func nullFinding(_ i: Int, _ j: Int, level: Double = nullLevel) -> NullFinding? {
    let draws = nullValues(i, j)
    guard !draws.isEmpty else { return nil }
    return Self.finding(cka(i, j), among: draws, level: level)
  }

  /// p of the CKA of layers `i` and `j`, NaN without a null or a value; O(draws), nothing is sorted.
  public func nullP(_ i: Int, _ j: Int) -> Double {
    guard let null, isLive(i), isLive(j) else { return .nan }
    let own = (sums[triangle.index(i, i)], sums[triangle.index(j, j)])
    let (first, second) = (min(i, j), max(i, j))
    let value = cka(i, j)
    var count = 1
    for draw in 0..<null.plan.draws
    where ratio(null.sum(draw: draw, first, second), own.0, own.1) >= value { count += 1 }
    return Double(count) / Double(1 + null.plan.draws)
  }

  /// For each draw the largest CKA of layer `row` with one of `columns`, whose samples are permuted
  /// together: the null of the best match of `row`. A best match is above it by
  /// `finding(_:among:)`, whatever the number of columns. Layers without a value, and `row` itself,
  /// are left out; empty when none is left or there is no null.
  public func nullMaximum(row: Int, columns: some Sequence<Int>) -> [Double] {
    guard let null, isLive(row) else { return [] }
    let live = columns.filter { $0 != row && isLive($0) }
    guard !live.isEmpty else { return [] }
    let own = sums[triangle.index(row, row)]
    let others = live.map { sums[triangle.index($0, $0)] }
    return (0..<null.plan.draws).map { draw in
      zip(live, others).reduce(-Double.infinity) {
        max($0, ratio(null.sum(draw: draw, row, $1.0), own, $1.1))
      }
    }
  }

  /// The same with the roles exchanged: for each draw the largest CKA of one of `rows` with layer
  /// `column`, whose samples are permuted.
  public func nullMaximum(column: Int, rows: Range<Int>) -> [Double] {
    guard let null, isLive(column) else { return [] }
    let live = rows.filter { $0 != column && isLive($0) }
    guard !live.isEmpty else { return [] }
    let own = sums[triangle.index(column, column)]
    let others = live.map { sums[triangle.index($0, $0)] }
    return (0..<null.plan.draws).map { draw in
      zip(live, others).reduce(-Double.infinity) {
        max($0, ratio(null.sum(draw: draw, $1.0, column), own, $1.1))
      }
    }
  }

  /// How `value` stands among the same statistic of all draws.
  ///
  /// The quantile is the order statistic of rank ⌈(1 − α)(N + 1)⌉: a value above it has p ≤ α.
  public static func finding(
    _ value: Double, among draws: [Double], level: Double = nullLevel
  ) -> NullFinding {
    let count = draws.count { $0 >= value }
    let rank = Int(((1 - level) * Double(draws.count + 1)).rounded(.up))
    let quantile =
      (1...max(1, draws.count)).contains(rank) && !draws.isEmpty ? draws.sorted()[rank - 1] : .nan
    return NullFinding(p: Double(1 + count) / Double(1 + draws.count), quantile: quantile)
  }
}

extension StudyBlock {
  /// p and the quantile of every cell, rows × columns, NaN where a cell has no value; nil without a
  /// null. O(draws × cells) on all processors.
  public func nullFindings(level: Double = Study.nullLevel) -> (p: Matrix, quantile: Matrix)? {
    guard study.null != nil else { return nil }
    let (rows, columns) = (study.layers(of: rowModel), study.layers(of: columnModel))
    let findings = concurrentMap(rows.count) { row in
      columns.map { study.nullFinding(rows.lowerBound + row, $0, level: level) }
    }.joined()
    func matrix(_ value: (NullFinding) -> Double) -> Matrix {
      Matrix(
        rows: rows.count, columns: columns.count, values: findings.map { $0.map(value) ?? .nan })
    }
    return (matrix(\.p), matrix(\.quantile))
  }

  /// The values of cells that are above the null, p ≤ `level`, NaN elsewhere: rows × columns; nil
  /// without a null.
  public func matrixAboveNull(level: Double = Study.nullLevel) -> Matrix? {
    guard study.null != nil else { return nil }
    let (rows, columns) = (study.layers(of: rowModel), study.layers(of: columnModel))
    let values = concurrentMap(rows.count) { row in
      columns.map { column in
        let i = rows.lowerBound + row
        return study.nullP(i, column) <= level ? study.cka(i, column) : .nan
      }
    }
    return Matrix(rows: rows.count, columns: columns.count, values: Array(values.joined()))
  }

  /// How many of the cells with a value are above the null; nil without one. Of a model with itself
  /// each two layers count once, and a layer with itself not at all.
  public func countAboveNull(level: Double = Study.nullLevel) -> (above: Int, cells: Int)? {
    guard study.null != nil else { return nil }
    let (rows, columns) = (study.layers(of: rowModel), study.layers(of: columnModel))
    let counts = concurrentMap(rows.count) { row in
      let i = rows.lowerBound + row
      let values = columns.compactMap { j -> Double? in
        guard rowModel != columnModel || j > i else { return nil }
        let p = study.nullP(i, j)
        return p.isNaN ? nil : p
      }
      return (above: values.count { $0 <= level }, cells: values.count)
    }
    return counts.reduce((0, 0)) { ($0.0 + $1.above, $0.1 + $1.cells) }
  }

  /// p of a cell; nil without a null, or a value.
  public func nullP(row: Int, column: Int) -> Double? {
    let p = study.nullP(
      study.layers(of: rowModel).lowerBound + row,
      study.layers(of: columnModel).lowerBound + column)
    return p.isNaN ? nil : p
  }

  /// How a cell stands to the null; nil without one, or a value.
  public func nullFinding(row: Int, column: Int) -> NullFinding? {
    study.nullFinding(
      study.layers(of: rowModel).lowerBound + row,
      study.layers(of: columnModel).lowerBound + column)
  }
}
