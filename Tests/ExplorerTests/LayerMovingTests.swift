import Cells
import Core
import Testing

@testable import Explorer

@Suite("Moving over layers")
struct LayerMovingTests {
  /// 10 × 8 values that tell where they stand, the crosshair on row 5, column 4.
  private static func scene(rows: Int = 10, columns: Int = 8) -> Scene {
    var scene = Scene([Sample.telling(rows, columns)], 80, 24)
    scene.press("Enter")
    return scene
  }

  @Test("the crosshair starts in the middle and moves by keys, up being up on the screen")
  func moves() {
    var scene = Self.scene()
    #expect(scene.names == "r5 × c4" && scene.value == 5.004)
    scene.press("k")
    #expect(scene.names == "r6 × c4")
    scene.press("Down Down")
    #expect(scene.names == "r4 × c4")
    scene.press("l Right h")
    #expect(scene.names == "r4 × c5" && scene.value == 4.005)
    #expect(scene.readout.contains("row  5/10  column 6/8"))
  }

  @Test("the crosshair stops at every edge")
  func edges() {
    var scene = Self.scene()
    scene.press("g k k $ l")
    #expect(scene.names == "r9 × c7" && scene.value == 9.007)
    scene.press("G j End 0 h")
    #expect(scene.names == "r0 × c0" && scene.value == 0)
    scene.press("PgUp")
    #expect(scene.names == "r9 × c0")
    scene.press("C-f C-b Home PgDn")
    #expect(scene.names == "r0 × c0")
  }

  @Test("row 0 can be at the top; up is still up, and the crosshair stays")
  func origin() {
    var scene = Self.scene()
    scene.press("o")
    #expect(scene.names == "r5 × c4")
    #expect(scene.line(0).contains("↓ A"))
    scene.press("k")
    #expect(scene.names == "r4 × c4")
    scene.press("g")
    #expect(scene.names == "r0 × c4")
    scene.press("o k")
    #expect(scene.names == "r1 × c4")
    #expect(scene.line(0).contains("↑ A"))
  }

  @Test("transposing keeps the layers under the crosshair and their value")
  func transpose() {
    var scene = Self.scene()
    scene.press("t")
    #expect(scene.names == "r5 × c4" && scene.value == 5.004)
    #expect(scene.line(0).contains("↑ B") && scene.screen.contains("A →"))
    #expect(scene.line(0).contains("transposed  8 × 10"))
    scene.press("k l l")
    #expect(scene.names == "r7 × c5" && scene.value == 7.005)
    scene.press("t")
    #expect(scene.names == "r7 × c5" && !scene.line(0).contains("transposed"))
  }

  @Test("keys move by what a pixel covers, shifted ones by one value")
  func blocks() throws {
    var scene = Self.scene(rows: 600, columns: 400)
    let block = try #require(scene.state.placement).block
    #expect(block > 1)
    #expect(scene.line(0).contains("\(block)×\(block) mean"))
    #expect(scene.names == "r300 × c200")
    scene.press("k l")
    #expect(scene.names == "r\(300 + block) × c\(200 + block)")
    scene.press("S-Down S-Left S-Left S-Up S-Up S-Right")
    #expect(scene.names == "r\(301 + block) × c\(199 + block)")
    scene.press("g $")
    #expect(scene.names == "r599 × c399" && scene.value == 599.399)
  }

  @Test("what a pixel of many values shows is chosen by key, the readout stays true")
  func reduction() {
    var scene = Self.scene(rows: 600, columns: 400)
    let value = scene.value
    for (name, shown) in [("minimum", 0.0), ("maximum", 1), ("mean", 2)] {
      scene.press("m")
      #expect(scene.footer == " a pixel shows the \(name) of its values", "\(shown)")
      #expect(scene.line(0).contains(name))
      #expect(scene.value == value)
    }
    let block = scene.state.placement?.block ?? 0
    let (first, last) = (0.0, Double(block - 1) * 1.001)
    #expect(scene.state.tile?.values.first.map { abs($0 - last / 2) < 1e-9 } == true)
    scene.press("m")
    #expect(scene.state.tile?.values.first == first)
    scene.press("m")
    #expect(scene.state.tile?.values.first.map { abs($0 - last) < 1e-9 } == true)
  }

  @Test("the reduction is refused where every pixel is one value")
  func noBlocks() {
    var scene = Self.scene()
    scene.press("m")
    #expect(scene.footer == " this result has no pixels of many values")
    #expect(scene.state.settings.reduction == .mean)
  }

  @Test("a click sets the value under it, the wheel zooms there")
  func mouse() throws {
    var scene = Self.scene()
    let heat = scene.heat
    scene.mouse(.press, heat.x, heat.bottom - 1)
    #expect(scene.names == "r0 × c0")
    scene.mouse(.press, heat.right - 1, heat.y)
    #expect(scene.names == "r9 × c7")
    let before = try #require(scene.state.placement).unitHeight
    scene.mouse(.wheelUp, heat.x, heat.y)
    #expect(scene.names == "r9 × c0")
    #expect(try #require(scene.state.placement).unitHeight > before)
    scene.mouse(.wheelDown, scene.heat.x, scene.heat.y)
    #expect(scene.state.viewport == Viewport())
    scene.press("M")
    #expect(scene.asked.last == .setMouse(false))
    scene.mouse(.press, heat.x, heat.bottom - 1)
    #expect(scene.names == "r9 × c0")
  }

  @Test("a double press fills the screen with the pane, and another one gives it back")
  func doublePress() {
    var scene = Self.scene()
    scene.press("1")
    scene.mouse(.doublePress, 50, 10)
    #expect(scene.state.maximised == .layers && scene.state.focus == .layers)
    scene.mouse(.doublePress, 50, 10)
    #expect(scene.state.maximised == nil)
    scene.mouse(.doublePress, 5, 10)
    #expect(scene.state.maximised == nil && scene.state.focus == .results)
  }

  @Test("the crosshair is on the screen after every resize")
  func resize() throws {
    var scene = Self.scene(rows: 40, columns: 40)
    scene.press("+ + + g $")
    for (width, height) in [(40, 12), (200, 50), (72, 13), (90, 40)] {
      scene.resize(width, height)
      let place = try #require(scene.state.placement)
      let here = scene.state.displayedCrosshair
      #expect(
        place.pixelsDown(row: here.row) != nil && place.pixelsAcross(column: here.column) != nil)
      #expect(scene.names == "r39 × c39")
    }
  }
}
