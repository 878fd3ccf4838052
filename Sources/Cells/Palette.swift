import Synchronization

/// A colour map as a terminal can draw it: a few bins, each with one colour or shade.
///
/// On 256 colours and fewer the bins' lightness is monotone wherever the map's is, so that no false
/// contours appear. The colour scale shows exactly these bins; on 256 colours they are not equally
/// wide, because each is as wide as its colour is faithful.
public struct Palette: Sendable {
  /// The map.
  public let map: Colormap
  /// What the terminal can show.
  public let depth: ColorDepth
  /// Number of bins, ≥ 2; bin 0 is the low end. All have distinct colours or shades.
  public var count: Int { colors.count }
  /// The colour of NaN and infinities; `.standard` when depth is `.none`.
  public let missing: Color
  /// The colour of negative values; `.standard` when depth is `.none`.
  public let negative: Color
  /// The crosshair's colour; `.standard` when depth is `.none`.
  public let marker: Color

  private let colors: [Color]
  /// Bin k covers the samples `edges[k]..<edges[k + 1]` of the map's 256.
  private let edges: [Int]
  /// The bin of each sample: asked for tens of thousands of pixels a frame.
  private let binOfSample: [UInt8]

  /// The bins of `map` on a terminal of `depth`.
  /// - Parameter unicode: without colours, whether shades are `" ░▒▓█"` (5) or ASCII (10).
  public init(_ map: Colormap, depth: ColorDepth, unicode: Bool = true) {
    self.map = map
    self.depth = depth
    let samples: [Color]
    switch depth {
    case .trueColor:
      samples = (0..<256).map { .rgb(map.samples[$0 / 4 * 4 + 2]) }
      (missing, negative) = (.rgb(map.missingColor), .rgb(map.negativeColor))
      marker = .rgb(map.markerColor)
    case .indexed256, .ansi16, .ansi8:
      let fit = Self.fit(map, depth: depth)
      samples = fit.indices.map { .indexed($0) }
      (missing, negative) = (.indexed(fit.missing), .indexed(fit.negative))
      marker = .indexed(fit.marker)
    case .none:
      samples = []
      (missing, negative, marker) = (.standard, .standard, .standard)
    }
    if depth == .none {
      let shades = Self.shades(unicode: unicode).count
      colors = Array(repeating: .standard, count: shades)
      edges = (0...shades).map { $0 * 256 / shades }
    } else {
      let starts = samples.indices.filter { $0 == 0 || samples[$0] != samples[$0 - 1] }
      colors = starts.map { samples[$0] }
      edges = starts + [256]
    }
    var bins: [UInt8] = []
    for bin in colors.indices {
      bins += Array(repeating: UInt8(bin), count: edges[bin + 1] - edges[bin])
    }
    binOfSample = bins
  }

  /// The bin of the position `t` in 0…1; what lies outside takes the bin at that end.
  public func bin(at t: Double) -> Int { Int(binOfSample[Colormap.index(of: t)]) }

  /// The colour that bin `index` is drawn with; `.standard` when depth is `.none`.
  public func color(ofBin index: Int) -> Color { colors[clamped(index)] }

  /// The positions 0…1 that bin `index` covers; the bins' ranges follow each other without gaps.
  public func positions(ofBin index: Int) -> Range<Double> {
    let bin = clamped(index)
    return Double(edges[bin]) / 256..<Double(edges[bin + 1]) / 256
  }

  /// Without colours: the glyph of bin `index`, emptier for lower values.
  /// - Parameter unicode: `" ░▒▓█"`, else ASCII `" .:-=+*#%@"`.
  public func shade(ofBin index: Int, unicode: Bool) -> Unicode.Scalar {
    let shades = Self.shades(unicode: unicode)
    return shades[clamped(index) * shades.count / count]
  }

  /// Without colours: the glyph of NaN and infinities, which is no shade.
  public static let missingShade: Unicode.Scalar = "?"
  /// Without colours: the glyph of negative values, which is no shade.
  public static let negativeShade: Unicode.Scalar = "<"

  private func clamped(_ index: Int) -> Int { max(0, min(colors.count - 1, index)) }

  private static func shades(unicode: Bool) -> [Unicode.Scalar] {
    unicode ? [" ", "░", "▒", "▓", "█"] : [" ", ".", ":", "-", "=", "+", "*", "#", "%", "@"]
  }

  private struct FitKey: Hashable {
    var map: Colormap
    var depth: ColorDepth
  }

  // A fit takes a millisecond or two and palettes are made for every frame: each is made once.
  private static let fits = Mutex<[FitKey: PaletteFit]>([:])

  private static func fit(_ map: Colormap, depth: ColorDepth) -> PaletteFit {
    let key = FitKey(map: map, depth: depth)
    return fits.withLock { fits in
      if let known = fits[key] { return known }
      let fit = PaletteFit(map, depth: depth)
      fits[key] = fit
      return fit
    }
  }
}
