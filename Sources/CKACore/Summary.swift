/// What can be said of a matrix in one pass. NaN and infinities are counted, and kept out of the rest.
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
}
