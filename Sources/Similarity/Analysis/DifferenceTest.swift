import Core

/// Whether two results differ by more than chance, cell by cell.
///
/// The chance is that of the samples: the networks are taken as they are, so nothing here speaks of
/// other seeds. The standard error of A − B is the jackknife of the difference: influences of
/// minibatches that both saw are subtracted before they are squared, those of others are squared
/// each for itself, √(se² + se²).
///
/// The t statistic of a jackknife with few minibatches has heavy tails, the more so where a few of
/// them carry most of a layer's HSIC. Degrees of freedom are therefore those of the effective number
/// of minibatches less two (`CellInfluence.degrees`): the smallest of all layers concerned where
/// minibatches are paired, joined by Welch's and Satterthwaite's formula where they are not.
/// `DifferenceCalibrationTests` has the simulations.
public struct DifferenceTest: Sendable {
  /// How the minibatches of both stand to each other.
  public let pairing: Pairing
  /// Standard errors of A − B: common rows × common columns; NaN where unknown.
  public let standardErrors: Matrix
  /// Degrees of freedom of those errors.
  public let degrees: Matrix
  /// Two-sided p values of "A − B is 0"; NaN where it cannot be tested, as of a layer with itself.
  public let pValues: Matrix
  /// The p values, adjusted for the number of cells: Benjamini and Hochberg's q. Where A and B are
  /// symmetric, a cell and its mirror image are one test.
  public let qValues: Matrix
  /// Cells that were tested, a cell and its mirror image once.
  public let testedCells: Int

  /// One cell's figures before all cells are looked at together.
  private struct Cell {
    var error = Double.nan
    var degrees = Double.nan
    var p = Double.nan
  }

  /// Tests the cells of `rows` × `columns`; `differences` has A − B in them.
  /// - Parameter isSymmetric: so are A and B, whose rows and columns are the same.
  init(
    _ a: StudyBlock, _ b: StudyBlock, isOneFile: Bool, rows: LayerAlignment,
    columns: LayerAlignment, differences: Matrix, isSymmetric: Bool
  ) {
    let paired = PairedMinibatches(a, b, isOneFile: isOneFile)
    let sides = (
      CellInfluence(a, limit: paired.used.a), CellInfluence(b, limit: paired.used.b)
    )
    let cells = concurrentMap(rows.count) { row in
      (0..<columns.count).map { column in
        Self.cell(
          differences[row, column], sides, paired,
          at: ((rows.first[row], columns.first[column]), (rows.second[row], columns.second[column]))
        )
      }
    }.flatMap(\.self)
    let matrix = { (values: [Double]) in
      Matrix(rows: rows.count, columns: columns.count, values: values)
    }
    pairing = paired.pairing
    standardErrors = matrix(cells.map(\.error))
    degrees = matrix(cells.map(\.degrees))
    pValues = matrix(cells.map(\.p))
    qValues = FalseDiscovery.adjusted(pValues, isSymmetric: isSymmetric)
    let columnCount = columns.count
    testedCells = cells.enumerated().count { place, cell in
      !cell.p.isNaN && (!isSymmetric || place % columnCount >= place / columnCount)
    }
  }

  private typealias Place = (row: Int, column: Int)

  private static func cell(
    _ difference: Double, _ sides: (a: CellInfluence, b: CellInfluence),
    _ paired: PairedMinibatches, at places: (a: Place, b: Place)
  ) -> Cell {
    let (a, b) = (
      sides.a.values(row: places.a.row, column: places.a.column),
      sides.b.values(row: places.b.row, column: places.b.column)
    )
    let own = (a: squares(a), b: squares(b))
    let error = squares(joined(a, b, paired.partners)).squareRoot()
    // Nothing but rounding is no error: a layer with itself, or twice the same values.
    guard difference.isFinite, error > 1e-9 * (own.a + own.b).squareRoot() else { return Cell() }
    let known = (
      sides.a.degrees(row: places.a.row, column: places.a.column),
      sides.b.degrees(row: places.b.row, column: places.b.column)
    )
    let degrees = degrees(known, own, isPaired: paired.partners.contains { $0 != nil })
    return Cell(
      error: error, degrees: degrees,
      p: StudentT.twoSidedP(difference / error, degrees: degrees))
  }

  private static func degrees(
    _ known: (a: Double, b: Double), _ variances: (a: Double, b: Double), isPaired: Bool
  ) -> Double {
    // A layer with itself has no error, and so no say.
    let (a, b) = (
      variances.a > 0 ? known.a : .infinity, variances.b > 0 ? known.b : .infinity
    )
    return isPaired ? min(a, b) : Welch.degrees((variances.a, a), (variances.b, b))
  }

  /// The influences of all minibatches on A − B: u − v of those that both saw, u or −v of others.
  private static func joined(_ a: [Double], _ b: [Double], _ partners: [Int?]) -> [Double] {
    var (joined, rest) = (a, b)
    for (k, partner) in partners.enumerated() {
      guard let partner else { continue }
      joined[k] -= b[partner]
      rest[partner] = 0
    }
    return joined + rest
  }

  private static func squares(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 } }
}

extension DifferenceTest {
  /// The accepted false discovery rate, as it is written: "0.05".
  public static var levelText: String { "\(FalseDiscovery.defaultLevel)" }

  /// Half the width of the 95 % interval of A − B; NaN where unknown.
  public func halfWidth(row: Int, column: Int) -> Double {
    standardErrors[row, column]
      * StudentT.criticalValue(0.05, degrees: degrees[row, column])
  }
}

/// Welch's and Satterthwaite's degrees of freedom of the sum of two independent errors.
enum Welch {
  /// (v + w)²/(v²/d + w²/e) for the squared errors v and w with d and e degrees of freedom.
  static func degrees(
    _ a: (variance: Double, degrees: Double), _ b: (variance: Double, degrees: Double)
  ) -> Double {
    let sum = a.variance + b.variance
    return sum * sum
      / (a.variance * a.variance / a.degrees + b.variance * b.variance / b.degrees)
  }
}
