/// Colours for what is not a value of the map. Each is at least 20 CIELAB units from every colour
/// of its map, so that a missing cell can never be read as a similarity.
extension Colormap {
  /// The colour of NaN and infinities: inert, a grey wherever the map itself passes no grey.
  public var missingColor: RGB {
    switch self {
    case .magma, .spectral, .diverging: RGB(128, 128, 128)
    case .viridis: RGB(160, 160, 160)
    case .cividis, .grey: RGB(190, 160, 220)
    }
  }

  /// The colour of negative values on a scale that starts at 0.
  public var negativeColor: RGB {
    switch self {
    case .magma: RGB(0, 200, 200)
    case .spectral, .viridis, .cividis, .grey, .diverging: RGB(255, 0, 255)
    }
  }

  /// The crosshair's colour: stands out from every colour of the map, and on a dark terminal too.
  public var markerColor: RGB {
    switch self {
    case .magma, .cividis, .grey, .diverging: RGB(0, 230, 120)
    case .spectral: RGB(120, 255, 0)
    case .viridis: RGB(255, 70, 70)
    }
  }
}
