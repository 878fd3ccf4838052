import Cells

// A cell of two coloured halves can be drawn with either as the ink. To change colours costs some
// forty bytes on a terminal of true colours; to go on with those of the cell before costs none.
extension Cell {
  /// A cell that looks the same in the colours of `style`, which need not be sent again; nil when
  /// there is none.
  func redrawn(inColorsOf style: Style) -> Cell? {
    guard style.attributes.isEmpty, style.foreground != .standard, let halves else { return nil }
    let (ink, paper) = (style.foreground, style.background)
    let glyph: Unicode.Scalar
    switch (halves.upper, halves.lower) {
    case (paper, paper): glyph = " "
    case (ink, paper): glyph = "▀"
    case (paper, ink): glyph = "▄"
    case (ink, ink): glyph = "█"
    default: return nil
    }
    return Cell(glyph, style)
  }

  /// The same cell; a space has no ink, and with the terminal's own ncurses sends the paper alone.
  var withoutIdleInk: Cell {
    guard glyph == Glyph.space, style.attributes.isDisjoint(with: [.reverse, .underline]) else {
      return self
    }
    var cell = self
    cell.style.foreground = .standard
    return cell
  }

  /// The colours of both halves, when that is all there is to see and none is the terminal's own:
  /// its ink and its paper are different colours of one name.
  private var halves: (upper: Color, lower: Color)? {
    guard style.attributes.isEmpty, style.background != .standard else { return nil }
    if glyph == Glyph.space { return (style.background, style.background) }
    guard style.foreground != .standard else { return nil }
    switch glyph {
    case Glyph.upperHalf: return (style.foreground, style.background)
    case Glyph.lowerHalf: return (style.background, style.foreground)
    case Glyph.full: return (style.foreground, style.foreground)
    default: return nil
    }
  }

  private enum Glyph {
    static let space: UInt32 = 0x20
    static let upperHalf: UInt32 = 0x2580
    static let lowerHalf: UInt32 = 0x2584
    static let full: UInt32 = 0x2588
  }
}
