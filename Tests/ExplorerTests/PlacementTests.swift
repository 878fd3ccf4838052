import Cells
import Testing
import TestSupport

@testable import Explorer

@Suite("Where values lie")
struct PlacementTests {
  /// Placements of every sort: sizes, panes, zooms, scroll positions, origin, aspect.
  private static func placements(seed: UInt64) -> [Placement] {
    var noise = Noise(seed: seed)
    return (0..<400).map { _ in
      let zoom: Viewport.Zoom =
        switch noise.next(3) {
        case 0: .fit
        case 1: .pixels(1 + noise.next(30))
        default: .blocks(2 + noise.next(40))
        }
      let sizes = [1, 2, 3, 7, 24, 100, 1000, 5000]
      return Placement(
        rows: noise.pick(sizes), columns: noise.pick(sizes),
        pixels: (1 + noise.next(180), 1 + noise.next(90)),
        viewport: Viewport(
          zoom: zoom, firstRow: noise.next(6000), firstColumn: noise.next(6000)),
        originAtTop: noise.next(2) == 0, aspect: 1 + noise.next(2))
    }
  }

  @Test(
    "a pixel's value lies under that pixel, and each value on the screen has pixels",
    arguments: 1...3)
  func roundTrip(seed: Int) {
    for place in Self.placements(seed: UInt64(seed)) {
      let rowsMissed = (0..<place.pixelHeight).filter { y in
        place.pixelsDown(row: place.row(pixel: y))?.contains(y) != true
      }
      let columnsMissed = (0..<place.pixelWidth).filter { x in
        place.pixelsAcross(column: place.column(pixel: x))?.contains(x) != true
      }
      #expect(rowsMissed.isEmpty && columnsMissed.isEmpty, "\(place)")
      #expect(place.pixelsDown(row: place.firstRow - 1) == nil)
      #expect(
        place.pixelsAcross(column: place.firstColumn + place.unitColumns * place.block) == nil)
    }
  }

  @Test("what is drawn fits the pane and lies inside the matrix, in whole blocks", arguments: 4...6)
  func window(seed: Int) {
    var noise = Noise(seed: UInt64(seed))
    for _ in 0..<400 {
      let (rows, columns) = (1 + noise.next(2000), 1 + noise.next(2000))
      let pixels = (width: 2 + noise.next(180), height: 1 + noise.next(90))
      let place = Placement(
        rows: rows, columns: columns, pixels: pixels,
        viewport: Viewport(
          zoom: noise.pick([.fit, .pixels(1 + noise.next(200)), .blocks(1 + noise.next(50))]),
          firstRow: noise.next(3000), firstColumn: noise.next(3000)),
        originAtTop: false, aspect: 1 + noise.next(2))
      #expect(place.pixelWidth <= pixels.width && place.pixelHeight <= pixels.height, "\(place)")
      #expect(place.unitRows > 0 && place.unitColumns > 0, "\(place)")
      #expect(place.firstRow % place.block == 0 && place.firstColumn % place.block == 0, "\(place)")
      #expect(place.firstRow + (place.unitRows - 1) * place.block < rows, "\(place)")
      #expect(place.firstColumn + (place.unitColumns - 1) * place.block < columns, "\(place)")
    }
  }

  @Test("any value can be scrolled to", arguments: 7...8)
  func scrolls(seed: Int) {
    var noise = Noise(seed: UInt64(seed))
    for place in Self.placements(seed: UInt64(seed)) {
      let (row, column) = (noise.next(place.rows), noise.next(place.columns))
      let (firstRow, firstColumn) = place.scrolled(toShow: row, column)
      #expect(
        firstRow >= 0 && firstRow <= row && firstColumn >= 0 && firstColumn <= column, "\(place)")
      #expect(row < firstRow + place.unitRows * place.block, "\(place)")
      #expect(column < firstColumn + place.unitColumns * place.block, "\(place)")
    }
  }

  @Test(
    "a click reads the value that is drawn there",
    arguments: [ColorDepth.trueColor, .none], [false, true])
  func clicks(depth: ColorDepth, originAtTop: Bool) throws {
    for (rows, columns) in [(1, 1), (5, 9), (30, 30), (300, 200), (3, 1000)] {
      for keys in ["", "t", "+ +", "t + J L"] {
        var scene = Scene([Sample.telling(rows, columns)], 80, 24, depth: depth)
        if originAtTop { scene.press("o") }
        scene.press("2 \(keys)")
        let (heat, place) = (scene.heat, try #require(scene.state.placement))
        let perCell = scene.state.halfBlocks ? 2 : 1
        for y in stride(from: heat.y, to: heat.bottom, by: 2) {
          for x in stride(from: heat.x, to: heat.right, by: 7) {
            scene.mouse(.press, x, y)
            let here = scene.state.displayedCrosshair
            let across = try #require(place.pixelsAcross(column: here.column))
            let down = try #require(place.pixelsDown(row: here.row))
            let top = originAtTop ? 0 : heat.height * perCell - place.pixelHeight
            guard across.contains(x - heat.x),
              down.contains(min((y - heat.y + 1) * perCell - 1 - top, place.pixelHeight - 1))
            else {
              Issue.record("a press at (\(x), \(y)) set \(here) of \(place)")
              return
            }
          }
        }
        #expect(scene.state.value(atX: heat.x - 1, y: heat.y) == nil)
        #expect(scene.state.value(atX: heat.x, y: heat.bottom) == nil)
      }
    }
  }
}
