/// A colour map of matplotlib's, sampled at 256 points.
public enum Colormap: String, Sendable, CaseIterable {
  case magma
  case spectral = "Spectral_r"
  case viridis
  case cividis
  case grey
  case diverging = "RdBu_r"

  /// The colour of `t` in 0…1; outside it is clamped.
  public func color(at t: Double) -> RGB {
    let level = UInt8(max(0, min(255, t * 255)))
    return RGB(level, level, level)
  }

  /// Whether the map has a neutral middle, so that it says where 0 is when centred on it.
  public var isDiverging: Bool { self == .diverging }
  /// The colour of NaN and infinities: not in the map.
  public var missingColor: RGB { RGB(110, 110, 110) }
  /// The colour of negative values on a scale that starts at 0: not in the map.
  public var negativeColor: RGB { RGB(0, 180, 180) }
  /// The crosshair's colour: stands out from every colour of the map.
  public var markerColor: RGB { RGB(0, 255, 135) }
}
