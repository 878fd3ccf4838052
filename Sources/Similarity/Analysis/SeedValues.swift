import Core

/// The results of a group of seeds, cell by cell.
public struct SeedValues: Sendable {
  /// Names of the rows and columns: those of the first member.
  public let rows, columns: [String]
  /// Results whose layers are others than the first one's.
  public let leftOut: Int
  private let matrices: [Matrix]
  private let seeds: [Set<String>]
  private let names: [String]
  /// Networks of one architecture: a cell and its mirror image are averaged, and so are the same.
  public let isSymmetric: Bool

  /// Mean and scatter of one cell.
  public struct Figures: Sendable, Equatable {
    /// Mean CKA over the pairs; NaN where one of them has no value.
    public var mean: Double
    /// Standard deviation over the pairs (n − 1); NaN below two.
    public var deviation: Double
    /// Standard error of the mean against seeds; NaN where too few seeds tell.
    public var error: Double
  }

  /// The values of `group`; its first member says which layers.
  public init(_ group: SeedGroup, order: LabelOrder = .exported) {
    let axes = group.members.first?.comparison.axes(order: order)
    let (rows, columns) = (axes?.rows.layers ?? [], axes?.columns.layers ?? [])
    var (matrices, seeds): ([Matrix], [Set<String>]) = ([], [])
    for member in group.members {
      let own = member.comparison.axes(order: order)
      let isTurned =
        group.rows == group.columns && own.rows.layers == columns && own.columns.layers == rows
      guard own.rows.layers == rows && own.columns.layers == columns || isTurned else { continue }
      let matrix = member.comparison.matrix
      matrices.append(own.rows.layers == rows ? matrix : matrix.transposed)
      seeds.append(member.seeds)
    }
    (self.rows, self.columns, self.matrices, self.seeds) = (rows, columns, matrices, seeds)
    isSymmetric =
      group.pairs == .differentSeeds && group.rows == group.columns && rows == columns
    names = seeds.reduce(into: Set()) { $0.formUnion($1) }.sorted(by: naturalOrder)
    leftOut = group.members.count - matrices.count
  }

  /// Pairs of networks that are averaged.
  public var pairs: Int { matrices.count }
  /// Seeds that they are of.
  public var seedCount: Int { names.count }
  /// Degrees of freedom of the standard errors: seeds less one.
  public var degrees: Double { Double(names.count - 1) }

  /// Mean, deviation and standard error of a cell.
  ///
  /// For the error each seed is left out in turn, with all pairs that it is in. For pairs that share
  /// no seed that is the deviation over √n; for others it knows that one network is in several pairs.
  public func figures(row: Int, column: Int) -> Figures {
    // Of one architecture no network is A rather than B: the cell and its mirror image are averaged.
    let values = matrices.map {
      isSymmetric ? ($0[row, column] + $0[column, row]) / 2 : $0[row, column]
    }
    let mean = values.mean
    guard values.count > 1, mean.isFinite else {
      return Figures(mean: mean.isFinite ? mean : .nan, deviation: .nan, error: .nan)
    }
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let left = names.map { name in
      zip(values, seeds).filter { !$0.1.contains(name) }.map(\.0).mean
    }
    let isKnown = names.count > 1 && left.allSatisfy(\.isFinite)
    return Figures(
      mean: mean, deviation: (squares / Double(values.count - 1)).squareRoot(),
      error: isKnown ? Jackknifed.standardError(left) : .nan)
  }
}
