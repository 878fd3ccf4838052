import Cells
import Testing

@testable import Terminal

@Suite struct PaletteColorTests {
  @Test(arguments: [
    (Color.standard, ColorDepth.trueColor, -1), (.standard, .ansi8, -1),
    (.rgb(RGB(1, 2, 3)), .trueColor, 0x010203),
    (.rgb(RGB(0, 0, 7)), .trueColor, 7), (.indexed(7), .trueColor, 0x100_0007),
    (.indexed(200), .indexed256, 200), (.indexed(9), .ansi16, 9), (.indexed(9), .ansi8, 1),
    (.rgb(RGB(0, 0, 0)), .indexed256, 16), (.rgb(RGB(255, 255, 255)), .indexed256, 231),
    (.rgb(RGB(128, 128, 128)), .indexed256, 244), (.rgb(RGB(255, 0, 0)), .ansi16, 9),
    (.indexed(196), .ansi8, 1), (.rgb(RGB(9, 9, 9)), .none, -1), (.indexed(3), .none, -1),
  ])
  func code(_ color: Color, _ depth: ColorDepth, _ expected: Int) {
    #expect(PaletteColor.code(of: color, depth: depth) == Int32(expected))
  }

  @Test func everyIndexBeyondTheFirst16IsItsOwnNearest() {
    for index in 16..<256 {
      let rgb = PaletteColor.rgb(ofIndex: index)
      let code = PaletteColor.code(of: .rgb(rgb), depth: .indexed256)
      #expect(PaletteColor.rgb(ofIndex: Int(code)) == rgb, "\(index)")
    }
  }
}
