import Core

/// One layer matrix minus another, A − B, on the rows and columns that both have by name.
public struct Difference: Sendable {
  /// The common rows: positions in A and in B.
  public let rows: LayerAlignment
  /// The common columns.
  public let columns: LayerAlignment
  /// The result has the same two models as A, but on the other axes: its values are read
  /// transposed.
  public let isTransposed: Bool
  /// A − B: common rows × common columns, float64; NaN where either has no finite value.
  public let matrix: Matrix
  /// A and B are networks with themselves: a cell and its mirror image are the same, and count once.
  public let isSymmetric: Bool
  /// Which cells differ by more than the chance of the samples; nil unless both results have their
  /// minibatches' values.
  public let test: DifferenceTest?
  /// Why A − B may be something else than a difference of networks.
  public let doubts: [DifferenceDoubt]

  private let a, b: Matrix
  /// Half widths of 95 % intervals, as `a` and `b`; nil where a result has none.
  private let widthsA, widthsB: Matrix?

  /// The difference of two results of kind `.layers`.
  /// - Parameters:
  ///   - order: which names stand beside the rows and columns.
  ///   - halfWidths: of A and of B, where they are known already; otherwise they are computed from
  ///     the results' studies.
  ///   - mostWork: cells × minibatches beyond which nothing is tested.
  public init(
    _ a: Comparison, minus b: Comparison, order: LabelOrder = .exported,
    halfWidths: (a: Matrix?, b: Matrix?) = (nil, nil), mostWork: Int = .max
  ) {
    precondition(a.kind == .layers && b.kind == .layers, "layer matrices")
    let (mine, theirs) = (a.axes(order: order), b.axes(order: order))
    isTransposed = Self.readsTransposed(
      rows: ModelKey(a.rows), columns: ModelKey(a.columns), minusRows: ModelKey(b.rows),
      columns: ModelKey(b.columns))
    let other = isTransposed ? (rows: theirs.columns, columns: theirs.rows) : theirs
    rows = LayerAlignment(mine.rows.layers, other.rows.layers)
    columns = LayerAlignment(mine.columns.layers, other.columns.layers)
    self.a = a.matrix
    self.b = isTransposed ? b.matrix.transposed : b.matrix
    widthsA = halfWidths.a ?? a.block?.halfWidths()
    let widths = halfWidths.b ?? b.block?.halfWidths()
    widthsB = isTransposed ? widths?.transposed : widths
    var values: [Double] = []
    values.reserveCapacity(rows.count * columns.count)
    for (i, k) in zip(rows.first, rows.second) {
      for (j, l) in zip(columns.first, columns.second) {
        let difference = self.a[i, j] - self.b[k, l]
        values.append(difference.isFinite ? difference : .nan)
      }
    }
    matrix = Matrix(rows: rows.count, columns: columns.count, values: values)
    isSymmetric =
      rows == columns && mine.rows.layers == mine.columns.layers
      && other.rows.layers == other.columns.layers && self.a.isSymmetric(in: rows.first)
      && self.b.isSymmetric(in: rows.second)
    doubts = DifferenceDoubt.all(a, b, isTransposed: isTransposed)
    test = Self.test(
      a, b, isTransposed, (rows, columns), differences: matrix, isSymmetric: isSymmetric,
      mostWork: mostWork)
  }

  private static func test(
    _ a: Comparison, _ b: Comparison, _ isTransposed: Bool,
    _ common: (rows: LayerAlignment, columns: LayerAlignment), differences: Matrix,
    isSymmetric: Bool, mostWork: Int
  ) -> DifferenceTest? {
    guard let mine = a.block, let theirs = b.block, mine.study.kept.count > 1,
      theirs.study.kept.count > 1
    else { return nil }
    let kept = mine.study.kept.count + theirs.study.kept.count
    let work = (common.rows.count * common.columns.count).multipliedReportingOverflow(by: kept)
    guard !work.overflow, work.partialValue <= mostWork else { return nil }
    return DifferenceTest(
      mine, isTransposed ? theirs.transposed : theirs, isOneFile: a.id.path == b.id.path,
      rows: common.rows, columns: common.columns, differences: differences,
      isSymmetric: isSymmetric)
  }

