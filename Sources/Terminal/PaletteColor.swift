import Cells

/// Colours as numbers for ncurses, on terminals that have them and on those that must do with less.
enum PaletteColor {
  /// ncurses's number of `color`; -1 is the terminal's own.
  static func code(of color: Color, depth: ColorDepth) -> Int32 {
    switch (color, depth) {
    case (.standard, _), (_, .none): -1
    case (.rgb(let rgb), .trueColor):
      Int32(rgb.red) << 16 | Int32(rgb.green) << 8 | Int32(rgb.blue)
    case (.indexed(let index), .trueColor): XtermEntry.paletteFlag + Int32(index)
    case (.indexed(let index), .indexed256): Int32(index)
    case (.indexed(let index), _) where Int(index) < depth.colors: Int32(index)
    case (.indexed(let index), .ansi8) where index < 16: Int32(index) - 8
    case (.indexed(let index), _): nearestANSI(to: rgb(ofIndex: Int(index)), of: depth.colors)
    case (.rgb(let rgb), .indexed256): nearestIndex(to: rgb)
    case (.rgb(let rgb), _): nearestANSI(to: rgb, of: depth.colors)
    }
  }

  /// What xterm shows for a palette index: 16 ANSI colours, a 6 × 6 × 6 cube, 24 greys. People
  /// change the first 16, so these are their usual values.
  static func rgb(ofIndex index: Int) -> RGB {
    switch index {
    case 7: return RGB(229, 229, 229)
    case 8: return RGB(127, 127, 127)
    case 0..<16:
      let level: UInt8 = index < 8 ? 205 : 255
      return RGB(index & 1 > 0 ? level : 0, index & 2 > 0 ? level : 0, index & 4 > 0 ? level : 0)
    case 16..<232:
      let cube = index - 16
      return RGB(levels[cube / 36], levels[cube / 6 % 6], levels[cube % 6])
    default:
      let grey = UInt8(8 + 10 * (min(255, max(232, index)) - 232))
      return RGB(grey, grey, grey)
    }
  }

  private static let levels: [UInt8] = [0, 95, 135, 175, 215, 255]

  /// The better of the nearest colour of the cube and the nearest grey.
  private static func nearestIndex(to target: RGB) -> Int32 {
    func step(_ channel: UInt8) -> Int {
      channel < 48 ? 0 : channel < 115 ? 1 : (Int(channel) - 35) / 40
    }
    let cube = 16 + 36 * step(target.red) + 6 * step(target.green) + step(target.blue)
    let mean = (Int(target.red) + Int(target.green) + Int(target.blue)) / 3
    let grey = 232 + min(23, max(0, (mean - 3) / 10))
    return Int32(
      distance(rgb(ofIndex: grey), target) < distance(rgb(ofIndex: cube), target) ? grey : cube)
  }

  private static func nearestANSI(to target: RGB, of count: Int) -> Int32 {
    let candidates = (0..<count).map { (index: $0, far: distance(rgb(ofIndex: $0), target)) }
    return Int32(candidates.min { $0.far < $1.far }?.index ?? 0)
  }

  private static func distance(_ one: RGB, _ other: RGB) -> Int {
    let red = Int(one.red) - Int(other.red)
    let green = Int(one.green) - Int(other.green)
    let blue = Int(one.blue) - Int(other.blue)
    return red * red + green * green + blue * blue
  }
}
