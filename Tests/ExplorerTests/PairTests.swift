import Cells
import Core
import Similarity
import Testing

@testable import Explorer

@Suite("From pair to pair")
struct PairTests {
  @Test("the grid names its columns, from top to bottom, and tells where more lie beyond")
  func columnNames() {
    var scene = Scene(
      (0..<30).map { Sample.pair("A", "Net\($0)", path: "runs/\($0).pkl") }, 80, 30)
    scene.press("p")
    let screen = scene.screen
    #expect(screen.contains("N    N    N") && screen.contains("›") && !screen.contains("‹"))
    scene.press("$")
    #expect(scene.screen.contains("‹") && !scene.screen.contains("›"))
  }

  @Test("from a result whose file is gone, the walk goes on to the nearest")
  func gone() {
    var scene = Scene(Sample.folder(), 120, 30)
    scene.press("]")
    let shown = scene.state.primary?.comparison.id
    scene.send(.walked(Set(Sample.folder().map(\.id)).subtracting([shown].compactMap(\.self))))
    scene.press("]")
    #expect(scene.state.primary?.comparison.id == ResultID(path: "runs/b-a.pkl"))
  }

  private static func scene() -> Scene { Scene(Sample.folder(), 120, 30) }

  @Test("] and [ go round the list in its order, and come back")
  func steps() {
    var scene = Self.scene()
    #expect(scene.pair == "A × B")
    var seen = [scene.pair]
    for _ in 1..<6 {
      scene.press("]")
      seen.append(scene.pair)
    }
    #expect(seen == ["A × B", "A × C", "B × A", "B × C", "B × C", "D × E"])
    #expect(scene.state.entryUnderCursor == scene.state.catalog.entries.first?.id)
    scene.press("]")
    #expect(scene.pair == "A × B")
    scene.press("[ [")
    #expect(scene.pair == "B × C")
  }

  @Test("] and [ walk as the list stands: natural order, curves too, and only what a search leaves")
  func listOrder() throws {
    var scene = Scene(
      [
        Sample.pair("Z", "Y", path: "runs/2.pkl"), Sample.pair("A", "B", path: "runs/10.pkl"),
        try Sample.capacity(path: "runs/1.json"), Sample.minibatches(9, path: "runs/0.npy"),
      ], 120, 30)
    var seen: [String] = []
    for _ in 0..<4 {
      seen.append(scene.state.shown?.id.path ?? "")
      scene.press("]")
    }
    #expect(seen == ["runs/2.pkl", "runs/10.pkl", "runs/0.npy", "runs/1.json"])
    scene.press("/")
    scene.type("z ×")
    scene.press("Enter")
    #expect(scene.pair == "Z × Y")
    scene.press("]")
    #expect(scene.footer == " this is the only result")
  }

  @Test("a lone result says that it is the only one")
  func alone() {
    var scene = Scene([Sample.pair()])
    scene.press("]")
    #expect(scene.footer == " this is the only result")
  }

  @Test("the list's cursor follows the pair")
  func cursor() {
    var scene = Self.scene()
    scene.press("] ]")
    #expect(scene.state.entryUnderCursor == scene.state.primary?.comparison.id)
  }

  @Test("models A and B are chosen from lists that narrow as one types")
  func choose() {
    var scene = Self.scene()
    scene.press("b")
    #expect(scene.screen.contains("model B (columns)") && scene.screen.contains("5 of 5"))
    scene.type("c")
    #expect(scene.screen.contains("1 of 5"))
    scene.press("Enter")
    #expect(scene.pair == "A × C")
    scene.press("a")
    #expect(scene.screen.contains("model A (rows)"))
    scene.press("Down Enter")
    #expect(scene.pair == "B × C" && scene.state.primaryPane == .layers)
  }

  @Test("a chosen model takes the nearest pair that has it, on that side only")
  func nearest() {
    var scene = Self.scene()
    scene.press("b PgDn Enter")
    #expect(scene.pair == "D × E", "the only one with E as model B")
    scene.press("a PgDn Enter")
    #expect(scene.pair == "D × E" && scene.footer == " no result has E as model A")
    scene.press("a")
    scene.type("no such model")
    scene.press("Enter")
    #expect(scene.pair == "D × E" && scene.state.overlay == nil)
  }