  /// Whether a result is read transposed when it is subtracted: it has the same two models as the
  /// other, but on the other axes.
  public static func readsTransposed(
    rows: ModelKey, columns: ModelKey, minusRows otherRows: ModelKey,
    columns otherColumns: ModelKey
  ) -> Bool {
    rows == otherColumns && columns == otherRows && rows != columns
  }

  /// No row, or no column, is common to both.
  public var isEmpty: Bool { rows.count == 0 || columns.count == 0 }

  /// The two values behind a cell of `matrix`.
  public func values(row: Int, column: Int) -> (a: Double, b: Double) {
    (a[rows.first[row], columns.first[column]], b[rows.second[row], columns.second[column]])
  }

  /// The half widths of the 95 % intervals of those values, each for itself; NaN where there is
  /// none.
  public func halfWidths(row: Int, column: Int) -> (a: Double, b: Double) {
    (
      widthsA?[rows.first[row], columns.first[column]] ?? .nan,
      widthsB?[rows.second[row], columns.second[column]] ?? .nan
    )
  }

  /// Whether A and B differ in a cell by more than the chance of the samples, among all cells with a
  /// false discovery rate of 5 %; nil where it was not tested.
  public func differs(row: Int, column: Int) -> Bool? {
    guard let q = test?.qValues[row, column], !q.isNaN else { return nil }
    return q <= FalseDiscovery.defaultLevel
  }
}

extension Difference {
  /// What can be said of all cells at once; where A and B are symmetric, a cell and its mirror image
  /// are one.
  public struct Summary: Sendable, Equatable {
    /// Cells with a value in both results.
    public var cells = 0
    /// Mean of A − B.
    public var mean = Double.nan
    /// Mean of |A − B|.
    public var meanMagnitude = Double.nan
    /// Largest |A − B|.
    public var largest = Double.nan
    /// Cells that were tested; nil when nothing was.
    public var tested: Int?
    /// Cells that differ by more than the chance of the samples; nil when nothing was tested.
    public var differing: Int?

    /// How many of the differing cells are expected to be false, at most.
    public var expectedFalse: Double? {
      differing.map { Double($0) * FalseDiscovery.defaultLevel }
    }
  }

  /// Mean, mean magnitude and largest magnitude over the cells that have a value in both.
  public func summary() -> Summary {
    let values = cellPositions.map { matrix[$0.row, $0.column] }.filter { !$0.isNaN }
    var summary = Summary()
    summary.cells = values.count
    if let test {
      summary.tested = test.testedCells
      summary.differing = cellPositions.count { differs(row: $0.row, column: $0.column) == true }
    }
    guard !values.isEmpty else { return summary }
    let count = Double(values.count)
    summary.mean = values.reduce(0, +) / count
    summary.meanMagnitude = values.reduce(0) { $0 + abs($1) } / count
    summary.largest = values.reduce(0) { max($0, abs($1)) }
    return summary
  }

  /// The cells with the largest |A − B|, at most `count`, largest first; equal ones in row-major
  /// order.
  public func largestCells(_ count: Int) -> [(row: Int, column: Int)] {
    let known = cellPositions.filter { !matrix[$0.row, $0.column].isNaN }
    let sorted = known.enumerated().sorted { x, y in
      let (left, right) = (
        abs(matrix[x.element.row, x.element.column]), abs(matrix[y.element.row, y.element.column])
      )
      return left == right ? x.offset < y.offset : left > right
    }
    return sorted.prefix(max(0, count)).map(\.element)
  }

  /// All cells, of a symmetric difference those on and above the diagonal.
  private var cellPositions: [(row: Int, column: Int)] {
    (0..<matrix.rows).flatMap { row in
      ((isSymmetric ? row : 0)..<matrix.columns).map { (row: row, column: $0) }
    }
  }
}

extension Matrix {
  /// Whether the rows and columns `places` are a symmetric matrix, as far as float32 tells.
  fileprivate func isSymmetric(in places: [Int]) -> Bool {
    places.indices.allSatisfy { i in
      places[..<i].allSatisfy { j in
        let (cell, mirror) = (self[places[i], j], self[j, places[i]])
        return abs(cell - mirror) <= 1e-6 || !cell.isFinite && !mirror.isFinite
      }
    }
  }
}

extension StudyBlock {
  /// Half widths of the 95 % intervals of `matrix()`; NaN where there are none.
  public func halfWidths() -> Matrix {
    study.halfWidths(rowModel: rowModel, columnModel: columnModel)
  }
}
