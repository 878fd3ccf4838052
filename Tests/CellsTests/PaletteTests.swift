import Testing

@testable import Cells

@Suite("Palettes")
struct PaletteTests {
  static let all: [(Colormap, ColorDepth)] = Colormap.allCases.flatMap { map in
    ColorDepth.allCases.map { (map, $0) }
  }
  static let colored = all.filter { $0.1 != .none }

  private func rgb(_ color: Color) -> RGB? {
    switch color {
    case .standard: nil
    case .indexed(let index): TerminalColors.xterm256[Int(index)]
    case .rgb(let rgb): rgb
    }
  }

  private func lightness(_ palette: Palette) throws -> [Double] {
    try (0..<palette.count).map { bin in
      CIELAB(try #require(rgb(palette.color(ofBin: bin)))).lightness
    }
  }

  @Test(arguments: Colormap.allCases, [ColorDepth.indexed256, .ansi16, .ansi8])
  func lightnessRisesAndFallsAsTheMapsDoes(map: Colormap, depth: ColorDepth) throws {
    let lightness = try lightness(Palette(map, depth: depth))
    let peak = try #require(lightness.indices.max { lightness[$0] < lightness[$1] })
    if map == .spectral || map.isDiverging {
      #expect(peak > 0 && peak < lightness.count - 1)
    } else {
      #expect(peak == lightness.count - 1)
    }
    for bin in 1..<lightness.count {
      let rise = lightness[bin] - lightness[bin - 1]
      #expect(bin <= peak ? rise > 0 : rise < 0, "bins \(bin - 1) and \(bin)")
    }
  }

  @Test(arguments: colored)
  func everyColorIsDistinct(map: Colormap, depth: ColorDepth) {
    let palette = Palette(map, depth: depth)
    var colors = (0..<palette.count).map { palette.color(ofBin: $0) }
    if depth != .trueColor { #expect(Set(colors).count == palette.count) }
    for bin in 1..<palette.count { #expect(colors[bin] != colors[bin - 1]) }
    colors += [palette.missing, palette.negative, palette.marker]
    #expect(Set(colors.suffix(3)).count == 3)
    #expect(Set(colors.suffix(3)).isDisjoint(with: colors.dropLast(3)))
  }

  @Test func binCounts() {
    for map in Colormap.allCases {
      #expect(Palette(map, depth: .trueColor).count == 64)
      #expect(Palette(map, depth: .indexed256).count >= (map == .grey ? 26 : 11))
      #expect(Palette(map, depth: .ansi16).count >= 4)
      #expect(Palette(map, depth: .ansi8).count >= 4)
      #expect(Palette(map, depth: .none).count == 5)
      #expect(Palette(map, depth: .none, unicode: false).count == 10)
    }
  }

  @Test(arguments: all)
  func binsCoverEveryPositionOnce(map: Colormap, depth: ColorDepth) {
    let palette = Palette(map, depth: depth)
    var end = 0.0
    for bin in 0..<palette.count {
      let positions = palette.positions(ofBin: bin)
      #expect(positions.lowerBound == end)
      #expect(palette.bin(at: positions.lowerBound) == bin)
      #expect(palette.bin(at: positions.upperBound.nextDown) == bin)
      end = positions.upperBound
    }
    #expect(end == 1)
    #expect(palette.bin(at: -1) == 0)
    #expect(palette.bin(at: 1) == palette.count - 1)
    #expect(palette.bin(at: 9) == palette.count - 1)
    #expect(palette.bin(at: .nan) == 0)
  }

  @Test func binsOf256ColorsStayNearTheMap() throws {
    for map in Colormap.allCases {
      let palette = Palette(map, depth: .indexed256)
      var sum = 0.0
      for (sample, color) in map.samples.enumerated() {
        let bin = palette.bin(at: (Double(sample) + 0.5) / 256)
        let drawn = try #require(rgb(palette.color(ofBin: bin)))
        sum += CIELAB(drawn).distance(to: CIELAB(color))
      }
      #expect(sum / 256 < (map == .grey ? 1.5 : 13), "\(map)")
    }
  }

  @Test func themesDoNotChange256Colors() {
    for map in Colormap.allCases {
      let palette = Palette(map, depth: .indexed256)
      for bin in 0..<palette.count {
        guard case .indexed(let index) = palette.color(ofBin: bin) else {
          Issue.record("not an index")
          continue
        }
        #expect(index >= 16)
      }
    }
  }

  @Test func eightColorsOfADifference() {
    let palette = Palette(.diverging, depth: .ansi8)
    let colors = (0..<palette.count).map { palette.color(ofBin: $0) }
    // Blue, cyan, white, yellow, red.
    #expect(colors == [.indexed(4), .indexed(6), .indexed(7), .indexed(3), .indexed(1)])
  }

  @Test func shadesFillFromLowToHigh() {
    let palette = Palette(.magma, depth: .none)
    let ascii = Palette(.magma, depth: .none, unicode: false)
    let glyphs = (0..<palette.count).map { Character(palette.shade(ofBin: $0, unicode: true)) }
    let plain = (0..<ascii.count).map { Character(ascii.shade(ofBin: $0, unicode: false)) }
    #expect(String(glyphs) == " ░▒▓█")
    #expect(String(plain) == " .:-=+*#%@")
    #expect(palette.color(ofBin: 0) == .standard)
    #expect(palette.missing == .standard)
    #expect(!String(glyphs + plain).unicodeScalars.contains(Palette.missingShade))
    #expect(!String(glyphs + plain).unicodeScalars.contains(Palette.negativeShade))
  }

  @Test func binsOutsideAreTheEnds() {
    let palette = Palette(.viridis, depth: .indexed256)
    #expect(palette.color(ofBin: -1) == palette.color(ofBin: 0))
    #expect(palette.color(ofBin: 999) == palette.color(ofBin: palette.count - 1))
  }
}
