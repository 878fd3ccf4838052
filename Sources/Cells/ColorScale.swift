/// How values become positions in a colour map: an interval, and what lies outside all colours.
public struct ColorScale: Sendable, Hashable {
  /// The value drawn with the map's first colour.
  public var low: Double
  /// The value drawn with the map's last colour; equal to `low` when all values are the same.
  public var high: Double
  /// The colours.
  public var map: Colormap

  /// A scale from `low` to `high`.
  public init(low: Double = 0, high: Double = 1, map: Colormap) {
    self.low = low
    self.high = high
    self.map = map
  }

  /// What a value is drawn as.
  public enum Ink: Sendable, Hashable {
    /// NaN or infinite.
    case missing
    /// Below 0 on a scale that starts at 0 or above: a fact worth a colour of its own.
    case negative
    /// A position in the map, 0…1; values beyond the ends take the ends' colours.
    case position(Double)
  }

  /// The ink of `value`.
  @inlinable
  public func ink(of value: Double) -> Ink {
    guard value.isFinite else { return .missing }
    if value < 0, low >= 0, !map.isDiverging { return .negative }
    guard high > low else { return .position(0.5) }
    return .position(min(1, max(0, (value - low) / (high - low))))
  }
}