  @Test("the grid of pairs shows the means, and Enter the chosen pair")
  func grid() {
    var scene = Self.scene()
    scene.press("p")
    #expect(scene.screen.contains("pairs: mean CKA in %") && scene.screen.contains("[ 67]"))
    scene.press("l j")
    #expect(scene.screen.contains("B · CIFAR10 × C · CIFAR10"))
    scene.press("Enter")
    #expect(scene.pair == "B × C" && scene.state.overlay == nil)
    scene.press("p k h")
    #expect(scene.screen.contains("7 × 14 layers"))
    scene.press("G 0 Enter")
    #expect(scene.state.overlay != nil, "D × A does not exist: the grid stays")
    scene.press("Esc")
    #expect(scene.state.overlay == nil && scene.pair == "B × C")
  }

  @Test("means of 100 %, below 0 and beyond all reason keep to their cells")
  func means() {
    let values = [1.0, -0.05, 1e300, .nan]
    let results = values.indices.map { index in
      Sample.layers(1, 1, "A\(index)", "B", path: "x/\(index)") { _, _ in values[index] }
    }
    var scene = Scene(results, 80, 24)
    scene.press("p")
    for text in ["[100]", "  -5 ", " *** ", "  ?  "] {
      #expect(scene.screen.contains(text), "\(text)")
    }
  }

  @Test("swapping shows the swapped file, the crosshair on the same layers")
  func swap() {
    var scene = Self.scene()
    scene.press("2 g 0")
    #expect(scene.names == "layer1.0.bn2 × conv1")
    let value = scene.value
    scene.press("`")
    #expect(scene.pair == "B × A" && scene.names == "conv1 × layer1.0.bn2")
    #expect(scene.value == value)
    scene.press("`")
    #expect(scene.pair == "A × B" && scene.names == "layer1.0.bn2 × conv1")
  }

  @Test("where no file has the pair swapped, the same values are shown transposed")
  func transposed() {
    var scene = Self.scene()
    scene.press("] `")
    #expect(scene.footer == " no file has this pair swapped: the same values, transposed")
    #expect(scene.pair == "A × C" && scene.state.settings.transposed)
    scene.press("`")
    #expect(!scene.state.settings.transposed)
  }

  @Test("scores alone cannot be swapped")
  func scores() {
    var scene = Scene([Sample.minibatches(9)])
    scene.press("`")
    #expect(scene.footer == " no result has these two models swapped")
  }

  @Test("blinking goes back and forth between the last two")
  func blink() {
    var scene = Self.scene()
    scene.press("'")
    #expect(scene.footer.hasPrefix(" nothing to do"))
    scene.press("] ]")
    #expect(scene.pair == "B × A")
    scene.press("'")
    #expect(scene.pair == "A × C")
    scene.press("'")
    #expect(scene.pair == "B × A")
  }

  @Test("the crosshair stays on its layers by name, on the screen even when zoomed in")
  func crosshair() throws {
    var scene = Self.scene()
    scene.press("2 k")
    #expect(scene.names == "layer1.0.bn1 × layer2.0.conv1")
    scene.press("] ]")
    #expect(scene.pair == "B × A" && scene.names.hasPrefix("layer1.0.bn1 ×"))
    scene.press("[ [")
    #expect(scene.names.hasPrefix("layer1.0.bn1 ×"))
    scene.press("+ + + + + + ] ] [")
    let place = try #require(scene.state.placement)
    let here = scene.state.displayedCrosshair
    #expect(
      place.pixelsDown(row: here.row) != nil && place.pixelsAcross(column: here.column) != nil)
  }

  @Test("zoom, range, colours and filter are kept, so that like is compared with like")
  func settings() {
    var scene = Self.scene()
    scene.press("2 + + r c f")
    scene.type("!relu")
    scene.press("Enter")
    let (settings, zoom) = (scene.state.settings, scene.state.viewport.zoom)
    scene.press("] ] [")
    #expect(scene.state.settings == settings && scene.state.viewport.zoom == zoom)
  }
}
