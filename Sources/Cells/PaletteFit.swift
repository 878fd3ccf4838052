/// Which of a terminal's few colours stands for each of a map's 256 samples.
///
/// The nearest colour to each sample would reverse the lightness in places and draw contours that
/// the data does not have. Here the lightness of the chosen colours rises wherever the map's rises
/// and falls wherever it falls, and among all such choices of 256 colours the sum of squared
/// distances is the least.
struct PaletteFit: Sendable {
  /// One index of the terminal's palette for each sample.
  let indices: [UInt8]
  /// Colours of the same terminal for NaN, for negative values and for the crosshair.
  let missing, negative, marker: UInt8

  /// The best fit of `map` on a terminal of `depth`, which must have indexed colours.
  init(_ map: Colormap, depth: ColorDepth) {
    let candidates = TerminalColors.candidates(for: depth)
    indices =
      depth == .indexed256
      ? Self.nearest(to: map, from: candidates)
      : Self.equalParts(depth == .ansi16 ? map.ansi16 : map.ansi8)
    var free = candidates.filter { [indices] in !indices.contains($0) }
    missing = Self.take(nearest: map.missingColor, from: &free)
    negative = Self.take(nearest: map.negativeColor, from: &free)
    marker = Self.take(nearest: map.markerColor, from: &free)
  }

  private static func nearest(to map: Colormap, from candidates: [UInt8]) -> [UInt8] {
    let curve = map.samples.map { CIELAB($0) }
    guard map == .spectral || map.isDiverging,
      let peak = curve.indices.max(by: { curve[$0].lightness < curve[$1].lightness })
    else { return MonotoneRun(curve, from: candidates).indices }
    let rising = MonotoneRun(Array(curve[..<peak]), from: candidates).indices
    // No colour may stand for two different positions, but the flanks may share the lightest one.
    let rest = candidates.filter { $0 == rising.last || !rising.contains($0) }
    let falling = MonotoneRun(Array(curve[peak...].reversed()), from: rest).indices
    return rising + falling.reversed()
  }

  private static func equalParts(_ colors: [UInt8]) -> [UInt8] {
    (0..<Colormap.sampleCount).map { colors[$0 * colors.count / Colormap.sampleCount] }
  }

  private static func take(nearest color: RGB, from free: inout [UInt8]) -> UInt8 {
    let wanted = CIELAB(color)
    let distance = { (index: UInt8) in
      CIELAB(TerminalColors.xterm256[Int(index)]).distance(to: wanted)
    }
    guard let best = free.indices.min(by: { distance(free[$0]) < distance(free[$1]) }) else {
      return 0
    }
    return free.remove(at: best)
  }
}

/// The ANSI colours are saturated and far from every map, so that distance says nothing. These
/// follow each map's hues in words (black, blue, magenta, yellow, white) with its lightness, and
/// leave three colours for NaN, negative values and the crosshair.
extension Colormap {
  fileprivate var ansi8: [UInt8] {
    switch self {
    case .magma: [0, 4, 5, 3, 7]
    case .viridis: [0, 4, 2, 3, 7]
    case .cividis: [0, 4, 6, 3, 7]
    case .grey: [0, 4, 6, 7]
    case .spectral, .diverging: [4, 6, 7, 3, 1]
    }
  }

  fileprivate var ansi16: [UInt8] {
    switch self {
    case .magma: [0, 4, 5, 9, 3, 11, 15]
    case .viridis: [0, 4, 12, 6, 10, 11]
    case .cividis: [0, 4, 12, 8, 3, 11, 15]
    case .grey: [0, 8, 7, 15]
    case .spectral: [4, 12, 6, 10, 11, 3, 9, 1]
    case .diverging: [4, 12, 6, 14, 15, 11, 3, 9, 1]
    }
  }
}
