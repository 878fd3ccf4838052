/// What can be said of a matrix in one pass. NaN and infinities are counted, and kept out of the
/// rest.
public struct Summary: Sendable, Equatable {
  /// Smallest finite value; NaN when there is none.
  public var minimum = Double.nan
  /// Largest finite value; NaN when there is none.
  public var maximum = Double.nan
  /// Mean of the finite values, summed in float64; NaN when there is none.
  public var mean = Double.nan
  /// Values that are NaN.
  public var nanCount = 0
  /// Values that are +∞ or −∞.
  public var infiniteCount = 0
  /// Finite values below 0.
  public var negativeCount = 0
  /// Finite values.
  public var finiteCount = 0

  /// The summary of no values.
  public init() {}

  /// The summary of `cells` values of which `tally` has seen all.
  init(_ tally: Tally, cells: Int) {
    finiteCount = tally.finite
    infiniteCount = tally.infinite
    nanCount = cells - tally.finite - tally.infinite
    negativeCount = tally.negative
    guard tally.finite > 0 else { return }
    minimum = tally.minimum
    maximum = tally.maximum
    mean = tally.sum / Double(tally.finite)
  }
}

extension Matrix {
  /// Minimum, maximum, mean and counts in one pass over the bytes, on all cores.
  public func summary() -> Summary { MatrixView(self).summary() }
}

extension MatrixView {
  /// Minimum, maximum, mean and counts of the chosen cells in one pass, on all cores.
  public func summary() -> Summary {
    let stripes = TileScan.run(inMemoryOrder.view) { _ in
      Tally()
    } visit: {
      $0.merge($1)
    }
    return Summary(stripes.reduce(into: Tally()) { $0.merge($1) }, cells: cells)
  }
}
