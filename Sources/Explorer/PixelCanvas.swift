import Cells

/// Draws a grid of coloured pixels into cells: two pixels a cell where half blocks can be shown,
/// one elsewhere.
struct PixelCanvas {
  /// What one pixel shows.
  enum Pixel: Equatable {
    /// Nothing: the terminal's own background.
    case clear
    /// A bin of the palette.
    case bin(Int)
    /// NaN or infinite.
    case missing
    /// Below 0.
    case negative
    /// No value has this place.
    case vacant
    /// The crosshair.
    case marker
    /// A mark on a bin of the palette, dark on light colours and light on dark ones.
    case mark(onLight: Bool)
  }

  let palette: Palette
  let unicode: Bool

  init(_ map: Colormap, _ traits: TerminalTraits) {
    palette = Palette(map, depth: traits.depth, unicode: traits.unicode)
    unicode = traits.unicode
  }

  /// Colours and half blocks are both to be had.
  var usesHalfBlocks: Bool { Self.usesHalfBlocks(depth: palette.depth, unicode: unicode) }

  static func usesHalfBlocks(depth: ColorDepth, unicode: Bool) -> Bool {
    depth != .none && unicode
  }

  /// Pixels down for one cell.
  var pixelsPerCell: Int { usesHalfBlocks ? 2 : 1 }

  /// Pixels across that make a square with one pixel down.
  var aspect: Int { usesHalfBlocks ? 1 : 2 }

  /// Paints `rect` from the pixels that `pixel(x, y)` gives, y counted downwards from its top.
  func paint(_ buffer: inout CellBuffer, in rect: Rect, pixel: (Int, Int) -> Pixel) {
    for y in 0..<rect.height {
      for x in 0..<rect.width {
        let cell =
          usesHalfBlocks
          ? halfBlock(upper: pixel(x, 2 * y), lower: pixel(x, 2 * y + 1))
          : whole(pixel(x, y))
        if let cell { buffer[rect.x + x, rect.y + y] = cell }
      }
    }
  }

  /// The ink of a value on a scale.
  func pixel(_ value: Double, _ scale: ColorScale) -> Pixel {
    switch scale.ink(of: value) {
    case .missing: .missing
    case .negative: .negative
    case .position(let t): .bin(palette.bin(at: t))
    }
  }

  private func color(_ pixel: Pixel) -> Color {
    switch pixel {
    case .clear: .standard
    case .bin(let index): palette.color(ofBin: index)
    case .missing: palette.missing
    case .negative: palette.negative
    case .vacant: .standard
    case .marker: palette.marker
    case .mark(let onLight): mark(onLight: onLight)
    }
  }

  /// The mark that a pixel can carry.
  func marked(_ pixel: Pixel) -> Pixel {
    guard case .bin(let index) = pixel else { return .mark(onLight: false) }
    let span = palette.positions(ofBin: index)
    let color = palette.map.color(at: (span.lowerBound + span.upperBound) / 2)
    let luma = 299 * Int(color.red) + 587 * Int(color.green) + 114 * Int(color.blue)
    return .mark(onLight: luma > 128_000)
  }

  private func mark(onLight: Bool) -> Color {
    switch palette.depth {
    case .trueColor: .rgb(onLight ? RGB(16, 16, 24) : RGB(245, 245, 245))
    case .indexed256: .indexed(onLight ? 16 : 231)
    case .ansi16: .indexed(onLight ? 0 : 15)
    case .ansi8: .indexed(onLight ? 0 : 7)
    case .none: .standard
    }
  }

  private func halfBlock(upper: Pixel, lower: Pixel) -> Cell? {
    if upper == .clear, lower == .clear { return nil }
    if upper == .vacant, lower == .vacant { return Cell("·", Style(attributes: .dim)) }
    let (above, below) = (color(upper), color(lower))
    if above == below { return Cell(" ", Style(background: above)) }
    // An empty half keeps the terminal's background, which only the paper can show.
    if below == .standard { return Cell("▀", Style(foreground: above)) }
    if above == .standard { return Cell("▄", Style(foreground: below)) }
    return Cell("▀", Style(foreground: above, background: below))
  }

  private func whole(_ pixel: Pixel) -> Cell? {
    guard palette.depth == .none else {
      if pixel == .clear { return nil }
      if pixel == .vacant { return Cell(".", Style(attributes: .dim)) }
      return Cell(" ", Style(background: color(pixel)))
    }
    switch pixel {
    case .clear: return nil
    case .bin(let index): return Cell(palette.shade(ofBin: index, unicode: unicode))
    case .missing: return Cell(Palette.missingShade)
    case .negative: return Cell(Palette.negativeShade)
    case .vacant: return Cell(unicode ? "·" : ",")
    case .marker: return Cell("X", Style(attributes: .reverse))
    case .mark: return Cell("o")
    }
  }
}
