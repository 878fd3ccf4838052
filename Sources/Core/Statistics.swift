/// Order statistics of a list of scores. NaN and infinities are left out and counted.
public struct Statistics: Sendable, Equatable {
  /// Finite scores.
  public let count: Int
  /// Scores that are NaN.
  public let nanCount: Int
  /// Scores that are +∞ or −∞.
  public let infiniteCount: Int
  /// Smallest, quarter, middle, three-quarter and largest score, and the mean; NaN when `count` is
  /// 0.
  public let minimum, lowerQuartile, median, upperQuartile, maximum, mean: Double

  /// Quartiles interpolate linearly between order statistics, as numpy's default (Hyndman and Fan's
  /// type 7).
  public init(_ scores: [Double]) {
    let sorted = scores.filter(\.isFinite).sorted()
    count = sorted.count
    nanCount = scores.count { $0.isNaN }
    infiniteCount = scores.count - sorted.count - nanCount
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

  /// As `quantile(_:of:)` for values in any order, which are partly put in order on the way: O(n),
  /// where sorting a million values would be felt at the keyboard.
  static func quantile(_ fraction: Double, selectingFrom values: inout [Double]) -> Double {
    guard !values.isEmpty, !fraction.isNaN else { return .nan }
    let position = min(1, max(0, fraction)) * Double(values.count - 1)
    let index = Int(position)
    return values.withUnsafeMutableBufferPointer { values in
      select(index, in: values)
      guard let next = values[(index + 1)...].min() else { return values[index] }
      return values[index] + (position - Double(index)) * (next - values[index])
    }
  }

  /// Puts the element of rank `index` in its place, smaller ones before it and larger ones behind
  /// (Hoare 1961).
  private static func select(_ index: Int, in values: UnsafeMutableBufferPointer<Double>) {
    var (low, high, rounds) = (0, values.count - 1, 0)
    while low < high {
      rounds += 1
      // Chosen badly again and again, pivots would make this quadratic.
      guard rounds < 64 else {
        var rest = values[low...high]
        return rest.sort()
      }
      let (a, b, c) = (values[low], values[low + (high - low) / 2], values[high])
      let pivot = max(min(a, b), min(max(a, b), c))
      var (left, right) = (low, high)
      while left <= right {
        while values[left] < pivot { left += 1 }
        while values[right] > pivot { right -= 1 }
        guard left <= right else { break }
        values.swapAt(left, right)
        (left, right) = (left + 1, right - 1)
      }
      if index <= right {
        high = right
      } else if index >= left {
        low = left
      } else {
        return
      }
    }
  }
}
