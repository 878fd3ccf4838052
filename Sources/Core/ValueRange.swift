import Glibc

/// Which values take the first and the last colour of the colour map.
public enum ValueRange: Sendable, Equatable {
  /// 0…1, the range of CKA.
  case unit
  /// Smallest to largest finite value.
  case data
  /// Two percentiles of the finite values, 0…100 each, the lower first.
  case percentile(Double, Double)
  /// Two values, the lower first.
  case manual(Double, Double)

  /// Values of a view that are looked at for percentiles; a larger view is sampled.
  public static let largestExact = 1_000_000
  private static let sampleSize = 1 << 18

  /// The range's ends for `view`, both finite, low ≤ high; they are equal when all values are.
  /// Without a finite value the data have no range, and 0…1 is given. `summary` must be the view's.
  ///
  /// Percentiles of a view of over a million cells come from a sample of about 260,000: the same
  /// cells at each call, spread over all rows and columns.
  public func bounds(of view: MatrixView, summary: Summary) -> (low: Double, high: Double) {
    switch self {
    case .unit: return (0, 1)
    case .manual(let low, let high): return (low, high)
    case .data:
      return summary.finiteCount > 0 ? (summary.minimum, summary.maximum) : (0, 1)
    case .percentile(let low, let high):
      var values = Self.sample(view).filter(\.isFinite)
      guard !values.isEmpty else {
        // The sample may miss the few finite values that there are.
        return ValueRange.data.bounds(of: view, summary: summary)
      }
      return (
        Statistics.quantile(low / 100, selectingFrom: &values),
        Statistics.quantile(high / 100, selectingFrom: &values)
      )
    }
  }

  /// The range's ends for the whole of `matrix`, whose summary is `summary`.
  public func bounds(of matrix: Matrix, summary: Summary) -> (low: Double, high: Double) {
    bounds(of: MatrixView(matrix), summary: summary)
  }

  /// All values, or every k-th where k shares no factor with the number of columns, so that the
  /// sample does not keep to a few of them.
  private static func sample(_ view: MatrixView) -> [Double] {
    guard view.cells > largestExact else { return view.values() }
    var step = (view.cells + sampleSize - 1) / sampleSize
    while greatestCommonDivisor(step, view.columns) > 1 { step += 1 }
    return stride(from: 0, to: view.cells, by: step).map {
      view[$0 / view.columns, $0 % view.columns]
    }
  }

  private static func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
    b == 0 ? a : greatestCommonDivisor(b, a % b)
  }
}

extension ValueRange {
  /// The range as it is written in settings and on the command line: `unit`, `data`, `2%,98%` or
  /// `0,1`. `init(text:)` reads it back without loss.
  public var text: String {
    switch self {
    case .unit: "unit"
    case .data: "data"
    case .percentile(let low, let high): "\(plain(low))%,\(plain(high))%"
    case .manual(let low, let high): "\(plain(low)),\(plain(high))"
    }
  }

  /// Reads `unit`, `data`, two percentiles (`2%,98%`) or two values (`0,1`); spaces do not matter.
  /// Nil for anything else, and unless both numbers are finite and the first is below the second.
  public init?(text: String) {
    let text = String(text.filter { $0 != " " })
    switch text {
    case "unit": self = .unit
    case "data": self = .data
    default:
      let parts = text.split(separator: ",", omittingEmptySubsequences: false)
      guard parts.count == 2 else { return nil }
      let arePercentiles = parts[0].hasSuffix("%") && parts[1].hasSuffix("%")
      let numbers = parts.map { Double($0.dropLast(arePercentiles ? 1 : 0)) ?? .nan }
      guard numbers[0].isFinite, numbers[1].isFinite, numbers[0] < numbers[1] else { return nil }
      if arePercentiles {
        guard numbers[0] >= 0, numbers[1] <= 100 else { return nil }
        self = .percentile(numbers[0], numbers[1])
      } else {
        self = .manual(numbers[0], numbers[1])
      }
    }
  }

  /// The range as a caption, given its `bounds`: "range 0–1", "data 0.63–0.998", "2–98 % 0.7–0.95".
  public func caption(_ bounds: (low: Double, high: Double)) -> String {
    let (low, high) = Self.rounded(bounds)
    let ends = "\(low)–\(high)"
    return switch self {
    case .unit, .manual: "range \(ends)"
    case .data: "data \(ends)"
    case .percentile(let low, let high): "\(plain(low))–\(plain(high)) % \(ends)"
    }
  }

  /// Both ends with as many decimals as tell them apart to about 1 %.
  private static func rounded(_ bounds: (low: Double, high: Double)) -> (String, String) {
    let span = bounds.high - bounds.low
    let scale = span > 0 && span.isFinite ? span : max(abs(bounds.low), .leastNormalMagnitude)
    let decimals = 2 - floor(log10(scale))
    guard decimals <= 15 else { return (plain(bounds.low), plain(bounds.high)) }
    let unit = pow(10, max(0, decimals))
    func round(_ value: Double) -> String {
      let scaled = (value * unit).rounded()
      return plain(scaled.isFinite ? scaled / unit : value)
    }
    return (round(bounds.low), round(bounds.high))
  }
}

/// The shortest text that reads back as `value`, without ".0" or the sign of a zero.
private func plain(_ value: Double) -> String {
  let text = value == 0 ? "0" : value.description
  return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}
