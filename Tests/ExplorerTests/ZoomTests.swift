import Cells
import Core
import Testing

@testable import Explorer

@Suite("Zoom and scroll")
struct ZoomTests {
  private static func scene(_ rows: Int, _ columns: Int, _ width: Int = 80, _ height: Int = 24)
    -> Scene
  {
    var scene = Scene([Sample.telling(rows, columns)], width, height)
    scene.press("2")
    return scene
  }

  @Test(
    "zooming in shows fewer values, larger, and zooming out comes back to all of them",
    arguments: [(10, 10), (1, 1), (60, 40), (700, 500), (3, 1000), (1000, 3)])
  func there(rows: Int, columns: Int) throws {
    var scene = Self.scene(rows, columns)
    let names = scene.names
    var last = try #require(scene.state.placement)
    for _ in 0..<20 {
      scene.press("+")
      let place = try #require(scene.state.placement)
      #expect(place.block <= last.block && place.unitHeight >= last.unitHeight)
      #expect(scene.names == names)
      #expect(breaches(of: scene.state) == [])
      last = place
    }
    #expect(last.block == 1)
    for _ in 0..<40 { scene.press("-") }
    #expect(scene.state.viewport == Viewport())
    #expect(scene.names == names)
  }

  @Test("one key shows the whole matrix again")
  func fit() {
    var scene = Self.scene(60, 60)
    scene.press("+ + +")
    #expect(scene.state.viewport != Viewport())
    scene.press("_")
    #expect(scene.state.viewport == Viewport())
  }

  @Test("however close, a value is never drawn over its pane's frame")
  func largest() {
    var scene = Self.scene(2, 2, 40, 12)
    let frame = scene.line(0)
    scene.press("= = = = = = = = = =")
    #expect(scene.line(0) == frame)
    #expect(scene.heat.bottom <= 9 && scene.heat.right <= 39)
  }

  @Test("scrolling stops at the edges and takes the crosshair along")
  func pan() throws {
    var scene = Self.scene(100, 100)
    scene.press("+ + +")
    for key in ["H", "J", "K", "L"] {
      for _ in 0..<30 {
        scene.press(key)
        let place = try #require(scene.state.placement)
        #expect(place.firstRow >= 0 && place.firstRow + place.unitRows * place.block <= 100)
        #expect(
          place.firstColumn >= 0 && place.firstColumn + place.unitColumns * place.block <= 100)
        let here = scene.state.displayedCrosshair
        #expect(
          place.pixelsDown(row: here.row) != nil && place.pixelsAcross(column: here.column) != nil)
      }
    }
    let place = try #require(scene.state.placement)
    #expect(place.firstRow + place.unitRows == 100 && place.firstColumn + place.unitColumns == 100)
  }

  @Test("scrolling up is up with row 0 at the top as well")
  func panUpsideDown() throws {
    var scene = Self.scene(100, 100)
    scene.press("o + + + J J")
    let before = try #require(scene.state.placement).firstRow
    scene.press("K")
    #expect(try #require(scene.state.placement).firstRow < before)
  }

  @Test("a hundred million values are drawn in whole tiles at every zoom")
  func huge() {
    for zoom in [Viewport.Zoom.fit, .blocks(2), .blocks(9), .blocks(100), .pixels(3)] {
      let place = Placement(
        rows: 10_000, columns: 10_000, pixels: (150, 90),
        viewport: Viewport(zoom: zoom, firstRow: 4_321, firstColumn: 9_999), originAtTop: false,
        aspect: 1)
      let alignment = BlockPyramid.alignment(block: place.block, cells: 100_000_000)
      #expect(place.block % alignment == 0)
      #expect(place.firstRow % place.block == 0 && place.firstColumn % place.block == 0)
      #expect(place.firstColumn + place.unitColumns * place.block >= 10_000)
    }
  }
}
