/// A true colour, 8 bits a channel, sRGB.
public struct RGB: Sendable, Hashable {
  /// Red, green and blue, 0…255.
  public var red, green, blue: UInt8

  /// A colour from its three channels.
  public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
    self.red = red
    self.green = green
    self.blue = blue
  }
}

/// What a cell's ink or paper is drawn with.
public enum Color: Sendable, Hashable {
  /// The terminal's own foreground or background.
  case standard
  /// An index into the terminal's palette: 0–15 the ANSI colours, 16–255 xterm's cube and greys.
  case indexed(UInt8)
  /// A true colour; only on terminals whose depth is `.trueColor`.
  case rgb(RGB)
}

/// How many colours a terminal can show.
public enum ColorDepth: String, Sendable, CaseIterable {
  /// 24 bits, by `38;2;r;g;b`.
  case trueColor = "true"
  /// xterm's 256 colours.
  case indexed256 = "256"
  /// The 16 ANSI colours.
  case ansi16 = "16"
  /// The 8 ANSI colours.
  case ansi8 = "8"
  /// None (`NO_COLOR`, a monochrome terminal): values become shades `░▒▓█`.
  case none = "none"
}
