import Cells
import Core
import Testing

@testable import Explorer

@Suite("Whole screens")
struct ScreenTests {
  @Test("a screen that is too small says what is needed")
  func tooSmall() {
    #expect(
      Scene([Sample.pair()], 20, 5).screen == """

        20 by 5 is too small
         cka needs 40 by 12
        make it larger, or …

        """)
    var scene = Scene([Sample.pair()], 20, 5)
    scene.press("q")
    #expect(scene.asked.last == .quit)
  }

  /// Four layers; value (i, j) is i j / 9.
  private static func product(depth: ColorDepth) -> Scene {
    let names = ["conv1", "layer1", "layer2", "fc"]
    return Scene(
      [
        Sample.layers(4, 4, rowNames: names, columnNames: names) { Double($0 * $1) / 9 }
      ], 40, 12, depth: depth)
  }

  @Test("the smallest screen shows one pane at a time")
  func smallest() {
    var scene = Self.product(depth: .ansi8)
    #expect(
      scene.screen == """
        ╭─ results ────────────────────── 1/1 ─╮
        │runs                                  │
        │▸ A × B                            4×4│
        │                                      │
        │                                      │
        │                                      │
        │                                      │
        │                                      │
        │                                      │
        ╰──────────────────────────────────────╯
         0.4444444444444444  │ layer2 × layer2
         ? help  q quit  [ ] next  p grid
        """)
    scene.press("Enter")
    #expect(
      scene.screen == """
        ╭─ ↑ A ──────────────────────── 4 × 4 ─╮
        │       fc                             │
        │   layer2▸            ▀▀▀▀▀▀▀▀▀▀▀▀    │
        │                       ▀▀▀            │
        │   layer1                             │
        │    conv1             ▀▀▀▀▀▀▀▀▀▀▀▀    │
        │                                      │
        │                       ▴              │
        │          conv1 layer1      fc        │
        ╰──────────────────────────────── B → ─╯
         0.4444444444444444  │ layer2 × layer2
         ? help  q quit  [ ] next  p grid
        """)
  }

  @Test("pixels have the colours of their values, row 0 at the bottom, the crosshair in the middle")
  func pixels() {
    var scene = Self.product(depth: .ansi8)
    scene.press("Enter")
    // Black, blue, magenta, yellow, white for five equal parts of 0…1; red is the crosshair.
    #expect(
      scene.pixels(in: scene.heat) == """
        000000444444333333777777
        000000444444333333777777
        000000444444333333777777
        000000444444511155333333
        000000444444511155333333
        000000444444555555333333
        000000000000444444444444
        000000000000444444444444
        000000000000444444444444
        000000000000000000000000
        000000000000000000000000
        000000000000000000000000
        """)
    scene.press("o")
    #expect(scene.pixels(in: scene.heat).hasPrefix("000000000000000000000000\n"))
    #expect(scene.pixels(in: scene.heat).hasSuffix("777777"))
  }

  @Test("frames, the list's cursor and keys have their own styles")
  func styles() {
    let scene = Self.product(depth: .ansi8)
    let theme = Theme(scene.state.terminal)
    #expect(
      scene.styles([
        ".": .plain, "F": theme.focusedFrame, "s": theme.selection, "f": theme.faint,
        "a": theme.accent, "b": theme.strong,
      ]) == """
        FFaaaaaaaaaFFFFFFFFFFFFFFFFFFFFFFfffffFF
        Fffff..................................F
        FssssssssssssssssssssssssssssssssssssssF
        F......................................F
        F......................................F
        F......................................F
        F......................................F
        F......................................F
        F......................................F
        FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF
        .bbbbbbbbbbbbbbbbbbbfff.................
        .F.ffff..F.ffff..FFF.ffff..F.ffff.......
        """)
  }

  @Test("without colours and without Unicode everything is still told, in ASCII")
  func ascii() {
    var scene = Scene(Sample.folder(), depth: .none, unicode: false)
    scene.press("Enter")
    #expect(
      scene.screen == """
        +- results ---- 2/6 -++- ^ A - CIFAR10 ------------------------------- 7 x 14 -+
        |other               ||                                                        |
        |  D x E        n 399||                                                        |
        |runs                ||   layer1.0.bn2 ..::::--==++++**####%%@@@@@@  @@ 1      |
        |> A x B         7x14||                ..::::--==++++**####%%@@@@@@  %%        |
        |  A x C          7x7|| layer1.0.conv2 ::--==++++**####%%@@@@@@%%##  %%        |
        |  B x A         14x7||                ::--==++++**####%%@@@@@@%%##  ##        |
        |  B x C         14x7||   layer1.0.bn1 ==++++**####%%@@@@@@%%####**  **        |
        |  B x C        n 400||                ==++++**####%%@@@@@@%%####**  **        |
        |                    || layer1.0.conv1>++**####%%@@@@X@%%####**++++  ++ 0.5    |
        |                    ||                ++**####%%@@@@@@%%####**++++  ==        |
        |                    ||           relu ####%%@@@@@@%%####**++++==--  --        |
        |                    ||                ####%%@@@@@@%%####**++++==--  --        |
        |                    ||            bn1 %%@@@@@@%%####**++++==--::::  ::        |
        |                    ||                %%@@@@@@%%####**++++==--::::  ..        |
        |                    ||          conv1 @@@@%%####**++++==--::::..    ..        |
        |                    ||                @@@@%%####**++++==--::::..       0      |
        |                    ||                              ^                         |
        |                    ||                conv1 layer1.0.conv1    avgpool         |
        |                    ||                                                        |
        |                    ||                                                        |
        +--------------------++---------------------------------------- B - CIFAR10 > -+
         0.9285714285714286  | row 4/7  column  8/14 | layer1.0.conv1 x layer2.0.conv1
         ? help  q quit  [ ] next  p grid  Tab pane  / find  + zoom  c colours  d diff
        """)
  }

  @Test("a folder without results says so, and a folder still being read does not")
  func empty() {
    var scene = Scene([], 72, 14, depth: .none)
    #expect(scene.screen.contains("looking for results…"))
    scene.finishWalk()
    #expect(
      scene.screen == """
        ╭─ results ──────────╮╭─ layers ───────────────────────────────────────╮
        │ none               ││                                                │
        │                    ││      no results here                           │
        │                    ││                                                │
        │                    ││      S  start a comparison, open a recipe      │
        │                    ││      W  jobs at work and done                  │
        │                    ││      R  look again                             │
        │                    ││      ?  all keys                               │
        │                    ││      q  leave; `cka FOLDER` opens another      │
        │                    ││                                                │
        │                    ││                                                │
        ╰────────────────────╯╰────────────────────────────────────────────────╯

         no results here: name a file or folder with saved CKA results
        """)
  }

  @Test("scores stand beside layers on a wide screen, below them on a tall one, else on Tab")
  func panes() {
    let results = [Sample.pair(), Sample.minibatches(400)]
    let wide = Scene(results, 200, 50).state
    #expect(Layout(wide).layers?.y == Layout(wide).minibatches?.y)
    let tall = Scene(results, 120, 40).state
    #expect(Layout(tall).layers?.bottom == Layout(tall).minibatches?.y)
    var small = Scene(results, 80, 24)
    #expect(small.screen.contains("ResNet18 · CIFAR10"))
    small.press("Tab Tab")
    #expect(small.screen.contains("sorted  20 × 20"))
    #expect(Layout(small.state).layers == nil)
  }

  @Test(
    "every odd result keeps to the rules at every size and depth",
    arguments: [(40, 12), (72, 16), (80, 24), (200, 50)], ColorDepth.allCases)
  func rules(size: (Int, Int), depth: ColorDepth) {
    for unicode in [true, false] {
      var scene = Scene(Sample.oddities(), size.0, size.1, depth: depth, unicode: unicode)
      for _ in Sample.oddities() {
        scene.press("]")
        #expect(breaches(of: scene.state) == [])
      }
    }
  }
}
