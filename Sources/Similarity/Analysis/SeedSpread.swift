import Core

/// What a group of seeds has in common, cell by cell: the mean, and how far seeds scatter.
public struct SeedSpread: Sendable {
  /// Names of the rows and columns: those of the first member.
  public let rows, columns: [String]
  /// Mean CKA over the pairs.
  public let means: Matrix
  /// Standard deviation over the pairs (n − 1); NaN below two.
  public let deviations: Matrix
  /// Standard errors of the means against seeds; NaN where too few seeds tell.
  ///
  /// Each seed is left out in turn, with all pairs that it is in. For pairs that share no seed that
  /// is the deviation over √n; for others it knows that one network is in several pairs.
  public let standardErrors: Matrix
  /// Pairs that are averaged.
  public let pairs: Int
  /// Seeds that they are of.
  public let seeds: Int
  /// Results whose layers are others than the first one's.
  public let leftOut: Int

  /// Degrees of freedom of the standard errors: seeds less one.
  public var degrees: Double { Double(seeds - 1) }

  /// The spread of `group`; its first member says which layers.
  public init(_ group: SeedGroup, order: LabelOrder = .exported) {
    let first = group.members.first?.comparison
    let axes = first?.axes(order: order)
    let (rows, columns) = (axes?.rows.layers ?? [], axes?.columns.layers ?? [])
    var (matrices, seeds): ([Matrix], [Set<String>]) = ([], [])
    for member in group.members {
      let own = member.comparison.axes(order: order)
      if own.rows.layers == rows, own.columns.layers == columns {
        matrices.append(member.comparison.matrix)
        seeds.append(member.seeds)
      } else if group.rows == group.columns, own.rows.layers == columns,
        own.columns.layers == rows
      {
        matrices.append(member.comparison.matrix.transposed)
        seeds.append(member.seeds)
      }
    }
    leftOut = group.members.count - matrices.count
    (self.rows, self.columns, pairs) = (rows, columns, matrices.count)
    let names = Array(seeds.reduce(into: Set()) { $0.formUnion($1) })
    self.seeds = names.count
    let figures = rows.indices.flatMap { row in
      columns.indices.map { column in
        Self.figures(matrices.map { $0[row, column] }, seeds, names)
      }
    }
    let matrix = { (values: [Double]) in
      Matrix(rows: rows.count, columns: columns.count, values: values)
    }
    means = matrix(figures.map(\.mean))
    deviations = matrix(figures.map(\.deviation))
    standardErrors = matrix(figures.map(\.error))
  }

  /// Mean, deviation and standard error of one cell; NaN where a member has no value.
  static func figures(
    _ values: [Double], _ seeds: [Set<String>], _ names: [String]
  ) -> (mean: Double, deviation: Double, error: Double) {
    let mean = values.mean
    guard values.count > 1, mean.isFinite else { return (mean, .nan, .nan) }
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let deviation = (squares / Double(values.count - 1)).squareRoot()
    let left = names.map { name in
      zip(values, seeds).filter { !$0.1.contains(name) }.map(\.0).mean
    }
    let isKnown = names.count > 1 && left.allSatisfy(\.isFinite)
    return (mean, deviation, isKnown ? Jackknifed.standardError(left) : .nan)
  }
}

/// One group of seeds minus another, tested against the scatter of seeds.
public struct SeedDifference: Sendable {
  /// One cell that both groups have.
  public struct Cell: Sendable, Equatable {
    /// Names of its layers.
    public var row, column: String
    /// Mean of A less mean of B.
    public var difference: Double
    /// Means and between-seed deviations of A and of B.
    public var a, b: (mean: Double, deviation: Double)
    /// Half the width of the difference's 95 % interval against seeds; NaN where unknown.
    public var halfWidth: Double
    /// Two-sided p value of Welch's t test, and that adjusted for the number of cells.
    public var p, q: Double

    /// Whether groups differ by more than the chance of seeds, with a false discovery rate of 5 %;
    /// nil where it was not tested.
    public var differs: Bool? { q.isNaN ? nil : q <= FalseDiscovery.defaultLevel }

    /// Equality of all figures; NaN equals nothing.
    public static func == (x: Cell, y: Cell) -> Bool {
      x.row == y.row && x.column == y.column && x.difference == y.difference && x.a == y.a
        && x.b == y.b && x.halfWidth == y.halfWidth && x.p == y.p && x.q == y.q
    }
  }

  /// The spreads that are compared.
  public let a, b: SeedSpread
  /// The cells of the layers that both have by name.
  public let cells: [Cell]

  /// A − B on the rows and columns that both have by name: Welch's t test, Satterthwaite's degrees
  /// of freedom, and Benjamini and Hochberg's q over the cells.
  public init(_ a: SeedSpread, minus b: SeedSpread) {
    (self.a, self.b) = (a, b)
    let (rows, columns) = (LayerAlignment(a.rows, b.rows), LayerAlignment(a.columns, b.columns))
    var cells: [Cell] = []
    for (i, k) in zip(rows.first, rows.second) {
      for (j, l) in zip(columns.first, columns.second) {
        let errors = (a.standardErrors[i, j], b.standardErrors[k, l])
        let degrees = Welch.degrees(
          (errors.0 * errors.0, a.degrees), (errors.1 * errors.1, b.degrees))
        let error = (errors.0 * errors.0 + errors.1 * errors.1).squareRoot()
        let difference = a.means[i, j] - b.means[k, l]
        cells.append(
          Cell(
            row: a.rows[i], column: a.columns[j], difference: difference,
            a: (a.means[i, j], a.deviations[i, j]), b: (b.means[k, l], b.deviations[k, l]),
            halfWidth: error * StudentT.criticalValue(0.05, degrees: degrees),
            p: error > 0 ? StudentT.twoSidedP(difference / error, degrees: degrees) : .nan, q: .nan))
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
