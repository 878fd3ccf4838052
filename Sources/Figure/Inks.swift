import Cells

/// A colour as Cairo keeps it, 0xAARRGGBB; 0 is fully transparent and stands for "no cell".
typealias PackedColor = UInt32

extension RGB {
  var packed: PackedColor {
    0xFF00_0000 | UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue)
  }

  init(packed: PackedColor) {
    self.init(
      UInt8(truncatingIfNeeded: packed >> 16), UInt8(truncatingIfNeeded: packed >> 8),
      UInt8(truncatingIfNeeded: packed))
  }

  static let white = RGB(255, 255, 255)
  static let black = RGB(0, 0, 0)
}

/// Colours of values, and which kinds of ink have been used: the legend names those and no others.
struct Inks {
  private let scale: ColorScale
  private let colors: [PackedColor]
  private let missing, negative: PackedColor

  /// Kinds of value met so far.
  private(set) var sawNaN = false
  private(set) var sawInfinity = false
  private(set) var sawNegative = false
  private(set) var sawBelow = false
  private(set) var sawAbove = false
  private(set) var sawEmpty = false

  init(_ scale: ColorScale) {
    self.scale = scale
    colors = scale.map.samples.map(\.packed)
    missing = scale.map.missingColor.packed
    negative = scale.map.negativeColor.packed
  }

  /// The colour of a value that exists.
  mutating func color(of value: Double) -> PackedColor {
    switch scale.ink(of: value) {
    case .missing:
      if value.isNaN { sawNaN = true } else { sawInfinity = true }
      return missing
    case .negative:
      sawNegative = true
      return negative
    case .position(let position):
      if value < scale.low { sawBelow = true }
      if value > scale.high { sawAbove = true }
      return colors[Colormap.index(of: position)]
    }
  }

  /// Where there is no cell.
  mutating func emptyColor() -> PackedColor {
    sawEmpty = true
    return 0
  }
}
