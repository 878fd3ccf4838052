import Testing

@testable import Cells

@Suite("Colour maps")
struct ColormapTests {
  /// Printed by `matplotlib.colormaps[name](index, bytes=True)`.
  @Test(arguments: [
    (Colormap.magma, [RGB(0, 0, 3), RGB(80, 18, 123), RGB(182, 54, 121), RGB(251, 252, 191)]),
    (.spectral, [RGB(94, 79, 162), RGB(137, 207, 164), RGB(254, 254, 189), RGB(158, 1, 66)]),
    (.viridis, [RGB(68, 1, 84), RGB(58, 82, 139), RGB(32, 144, 140), RGB(253, 231, 36)]),
    (.cividis, [RGB(0, 34, 77), RGB(67, 78, 107), RGB(124, 123, 120), RGB(253, 231, 55)]),
    (.grey, [RGB(0, 0, 0), RGB(64, 64, 64), RGB(128, 128, 128), RGB(255, 255, 255)]),
    (.diverging, [RGB(5, 48, 97), RGB(107, 172, 208), RGB(247, 246, 246), RGB(103, 0, 31)]),
  ])
  func matplotlibColors(map: Colormap, expected: [RGB]) {
    #expect([0, 64, 128, 255].map { map.samples[$0] } == expected)
    #expect([0, 0.25, 0.5, 1].map { map.color(at: $0) } == expected)
  }

  /// FNV-1a of matplotlib's 768 bytes: no digit of the tables may change.
  @Test(arguments: [
    (Colormap.magma, UInt64(0x31dd_e46d_7e81_9339)), (.spectral, 0xe35b_0dc8_148e_c129),
    (.viridis, 0x90c6_ad65_c23a_4182), (.cividis, 0x4ba4_0aeb_8cf0_b6c5),
    (.diverging, 0xce15_8ba0_67f6_87e9),
  ])
  func everyByteIsMatplotlibs(map: Colormap, checksum: UInt64) {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in map.samples.flatMap({ [$0.red, $0.green, $0.blue] }) {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    #expect(hash == checksum)
  }

  /// matplotlib's own `gray` is one level too dark in 24 places, where a product is cut off; ours
  /// is not.
  @Test func greyIsLinear() {
    #expect(Colormap.grey.samples.map { Int($0.red) } == Array(0...255))
    #expect(Colormap.grey.samples.allSatisfy { $0.red == $0.green && $0.green == $0.blue })
  }

  @Test func indexingIsMatplotlibs() {
    #expect(Colormap.index(of: 0.999) == 255)
    #expect(Colormap.index(of: 255.0 / 256) == 255)
    #expect(Colormap.index(of: (255.0 / 256).nextDown) == 254)
    #expect(Colormap.index(of: -3) == 0)
    #expect(Colormap.index(of: 7) == 255)
    #expect(Colormap.index(of: .nan) == 0)
    #expect(Colormap.index(of: .infinity) == 255)
  }

  @Test(arguments: Colormap.allCases)
  func whatIsNoValueLooksLikeNone(map: Colormap) {
    let colors = map.samples.map { CIELAB($0) }
    let marks = [map.missingColor, map.negativeColor, map.markerColor].map { CIELAB($0) }
    for mark in marks {
      #expect((colors.map { $0.distance(to: mark) }.min() ?? 0) >= 20)
    }
    for (first, second) in [(0, 1), (0, 2), (1, 2)] {
      #expect(marks[first].distance(to: marks[second]) >= 40)
    }
  }

  @Test func namesPeopleType() {
    for map in Colormap.allCases { #expect(Colormap(name: map.rawValue.uppercased()) == map) }
    #expect(Colormap(name: "Gray") == .grey)
    #expect(Colormap(name: "spectral") == .spectral)
    #expect(Colormap(name: "RdBu") == .diverging)
    #expect(Colormap(name: "diverging") == .diverging)
    #expect(Colormap(name: "jet") == nil)
  }

  @Test func nextVisitsEveryMapOnce() {
    var seen: [Colormap] = []
    var map = Colormap.magma
    repeat {
      seen.append(map)
      map = map.next
    } while map != .magma
    #expect(seen == Colormap.allCases)
  }

  @Test func lightnessOfKnownColors() {
    #expect(abs(CIELAB(RGB(255, 255, 255)).lightness - 100) < 0.001)
    #expect(CIELAB(RGB(0, 0, 0)).lightness == 0)
    // CIELAB of sRGB red, as colour science tables have it.
    let red = CIELAB(RGB(255, 0, 0))
    #expect(abs(red.lightness - 53.24) < 0.01)
    #expect(abs(red.a - 80.09) < 0.01)
    #expect(abs(red.b - 67.20) < 0.01)
  }
}
