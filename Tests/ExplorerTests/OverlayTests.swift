import Cells
import Core
import Testing

@testable import Explorer

@Suite("In front of the panes")
struct OverlayTests {
  @Test("pasted text goes into what is being typed, and nowhere else")
  func paste() {
    var scene = Scene([Sample.pair()], 120, 30)
    scene.send(.input(.paste("hello q")))
    #expect(scene.state.overlay == nil && scene.asked.last != .quit)
    #expect(scene.footer.hasPrefix(" pasted text goes where text is typed"))
    scene.press("2 /")
    scene.send(.input(.paste("layer2.0.conv2")))
    #expect(scene.names.contains("layer2.0.conv2"))
    scene.press("Esc ?")
    scene.send(.input(.paste("leave")))
    #expect(scene.screen.contains("leave") && !scene.screen.contains("zoom in"))
  }

  @Test("the help scrolls, searches and closes")
  func help() {
    var scene = Scene([Sample.pair()], 80, 24)
    scene.press("?")
    #expect(scene.screen.contains("Help") && scene.screen.contains("1–19 of"))
    scene.press("PgDn Down")
    #expect(scene.screen.contains("21–39 of"))
    scene.press("End")
    // At 80 columns no line of the help is broken, but for those with more keys than their column
    // holds.
    let lines = Reader(title: "Help", lines: Command.helpLines).rows(width: 76).count
    #expect(scene.screen.contains("\(lines - 18)–\(lines) of \(lines)"))
    scene.press("Home")
    scene.type("colour map")
    #expect(scene.screen.contains("next colour map") && !scene.screen.contains("one down"))
    scene.press("Esc")
    #expect(scene.state.overlay == nil)
    for key in ["q", "?", "Enter", "C-c", "F1"] {
      scene.press("F1 \(key)")
      #expect(scene.state.overlay == nil && scene.asked.last != .quit, "\(key)")
    }
  }

  @Test("the palette finds commands by words and by name, and runs the chosen one")
  func palette() {
    var scene = Scene([Sample.pair()], 80, 24)
    scene.press(":")
    scene.type("row top")
    #expect(scene.screen.contains("1 of \(Command.all.count)"))
    scene.press("Enter")
    #expect(scene.state.settings.originAtTop)
    scene.command("flip-origin")
    #expect(!scene.state.settings.originAtTop)
  }

  @Test("the palette narrowed down, as a whole screen")
  func paletteScreen() {
    var scene = Scene([], 60, 14, depth: .none)
    scene.press(":")
    scene.type("zoom")
    #expect(
      scene.screen == """
        ╭─ commands ───────────────────────────────────── 2 of \(Command.all.count) ─╮
        │ / zoom                                                   │
        │ zoom in on the crosshair                            +, = │
        │ zoom out                                               - │
        │                                                          │
        │                                                          │
        │                                                          │
        │                                                          │
        │                                                          │
        │                                                          │
        │                                                          │
        ╰──────────────────────────────────────────────────────────╯

         Enter chooses  Up Down move  Esc leaves
        """)
  }

  @Test("the list to choose from keeps its cursor on the screen")
  func scrolls() {
    var scene = Scene([Sample.pair()], 80, 14)
    scene.press(":")
    let selection = Theme(scene.state.terminal).selection
    for keys in [
      "Down Down Down", "PgDn PgDn PgDn PgDn", "PgDn PgDn PgDn PgDn", "PgDn", "Up", "PgUp",
    ] {
      scene.press(keys)
      #expect(scene.buffer.cells.contains { $0.style == selection }, "\(keys)")
    }
    scene.type("no such command")
    scene.press("Enter")
    #expect(scene.state.overlay == nil)
  }

  @Test("information about the result: file, models, values and warnings")
  func info() {
    let warned = Sample.layers(
      3, 4, "A", "B", dataset: "Dataset CIFAR10", warnings: ["2 values are NaN"]
    ) { $0 + $1 == 0 ? .nan : Double($0) - 1 }
    var scene = Scene([warned], 100, 40)
    scene.press("i")
    for line in [
      "runs/a.pkl", "pickle, protocol 4, float64", "A · CIFAR10, 3 layers", "3 × 4 layers",
      "minimum -1.0", "1 NaN, 0 infinite, 3 negative", "2 values are NaN",
    ] {
      #expect(scene.screen.contains(line), "\(line)")
    }
    var empty = Scene([], 100, 40)
    empty.press("i")
    #expect(empty.screen.contains("Nothing is open."))
    empty.press("Esc w")
    #expect(empty.screen.contains("Every file was read."))
  }

  @Test("a long line being typed scrolls, so that its cursor is always seen")
  func longPrompt() {
    var scene = Scene([Sample.pair()], 40, 12)
    scene.press("f")
    scene.type("!*.bn* !relu !downsample conv layer1")
    #expect(scene.footer.hasPrefix(" show layers: ") && scene.footer.hasSuffix("conv layer1"))
    #expect(cursor(scene.state).map { [$0.x, $0.y] } == [39, 11])
    scene.press("Home")
    #expect(scene.footer.hasPrefix(" show layers: !*.bn* !relu"))
    #expect(cursor(scene.state).map { [$0.x, $0.y] } == [14, 11])
  }

  @Test("the terminal's cursor stands behind wide letters, and only where one types")
  func wideCursor() {
    var scene = Scene([Sample.pair()], 60, 14)
    #expect(cursor(scene.state) == nil)
    scene.press("/")
    scene.type("層🦊a")
    #expect(cursor(scene.state).map { $0.x } == 1 + "search results: ".count + 5)
    scene.press("Left Left")
    #expect(cursor(scene.state).map { $0.x } == 1 + "search results: ".count + 2)
  }

  @Test("a window over wide names cuts none of them in half")
  func wideNames() {
    for width in 40..<60 {
      var scene = Scene(Sample.oddities(), width, 14)
      scene.send(.input(.key(.character("/"))))
      scene.type("模型")
      for keys in ["Enter Enter :", "Esc ?", "Esc p", "Esc i"] {
        scene.press(keys)
        #expect(breaches(of: scene.state) == [])
      }
    }
  }
}
