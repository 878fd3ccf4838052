/// The RGB that terminals' colour indices usually stand for.
enum TerminalColors {
  /// The 16 ANSI colours as xterm has them. People change these; their order of lightness mostly
  /// stays.
  static let ansi: [RGB] = [
    RGB(0, 0, 0), RGB(205, 0, 0), RGB(0, 205, 0), RGB(205, 205, 0),
    RGB(0, 0, 238), RGB(205, 0, 205), RGB(0, 205, 205), RGB(229, 229, 229),
    RGB(127, 127, 127), RGB(255, 0, 0), RGB(0, 255, 0), RGB(255, 255, 0),
    RGB(92, 92, 255), RGB(255, 0, 255), RGB(0, 255, 255), RGB(255, 255, 255),
  ]

  /// All 256: the ANSI colours, the 6 × 6 × 6 cube from 16, the 24 greys from 232.
  static let xterm256: [RGB] = {
    let levels: [UInt8] = [0, 95, 135, 175, 215, 255]
    var colors = ansi
    for red in levels {
      for green in levels {
        for blue in levels { colors.append(RGB(red, green, blue)) }
      }
    }
    for step in 0..<24 {
      let level = UInt8(8 + 10 * step)
      colors.append(RGB(level, level, level))
    }
    return colors
  }()

  /// The colours of `depth` that do not depend on the user's theme where there are enough of them;
  /// empty for true colour and none.
  static func candidates(for depth: ColorDepth) -> [UInt8] {
    switch depth {
    case .indexed256: Array(16...255)
    case .ansi16: Array(0...15)
    case .ansi8: Array(0...7)
    case .trueColor, .none: []
    }
  }
}
