/// A colour map of matplotlib's, sampled at 256 points.
public enum Colormap: String, Sendable, CaseIterable {
  case magma
  case spectral = "Spectral_r"
  case viridis
  case cividis
  /// From black to white, the sample's number being its level.
  case grey
  case diverging = "RdBu_r"

  /// Number of colours in every map.
  public static let sampleCount = 256

  /// The colour of `t` in 0…1, as `imshow` picks it: `int(t * 256)`, at most 255.
  /// Values outside are clamped; NaN is drawn as 0, so ask `ColorScale.ink` first.
  public func color(at t: Double) -> RGB { samples[Self.index(of: t)] }

  /// The map's 256 colours, from its low end.
  public var samples: [RGB] {
    switch self {
    case .magma: Self.magmaSamples
    case .spectral: Self.spectralSamples
    case .viridis: Self.viridisSamples
    case .cividis: Self.cividisSamples
    case .grey: Self.greySamples
    case .diverging: Self.divergingSamples
    }
  }

  /// Which of the 256 samples the position `t` takes.
  @inlinable
  public static func index(of t: Double) -> Int {
    // Both comparisons are false for NaN, whose conversion to Int would trap.
    guard t > 0 else { return 0 }
    return t < 1 ? Int(t * 256) : 255
  }

  /// Whether the map has a neutral middle, so that it says where 0 is when centred on it.
  @inlinable
  public var isDiverging: Bool { self == .diverging }

  /// The map that a person means by `name`, whatever the case: matplotlib's names, with or without
  /// `_r` where only the reversed map is offered, and what people call them.
  public init?(name: String) {
    switch name.lowercased() {
    case "magma": self = .magma
    case "spectral", "spectral_r": self = .spectral
    case "viridis": self = .viridis
    case "cividis": self = .cividis
    case "grey", "gray", "greys", "grays", "greyscale", "grayscale": self = .grey
    case "rdbu", "rdbu_r", "diverging", "difference": self = .diverging
    default: return nil
    }
  }

  /// The map after this one; the last is followed by the first.
  public var next: Colormap {
    let all = Self.allCases
    let here = all.firstIndex(of: self) ?? 0
    return all[(here + 1) % all.count]
  }
}

extension Colormap {
  private static let magmaSamples = decode(ColormapTables.magma)
  private static let spectralSamples = decode(ColormapTables.spectral)
  private static let viridisSamples = decode(ColormapTables.viridis)
  private static let cividisSamples = decode(ColormapTables.cividis)
  private static let divergingSamples = decode(ColormapTables.diverging)
  private static let greySamples = (0..<sampleCount).map { RGB(UInt8($0), UInt8($0), UInt8($0)) }

  /// Six hexadecimal digits a colour; line ends are passed over.
  private static func decode(_ table: String) -> [RGB] {
    let digits = table.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
    precondition(digits.count == sampleCount * 6, "a colour map has 256 colours")
    return (0..<sampleCount).map { index in
      let channel = { (at: Int) in UInt8(digits[6 * index + at] * 16 + digits[6 * index + at + 1]) }
      return RGB(channel(0), channel(2), channel(4))
    }
  }
}
