/// A colour map as a terminal can draw it: a few bins, each with one colour or shade.
///
/// On 256 colours and fewer the bins' lightness is monotone wherever the map's is, so that no false
/// contours appear. The colour scale shows exactly these bins.
public struct Palette: Sendable {
  /// The map.
  public let map: Colormap
  /// What the terminal can show.
  public let depth: ColorDepth
  /// Number of bins, ≥ 2; bin 0 is the low end.
  public let count: Int

  /// The bins of `map` on a terminal of `depth`.
  public init(_ map: Colormap, depth: ColorDepth) {
    self.map = map
    self.depth = depth
    count = 64
  }

  /// The bin of the position `t` in 0…1.
  public func bin(at t: Double) -> Int { max(0, min(count - 1, Int(t * Double(count)))) }

  /// The colour that bin `index` is drawn with; `.standard` when depth is `.none`.
  public func color(ofBin index: Int) -> Color {
    .rgb(map.color(at: (Double(index) + 0.5) / Double(count)))
  }

  /// The positions 0…1 that bin `index` covers.
  public func positions(ofBin index: Int) -> Range<Double> {
    Double(index) / Double(count)..<Double(index + 1) / Double(count)
  }

  /// The colour of NaN and infinities.
  public var missing: Color { .rgb(map.missingColor) }
  /// The colour of negative values.
  public var negative: Color { .rgb(map.negativeColor) }
  /// The crosshair's colour.
  public var marker: Color { .rgb(map.markerColor) }

  /// Without colours: the glyph of bin `index`, darker for lower values.
  /// - Parameter unicode: `" ░▒▓█"`, else ASCII `" .:-=+*#%@"`.
  public func shade(ofBin index: Int, unicode: Bool) -> Unicode.Scalar { " " }
}
