import Core

/// One group of seeds minus another, tested against the scatter of seeds.
public struct SeedDifference: Sendable {
  /// One cell that both groups have.
  public struct Cell: Sendable, Equatable {
    /// Names of its layers.
    public var row, column: String
    /// Mean of A less mean of B.
    public var difference: Double
    /// Mean and between-seed deviation of A and of B.
    public var a, b: SeedValues.Figures
    /// Half the width of the difference's 95 % interval against seeds; NaN where unknown.
    public var halfWidth: Double
    /// Two-sided p value of Welch's t test, and that adjusted for the number of cells.
    public var p, q: Double

    /// Whether groups differ by more than the chance of seeds, with a false discovery rate of 5 %;
    /// nil where it was not tested.
    public var differs: Bool? { q.isNaN ? nil : q <= FalseDiscovery.defaultLevel }

    /// Welch's t test.
    fileprivate mutating func test(degrees: (a: Double, b: Double)) {
      let squares = (a.error * a.error, b.error * b.error)
      let error = (squares.0 + squares.1).squareRoot()
      guard error > 0, difference.isFinite else { return }
      let degrees = Welch.degrees((squares.0, degrees.a), (squares.1, degrees.b))
      halfWidth = error * StudentT.criticalValue(0.05, degrees: degrees)
      p = StudentT.twoSidedP(difference / error, degrees: degrees)
    }
  }

  /// The groups that are compared.
  public let a, b: SeedValues
  /// The cells of the layers that both have by name; of a symmetric difference those on and above
  /// the diagonal.
  public let cells: [Cell]
  /// Both groups are of one architecture each: a cell and its mirror image are one test.
  public let isSymmetric: Bool

  /// A − B on the rows and columns that both have by name: Welch's t test, Satterthwaite's degrees
  /// of freedom, and Benjamini and Hochberg's q over the cells.
  public init(_ a: SeedValues, minus b: SeedValues) {
    (self.a, self.b) = (a, b)
    let (rows, columns) = (LayerAlignment(a.rows, b.rows), LayerAlignment(a.columns, b.columns))
    isSymmetric = a.isSymmetric && b.isSymmetric && rows == columns
    var cells: [Cell] = []
    for (row, (i, k)) in zip(rows.first, rows.second).enumerated() {
      for (column, (j, l)) in zip(columns.first, columns.second).enumerated()
      where !isSymmetric || column >= row {
        let (mine, theirs) = (a.figures(row: i, column: j), b.figures(row: k, column: l))
        var cell = Cell(
          row: a.rows[i], column: a.columns[j], difference: mine.mean - theirs.mean, a: mine,
          b: theirs, halfWidth: .nan, p: .nan, q: .nan)
        cell.test(degrees: (a.degrees, b.degrees))
        cells.append(cell)
      }
    }
    for (index, q) in FalseDiscovery.adjusted(cells.map(\.p)).enumerated() { cells[index].q = q }
    self.cells = cells
  }

  /// Cells that were tested, and those that differ by more than the chance of seeds.
  public var counts: (tested: Int, differing: Int) {
    (cells.count { !$0.q.isNaN }, cells.count { $0.differs == true })
  }
}
