/// Order statistics of a list of scores. NaN and infinities are left out and counted.
public struct Statistics: Sendable, Equatable {
  /// Finite scores.
  public let count: Int
  /// Scores that are NaN or infinite.
  public let missing: Int
  /// Smallest, quarter, middle, three-quarter and largest score, and the mean; NaN when `count` is
  /// 0.
  public let minimum, lowerQuartile, median, upperQuartile, maximum, mean: Double

  /// Quartiles interpolate linearly between order statistics, as numpy's default (Hyndman and Fan's
  /// type 7).
  public init(_ scores: [Double]) {
    let sorted = scores.filter(\.isFinite).sorted()
    count = sorted.count
    missing = scores.count - sorted.count
    minimum = sorted.first ?? .nan
    maximum = sorted.last ?? .nan
    lowerQuartile = Self.quantile(0.25, of: sorted)
    median = Self.quantile(0.5, of: sorted)
    upperQuartile = Self.quantile(0.75, of: sorted)
    mean = sorted.isEmpty ? .nan : sorted.reduce(0, +) / Double(sorted.count)
  }

  /// The `fraction` quantile (0…1; beyond them the ends) of ascending values, by linear
  /// interpolation; NaN when there are none, or `fraction` is NaN.
  public static func quantile(_ fraction: Double, of sorted: [Double]) -> Double {
    guard let last = sorted.last, !fraction.isNaN else { return .nan }
    let position = min(1, max(0, fraction)) * Double(sorted.count - 1)
    let index = Int(position)
    guard index + 1 < sorted.count else { return last }
    return sorted[index] + (position - Double(index)) * (sorted[index + 1] - sorted[index])
  }
}
