import Cells
import Core
import Testing

@testable import Explorer

@Suite("The view kept for next time")
struct SavedViewTests {
  /// A view in which nothing is as it was at the start.
  private static func changed() -> Scene {
    var scene = Scene(Sample.folder(), 120, 40)
    scene.press("] ] ] 2 + + k k l o t r c f")
    scene.type("!relu")
    scene.press("Enter 3 s c l l k Enter")
    return scene
  }

  @Test("another session on the same folder shows the same screen")
  func roundTrip() throws {
    var before = Self.changed()
    before.press("Esc")
    for keys in ["", "Enter", "2", "Enter"] {
      before.press(keys)
      let saved = try #require(before.state.savedView)
      var after = Scene([], 120, 40)
      after.change { $0.restore(saved) }
      #expect(after.state.wantedFirst == "runs/b-c.pkl")
      after.find(Sample.folder())
      after.finishWalk()
      after.send(.input(.key(.escape)))
      before.send(.input(.key(.escape)))
      // The last line offers to blink back to a result that the other session has not shown.
      let area = Rect(x: 0, y: 0, width: 120, height: 39)
      #expect(after.text(in: area) == before.text(in: area))
      #expect(after.buffer.cells.dropLast(120) == before.buffer.cells.dropLast(120))
    }
  }

  @Test("with nothing open there is nothing to keep")
  func nothing() {
    #expect(Scene().state.savedView == nil)
  }

  @Test("what this version does not know is left as it is")
  func unknown() {
    var saved = SavedView()
    (saved.focus, saved.maximised) = ("moon", "sun")
    (saved.layerColormap, saved.range, saved.labelOrder) = ("jet", "wide", "random")
    var scene = Scene(Sample.folder(), 120, 40)
    let (settings, focus) = (scene.state.settings, scene.state.focus)
    scene.change { $0.restore(saved) }
    #expect(scene.state.settings == settings && scene.state.focus == focus)
    #expect(scene.state.maximised == nil)
    saved.version = 2
    saved.sorted = false
    scene.change { $0.restore(saved) }
    #expect(scene.state.settings.sorted)
  }

  @Test(
    "numbers beyond all reason are harmless", arguments: [Int.min, -1_000_000, -1, 1, 65, Int.max])
  func hostile(number: Int) {
    for results in [Sample.folder(), Sample.oddities()] {
      var saved = SavedView()
      (saved.row, saved.column, saved.rank) = (number, number, number)
      (saved.zoom, saved.firstRow, saved.firstColumn) = (number, number, number)
      (saved.focus, saved.maximised) = ("layers", "minibatches")
      saved.filter = "/(/"
      var scene = Scene([], 80, 24)
      scene.change { $0.restore(saved) }
      scene.find(results)
      for key in ["k", "j", "+", "-", "H", "K", "g", "$", "t", "]", "]", "]", "]"] {
        scene.press(key)
        #expect(breaches(of: scene.state) == [])
      }
    }
  }

  @Test("a saved file that is gone leaves the first result found")
  func gone() {
    var saved = SavedView()
    saved.path = "runs/deleted.pkl"
    var scene = Scene([], 80, 24)
    scene.change { $0.restore(saved) }
    scene.find(Sample.folder())
    #expect(scene.pair == "A × B")
  }
}
