/// Attributes of a cell, beside its colours.
public struct Attributes: OptionSet, Sendable, Hashable {
  /// The bit set.
  public let rawValue: UInt8
  /// Attributes from their bit set.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Bright or heavy.
  public static let bold = Attributes(rawValue: 1)
  /// Faint.
  public static let dim = Attributes(rawValue: 2)
  /// Ink and paper exchanged.
  public static let reverse = Attributes(rawValue: 4)
  /// Underlined.
  public static let underline = Attributes(rawValue: 8)
}

/// How a cell looks, apart from its glyph.
public struct Style: Sendable, Hashable {
  /// The ink.
  public var foreground: Color
  /// The paper.
  public var background: Color
  /// Bold, reverse and the like.
  public var attributes: Attributes

  /// A style; by default the terminal's own colours.
  public init(
    foreground: Color = .standard, background: Color = .standard, attributes: Attributes = []
  ) {
    self.foreground = foreground
    self.background = background
    self.attributes = attributes
  }

  /// The terminal's own colours, no attributes.
  public static let plain = Style()
}

/// One character cell of the screen.
public struct Cell: Sendable, Hashable {
  /// The glyph's scalar; 0 marks the second half of a wide glyph to its left.
  public var glyph: UInt32
  /// How it looks.
  public var style: Style

  /// A cell that shows `glyph`.
  public init(_ glyph: Unicode.Scalar, _ style: Style = .plain) {
    self.glyph = glyph.value
    self.style = style
  }

  /// An empty cell.
  public static let blank = Cell(" ")

  /// The right half of a wide glyph.
  public static func continuation(_ style: Style) -> Cell {
    var cell = Cell(" ", style)
    cell.glyph = 0
    return cell
  }
}
