/// What tells the lines of a figure apart: a colour and a mark, in as many combinations as there
/// are series.
public enum SeriesLook {
  /// The shapes of marks, solid ones first.
  public enum Shape: Int, Sendable, CaseIterable {
    case disc, square, triangle, diamond, circle, box, outline, lozenge

    /// The shape as a character; in ASCII another one that is as unlike the rest.
    public func glyph(unicode: Bool) -> Unicode.Scalar {
      let glyphs: [(Unicode.Scalar, Unicode.Scalar)] = [
        ("●", "o"), ("■", "x"), ("▲", "+"), ("◆", "*"), ("○", "#"), ("□", "@"), ("△", "%"),
        ("◇", "&"),
      ]
      return unicode ? glyphs[rawValue].0 : glyphs[rawValue].1
    }
  }

  /// The shape of series `index`: once all colours are used up, the next shapes come with them.
  public static func shape(_ index: Int, colors: Int = paper.count) -> Shape {
    let all = Shape.allCases
    return all[(index + (colors > 1 ? index / colors : 0)) % all.count]
  }

  /// The colour of series `index` on a terminal.
  public static func color(_ index: Int, _ depth: ColorDepth) -> Color {
    switch depth {
    case .trueColor: .rgb(screen[index % screen.count])
    case .indexed256: .indexed(indexed[index % indexed.count])
    case .ansi16: .indexed(bright[index % bright.count])
    case .ansi8: .indexed(dark[index % dark.count])
    case .none: .standard
    }
  }

  /// Number of colours before they come again.
  public static func colors(_ depth: ColorDepth) -> Int {
    switch depth {
    case .trueColor: screen.count
    case .indexed256: indexed.count
    case .ansi16: bright.count
    case .ansi8: dark.count
    case .none: 1
    }
  }

  /// On white paper: dark enough for thin lines, and apart for those who see fewer colours.
  public static let paper = [
    RGB(0, 104, 176), RGB(213, 94, 0), RGB(0, 138, 100), RGB(190, 84, 150), RGB(184, 134, 0),
    RGB(60, 150, 200), RGB(176, 36, 44), RGB(112, 76, 170),
  ]

  private static let screen = [
    RGB(86, 164, 240), RGB(240, 152, 64), RGB(76, 192, 148), RGB(222, 122, 184),
    RGB(224, 200, 80), RGB(96, 204, 220), RGB(232, 108, 100), RGB(172, 148, 236),
  ]
  private static let indexed: [UInt8] = [75, 208, 78, 175, 185, 80, 203, 141]
  private static let bright: [UInt8] = [14, 11, 10, 13, 12, 9]
  private static let dark: [UInt8] = [6, 3, 2, 5, 4, 1]
}
