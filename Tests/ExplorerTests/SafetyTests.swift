import Cells
import Core
import Testing

@testable import Explorer

@Suite("What may reach the terminal")
struct SafetyTests {
  /// Every screen that a tour of all commands and odd results meets.
  private static func tour(depth: ColorDepth, unicode: Bool, _ visit: (Scene) -> Void) {
    var scene = Scene(Sample.oddities(), 100, 30, depth: depth, unicode: unicode)
    for keys in ["2 + +", "3 s", "?", "Esc :", "Esc p", "Esc i", "Esc f", "Esc / a", "Esc 2 t o"] {
      for _ in 0..<Sample.oddities().count {
        scene.press("Esc ] \(keys)")
        visit(scene)
      }
    }
  }

  @Test("a terminal without colours is sent none")
  func noColours() {
    Self.tour(depth: .none, unicode: true) { scene in
      let colours = scene.buffer.cells.filter {
        $0.style.foreground != .standard || $0.style.background != .standard
      }
      #expect(colours.isEmpty)
    }
  }

  @Test(
    "a terminal is sent only colours that it has",
    arguments: [ColorDepth.ansi8, .ansi16, .indexed256])
  func depths(depth: ColorDepth) {
    Self.tour(depth: depth, unicode: true) { #expect(breaches(of: $0.state) == []) }
  }

  @Test("a terminal without Unicode is sent ASCII", arguments: [ColorDepth.none, .trueColor])
  func ascii(depth: ColorDepth) {
    Self.tour(depth: depth, unicode: false) { scene in
      let isASCII = scene.buffer.cells.allSatisfy { $0.glyph < 0x7F }
      #expect(isASCII)
    }
  }

  @Test("control characters in a name steer nothing, even where a reader let them through")
  func controls() {
    let nasty = ["\u{1B}[2J", "a\nb", "\u{202E}abc", "\u{7}\u{9B}31m"]
    let result = Sample.layers(
      4, 4, "\u{1B}]0;title\u{7}", "B\r", path: "x/\u{1B}c.pkl", rowNames: nasty,
      columnNames: nasty,
      warnings: ["\u{1B}[31m"]
    ) { _, _ in 1 }
    var scene = Scene([result], 90, 30)
    for keys in ["2", "y", "i", "Esc p", "Esc /", "Esc a"] {
      scene.press(keys)
      #expect(breaches(of: scene.state) == [])
    }
  }
}
