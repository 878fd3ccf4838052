import Cells
import Core
import Similarity
import Testing

@testable import Explorer

@Suite("Curves")
struct CurvesTests {
  private static func scene(
    _ width: Int = 120, _ height: Int = 40, depth: ColorDepth = .trueColor, unicode: Bool = true
  ) throws -> Scene {
    var scene = Scene([try Sample.capacity()], width, height, depth: depth, unicode: unicode)
    scene.press("Enter")
    return scene
  }

  @Test("the list marks curves, and finds them by a series' name")
  func list() throws {
    var scene = Scene([Sample.pair(path: "runs/a.pkl"), try Sample.capacity()], 120, 40)
    #expect(scene.screen.contains("Capacity gap"))
    #expect(scene.line(3).contains("╱╲ 2"))
    scene.press("/")
    scene.type("dpk")
    scene.press("Enter")
    #expect(scene.state.shown?.id == ResultID(path: "runs/capacity.json"))
  }

  @Test("the smallest screen")
  func smallest() throws {
    #expect(
      try Self.scene(40, 12).screen == """
        ╭─ Capacity gap ───────────────────────╮
        │ ↑ accuracy (%)                       │
        │    │ ┊        ⢤⠄                  ■⠂ │
        │ 97 ┤ ⢀⣀   ⣀⡠⠔⠒●⠋⠒⠒⠢⠤⢄⣀⣀⠐⡖         ⠉⠁ │
        │ 96 ┤⠈●■⠔⠊⠉             ⢉●            │
        │    │⠠⠷⠓                              │
        │    └─▴─────────┬────────┬─────────┬─ │
        │      4         6        8        10  │
        │ ▸● KD   ■ DPK                        │
        ╰──────────────────── teacher depth → ─╯
         4: KD 96 ± 0.5 (n = 5) │ DPK 96.25 ± …
         ? help  q quit  [ ] next  Tab pane
        """)
  }

  @Test("without colours and without Unicode, marks tell the series apart")
  func ascii() throws {
    #expect(
      try Self.scene(72, 16, depth: .none, unicode: false).screen == """
        +- results ---- 1/1 -++- Capacity gap ---------------------------------+
        |runs                || ^ accuracy (%)                                 |
        |> Capacity gap  /\\ 2||    |  :                                    |   |
        |                    ||    |  :          |                         x   |
        |                    || 97 +  :       ...o......      |            |   |
        |                    ||    | || ......          ......o                |
        |                    || 96 + ox.                      |                |
        |                    ||    | ||                                        |
        |                    ||    | |:                                        |
        |                    ||    +--^-----------+------------+-----------+-- |
        |                    ||       4           6            8          10   |
        |                    || >o KD   x DPK                                  |
        |                    || Bars: +-1 standard deviation. Five seeds.      |
        +--------------------++------------------------------ teacher depth > -+
         teacher depth 4: KD 96 +- 0.5 (n = 5) | x 1/4 | DPK 96.25 +- 0.5 (n =~
         ? help  q quit  [ ] next  Tab pane  Space series  O only  z y range
        """)
  }

  @Test("each series has a colour of its own, at every depth", arguments: ColorDepth.allCases)
  func colours(depth: ColorDepth) throws {
    let scene = try Self.scene(120, 40, depth: depth)
    let layout = try #require(scene.state.curveLayout)
    var colors: [UInt32: Set<Color>] = [:]
    for y in layout.plot.y..<layout.plot.bottom {
      for x in layout.plot.x..<layout.plot.right {
        let cell = scene.buffer[x, y]
        if ["●", "■"].contains(Unicode.Scalar(cell.glyph)) {
          colors[cell.glyph, default: []].insert(cell.style.foreground)
        }
      }
    }
    #expect(colors.count == 2 && colors.values.allSatisfy { $0.count == 1 })
    #expect(Set(colors.values).count == (depth == .none ? 1 : 2))
    #expect(breaches(of: scene.state).isEmpty)
  }

  @Test("the cursor reads the values of all series at its x")
  func readout() throws {
    var scene = try Self.scene()
    #expect(
      scene.readout.contains("teacher depth 4: KD 96 ± 0.5 (n = 5)")
        && scene.readout.contains("DPK 96.25 ± 0.5 (n = 5)"))
    scene.press("l")
    #expect(scene.readout.contains("teacher depth 6: KD 97.25 ± 0.25 (n = 5)"))
    #expect(scene.readout.contains("DPK NaN"))
    scene.press("j $")
    #expect(scene.readout.contains("teacher depth 10: DPK 97.5 ± 0.25 (n = 5)"))
    #expect(scene.readout.contains("x 4/4") && scene.readout.contains("KD –"))
    scene.press("y")
    #expect(scene.asked.last == .copy("teacher depth 10: DPK 97.5 ± 0.25 (n = 5); KD –"))
    scene.press("0 k")
    #expect(scene.readout.contains("teacher depth 4: KD"))
    // The legend beside the plot has them too.
    #expect(scene.screen.contains("teacher depth = 4") && scene.screen.contains("96 ± 0.5  n = 5"))
  }

  @Test("series are hidden, shown alone, and shown again")
  func series() throws {
    var scene = try Self.scene()
    scene.press("Space")
    #expect(scene.state.settings.curves.hidden == ["KD"] && scene.line(0).contains("1 hidden"))
    #expect(scene.footer.contains("KD hidden"))
    let layout = try #require(scene.state.curveLayout)
    #expect(!scene.text(in: layout.plot).contains("●") && scene.text(in: layout.plot).contains("■"))
    scene.press("O")
    #expect(scene.state.settings.curves.hidden == ["DPK"])
    scene.press("O")
    #expect(scene.state.settings.curves.hidden.isEmpty)
    scene.press("Space j Space")
    #expect(scene.screen.contains("every series is hidden"))
  }

  @Test("what is hidden in one figure does not empty the next")
  func carried() throws {
    let figures = try ["a", "b"].map { name in
      try Curves(
        id: ResultID(path: "runs/\(name).csv"), format: "CSV",
        series: [Curves.Series(name: "", x: [1, 2], mean: [3, 4])])
    }
    var scene = Scene(figures, 120, 40)
    scene.press("Enter Space")
    #expect(scene.screen.contains("every series is hidden"))
    var state = scene.state
    state.carryHidden(to: Opened(.curves(figures[1])))
    #expect(state.settings.curves.hidden.isEmpty)
  }

  @Test("a narrow readout is rounded before it is cut, and a cut is marked")
  func narrow() throws {
    for (name, text) in [
      ("KD", "1: KD 97.12 ± 0.12"), (String(repeating: "n", count: 50), "1: nnn"),
    ] {
      let curves = try Curves(
        id: ResultID(path: "runs/a.csv"), format: "CSV", errorBar: .deviation,
        series: [
          Curves.Series(
            name: name, x: [1, 2], mean: [97.123456789012, 1], halfLengths: [0.12345678901234, 1])
        ])
      var scene = Scene([curves], 40, 12)
      scene.press("Enter")
      #expect(scene.readout.contains(text), "\(scene.readout)")
      #expect(scene.readout.contains("…") == (name.count > 30), "\(scene.readout)")
    }
  }

  @Test("y is drawn around the data, or from 0")
  func range() throws {
    var scene = try Self.scene()
    let before = try #require(scene.state.curveTile?.frame)
    #expect(before.y.lowerBound > 95)
    scene.press("z")
    #expect(scene.state.curveTile?.frame.y.lowerBound == 0 && scene.line(0).contains("y from 0"))
    scene.press("z")
    #expect(scene.state.curveTile?.frame == before)
  }

  @Test("a click puts the cursor on the nearest x")
  func click() throws {
    var scene = try Self.scene()
    let layout = try #require(scene.state.curveLayout)
    scene.mouse(.press, layout.plot.right - 2, layout.plot.y + 3)
    #expect(scene.state.curveX == 10)
    scene.mouse(.press, layout.plot.x + 1, layout.plot.y + 3)
    #expect(scene.state.curveX == 4)
  }

  @Test("Enter fills the screen, and Esc gives it back")
  func maximise() throws {
    var scene = try Self.scene()
    scene.press("Enter")
    #expect(Layout(scene.state).curves == Rect(x: 0, y: 0, width: 120, height: 38))
    scene.press("Esc")
    #expect(Layout(scene.state).results != nil)
  }

  @Test("e exports what is on the screen")
  func export() throws {
    var scene = try Self.scene()
    scene.press("Space z e")
    var settings = ViewSettings()
    settings.curves.fromZero = true
    settings.curves.hidden = ["KD"]
    let id = ResultID(path: "runs/capacity.json")
    #expect(scene.asked.last == .export([ExportRequest(view: .curves, id: id, settings: settings)]))
  }

  @Test("heatmaps and curves go back and forth")
  func blink() throws {
    var scene = Scene([Sample.pair(path: "runs/a.pkl"), try Sample.capacity()], 120, 40)
    scene.press("j")
    #expect(scene.state.openCurves != nil && scene.state.primary == nil)
    #expect(scene.state.openPanes == [.curves] && scene.state.layerResult == nil)
    scene.press("2")
    #expect(scene.footer == " curves have no layers to go to")
    scene.press("'")
    #expect(scene.pair == "ResNet18 × ResNet34" && scene.state.openCurves == nil)
    scene.press("' 5 '")
    // The pane that had the keys is gone: the picture in its place has them.
    #expect(scene.state.focus == .layers)
    scene.press("' ]")
    #expect(scene.pair == "ResNet18 × ResNet34")
  }

  @Test("what concerns layers says so, and changes nothing")
  func strangers() throws {
    var scene = try Self.scene()
    let settings = scene.state.settings
    for key in ["c", "r", "v", "f", "/", "n", "o", "t", "P", "d", "B", "F", "s", "p", "x"] {
      scene.press(key)
      #expect(scene.footer.hasPrefix(" curves have no "), "\(key): \(scene.footer)")
    }
    scene.press("d")
    #expect(scene.footer == " curves have no layers to subtract")
    scene.press("F")
    #expect(scene.footer == " curves have no layers to freeze")
    #expect(scene.state.settings == settings && scene.state.overlay == nil)
  }

  @Test("information about curves names axes, error bars and series")
  func information() throws {
    var scene = try Self.scene()
    scene.press("i")
    for text in [
      "runs/capacity.json", "x teacher depth", "y accuracy (%)",
      "error bars: ±1 standard deviation",
      "KD: 3 points, x 4 to 8, y 95.5 to 97.5", "Five seeds.",
    ] { #expect(scene.screen.contains(text), "\(text)") }
  }

  @Test("the cursor and the hidden series are kept for next time")
  func saved() throws {
    var before = try Self.scene()
    before.press("l j Space z")
    let saved = try #require(before.state.savedView)
    var after = Scene([], 120, 40)
    after.change { $0.restore(saved) }
    after.find([try Sample.capacity()])
    after.finishWalk()
    before.press("Esc")
    after.press("Esc")
    #expect(after.screen == before.screen)
  }

  @Test("a file that was read again is drawn anew")
  func reread() throws {
    var scene = try Self.scene()
    let before = scene.screen
    let other = try Curves(
      id: ResultID(path: "runs/capacity.json"), format: "JSON", title: "Capacity gap",
      series: [Curves.Series(name: "KD", x: [4, 6], mean: [10, 20])])
    scene.disk[other.id] = other
    scene.press("R")
    #expect(scene.screen != before && scene.screen.contains("20"))
    #expect(breaches(of: scene.state).isEmpty)
  }

  @Test("a printed picture has no cursor and no values")
  func printed() throws {
    let traits = TerminalTraits(size: Size(width: 80, height: 22), depth: .none)
    let text = picture(
      of: Opened(.curves(try Sample.capacity())), settings: ViewSettings(), on: traits
    ).text
    #expect(text.contains("Capacity gap") && text.contains("● KD") && text.contains("Five seeds."))
    #expect(!text.contains("▸") && !text.contains("┊") && !text.contains("n = 5"))
  }

  @Test("no odd curve breaks a screen", arguments: Sample.oddCurves().indices)
  func oddities(index: Int) {
    for (width, height) in [(120, 40), (80, 24), (72, 12), (40, 12), (200, 60)] {
      for (depth, unicode) in [(ColorDepth.trueColor, true), (.ansi8, false), (.none, true)] {
        var scene = Scene(
          [Sample.oddCurves()[index]], width, height, depth: depth, unicode: unicode)
        for keys in ["Enter", "l", "j", "z", "Space", "L", "Enter", "i"] {
          scene.press(keys)
          #expect(breaches(of: scene.state).isEmpty, "\(width)×\(height), \(keys)")
        }
      }
    }
  }
}
