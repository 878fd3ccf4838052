/// The part of the plane that curves are drawn in, and where in it a number stands.
public struct CurvesFrame: Sendable, Equatable {
  /// From the left to the right edge.
  public let x: ClosedRange<Double>
  /// From the bottom to the top edge.
  public let y: ClosedRange<Double>

  /// The frame that holds every point and error bar of `series`, with a little room around.
  /// - Parameter fromZero: y reaches to 0, whatever the values.
  public init(_ series: [Curves.Series], fromZero: Bool) {
    let spans = series.map { (x: $0.span, y: $0.reach) }
    self.init(spans: spans, fromZero: fromZero)
  }

  /// The same of series of which the spans are known.
  public init(
    spans: [(x: ClosedRange<Double>, y: ClosedRange<Double>?)], fromZero: Bool
  ) {
    let (left, right) = (spans.map(\.x.lowerBound).min(), spans.map(\.x.upperBound).max())
    x = Self.padded((left ?? 0)...(right ?? 1), by: 0.06)
    let reaches = spans.compactMap(\.y)
    let low = reaches.map(\.lowerBound).min() ?? 0
    let high = reaches.map(\.upperBound).max() ?? 1
    guard fromZero else {
      y = Self.padded(low...high, by: 0.06)
      return
    }
    // The edge at 0 stays there, so that lengths can be compared.
    let wide = Self.padded(min(0, low)...max(0, high), by: 0.06)
    y = (low >= 0 ? 0 : wide.lowerBound)...(high <= 0 && low < 0 ? 0 : wide.upperBound)
  }

  /// Where x stands between the left edge, 0, and the right one, 1.
  public func across(_ x: Double) -> Double { Self.position(of: x, in: self.x) }

  /// Where y stands between the bottom, 0, and the top, 1.
  public func up(_ y: Double) -> Double { Self.position(of: y, in: self.y) }

  private static func position(of value: Double, in range: ClosedRange<Double>) -> Double {
    // Halves first: the span of two large numbers is infinite.
    let span = range.upperBound / 2 - range.lowerBound / 2
    guard span > 0 else { return 0.5 }
    return min(1, max(0, (value / 2 - range.lowerBound / 2) / span))
  }

  private static func padded(
    _ range: ClosedRange<Double>, by share: Double
  ) -> ClosedRange<Double> {
    let (low, high) = (range.lowerBound, range.upperBound)
    let span = high / 2 - low / 2
    let room = span > 0 ? span * 2 * share : max(abs(high) * 0.05, abs(high) < 1e-300 ? 0.5 : 0)
    let most = Double.greatestFiniteMagnitude
    let finite = room.isFinite ? room : span * share
    return max(-most, low - finite)...min(most, high + finite)
  }
}
