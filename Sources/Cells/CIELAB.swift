import Glibc

/// A colour in CIE 1976 L*a*b* (white point D65), where distances are about as large as they look.
struct CIELAB: Sendable, Equatable {
  /// Lightness 0…100; green to red; blue to yellow.
  var lightness, a, b: Double

  /// The colour of an sRGB triple (IEC 61966-2-1).
  init(_ color: RGB) {
    let red = Self.linear(color.red)
    let green = Self.linear(color.green)
    let blue = Self.linear(color.blue)
    let x = Self.response((0.412_456_4 * red + 0.357_576_1 * green + 0.180_437_5 * blue) / 0.950_47)
    let y = Self.response(0.212_672_9 * red + 0.715_152_2 * green + 0.072_175_0 * blue)
    let z = Self.response((0.019_333_9 * red + 0.119_192_0 * green + 0.950_304_1 * blue) / 1.088_83)
    lightness = 116 * y - 16
    a = 500 * (x - y)
    b = 200 * (y - z)
  }

  /// The colour difference ΔE*ab (CIE 1976).
  func distance(to other: CIELAB) -> Double {
    squaredDistance(to: other, lightnessWeight: 1).squareRoot()
  }

  /// ΔE² with the lightness term weighted.
  func squaredDistance(to other: CIELAB, lightnessWeight: Double) -> Double {
    let dl = lightness - other.lightness
    let da = a - other.a
    let db = b - other.b
    return lightnessWeight * dl * dl + da * da + db * db
  }

  private static func linear(_ channel: UInt8) -> Double {
    let value = Double(channel) / 255
    return value <= 0.040_45 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
  }

  private static func response(_ t: Double) -> Double {
    t > 216.0 / 24389 ? cbrt(t) : (24389.0 / 27 * t + 16) / 116
  }
}
