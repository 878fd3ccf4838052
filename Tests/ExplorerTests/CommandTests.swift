import Cells
import Core
import Testing

@testable import Explorer

@Suite("Commands about panes and the program")
struct CommandTests {
  private static func scene() -> Scene {
    Scene([Sample.pair(), Sample.minibatches(400)], 120, 40)
  }

  @Test("Tab and S-Tab go round the panes, digits straight to one")
  func panes() {
    var scene = Self.scene()
    #expect(scene.state.focus == .results)
    for pane in [Pane.layers, .minibatches, .results] {
      scene.press("Tab")
      #expect(scene.state.focus == pane)
    }
    scene.press("S-Tab")
    #expect(scene.state.focus == .minibatches)
    scene.press("1")
    #expect(scene.state.focus == .results)
    scene.press("2")
    #expect(scene.state.focus == .layers)
    scene.press("3")
    #expect(scene.state.focus == .minibatches)
  }

  @Test("a pane that shows nothing cannot be gone to")
  func closedPane() {
    var scene = Scene([Sample.pair()], 120, 40)
    scene.press("3")
    #expect(scene.state.focus == .results)
    #expect(scene.footer == " this result has no minibatches to go to")
  }

  @Test("a pane alone, another pane instead, and all again")
  func maximise() {
    var scene = Self.scene()
    scene.press("2 Enter")
    #expect(scene.state.maximised == .layers && Layout(scene.state).results == nil)
    scene.press("3")
    #expect(scene.state.maximised == .minibatches)
    scene.press("Esc")
    #expect(scene.state.maximised == nil && scene.state.focus == .minibatches)
    scene.press("Enter Enter")
    #expect(scene.state.maximised == nil)
    scene.press("Enter 1")
    #expect(scene.state.maximised == nil && scene.state.focus == .results)
    scene.command("maximise")
    #expect(scene.state.maximised == .layers && scene.state.focus == .layers)
  }

  @Test("export writes the focused pane, or the marked ones, as they are on the screen")
  func export() {
    var scene = Self.scene()
    let (layers, scores) = (Sample.pair().id, Sample.minibatches(400).id)
    scene.press("e")
    let settings = scene.state.settings
    #expect(
      scene.asked.last
        == .export([ExportRequest(view: .layers, id: layers, settings: settings)]))
    scene.press("3 Space 2 Space")
    #expect(scene.footer == " marked for export: layers, minibatches")
    #expect(scene.line(0).contains("✓ marked"))
    scene.press("s e")
    var original = settings
    original.sorted = false
    #expect(
      scene.asked.last
        == .export([
          ExportRequest(view: .layers, id: layers, settings: original),
          ExportRequest(view: .minibatches, id: scores, settings: original),
        ]))
    scene.press("Space 3 Space")
    #expect(scene.footer == " no pane is marked")
    scene.press("1")
    scene.command("mark")
    #expect(scene.footer == " marked for export: layers")
  }

  @Test("with nothing open there is nothing to export")
  func exportNothing() {
    var scene = Scene([], 80, 24)
    scene.press("e")
    #expect(scene.asked.isEmpty && scene.footer.hasPrefix(" nothing to do"))
  }

  @Test("copying puts names and the exact value on the clipboard")
  func copy() {
    var scene = Scene([Sample.telling(4, 4)], 80, 24)
    scene.press("2 y")
    #expect(scene.asked.last == .copy("r2 × c2 = 2.002"))
    #expect(scene.footer == " copied: r2 × c2 = 2.002")
    var empty = Scene([], 80, 24)
    empty.press("y")
    #expect(empty.footer == " nothing to copy")
  }

  @Test(
    "what the program is asked for",
    arguments: [
      ("q", Effect.quit), ("C-c", .quit), ("C-z", .suspend), ("C-l", .repaint),
      ("M", .setMouse(false)),
    ])
  func effects(key: String, effect: Effect) {
    var scene = Self.scene()
    scene.press(key)
    #expect(scene.asked.last == effect)
  }

  @Test("Esc clears the list's search only from the list")
  func back() {
    var scene = Self.scene()
    scene.press("/")
    scene.type("resnet")
    scene.press("Enter 2 Esc")
    #expect(scene.state.listSearch == "resnet")
    scene.press("1 Esc")
    #expect(scene.state.listSearch.isEmpty)
  }

  @Test("preferences decide how it starts")
  func preferences() {
    var preferences = Preferences()
    preferences.layerColormap = .viridis
    preferences.range = .data
    preferences.originAtTop = true
    var scene = Scene([Sample.pair()], 80, 24, preferences: preferences)
    scene.press("2")
    #expect(scene.line(0).contains("↓ ResNet18"))
    #expect(scene.state.settings.layerColormap == .viridis && scene.state.settings.range == .data)
  }

  @Test("a printed picture has no crosshair, no list and no keys")
  func pictures() {
    let traits = TerminalTraits(size: Size(width: 60, height: 20), depth: .none)
    for result in [Sample.pair(), Sample.minibatches(400)] {
      let text = picture(of: Opened(.comparison(result)), settings: ViewSettings(), on: traits).text
      #expect(text.contains("ResNet18") && text.contains("ResNet34"))
      #expect(!text.contains("X") && !text.contains("▸") && !text.contains("help"))
    }
  }
}
