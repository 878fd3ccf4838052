import Cells
import Testing

@testable import Figure

@Suite("Figures as pictures")
struct RasterFigureTests {
  @Test(arguments: Sample.shapes)
  func cellsHaveTheirColorsToTheLastPixel(rows: Int, columns: Int) throws {
    let value = Sample.ramp(rows: rows, columns: columns)
    let figure = Sample.figure(rows: rows, columns: columns, names: true, value: value)
    let heat = try figure.layout().heat
    let picture = try Picture(ppm: figure.ppm())
    let (width, height) = (heat.width / columns, heat.height / rows)
    #expect(heat.width == width * columns && heat.height == height * rows)
    for row in stride(from: 0, to: rows, by: max(1, rows / 9)) {
      for column in stride(from: 0, to: columns, by: max(1, columns / 9)) {
        let color = Colormap.magma.color(at: try #require(value(row, column)))
        let left = heat.x + column * width
        let top = heat.bottom - (row + 1) * height
        #expect(picture[left, top] == color)
        #expect(picture[left + width - 1, top + height - 1] == color)
      }
    }
  }

  @Test func sizesAreSensible() throws {
    for (rows, columns) in [(3, 3), (20, 20), (67, 115), (18, 37), (300, 200), (720, 720)] {
      let figure = Sample.figure(rows: rows, columns: columns) { _, _ in 0 }
      let heat = try figure.layout().heat
      #expect((480...960).contains(max(heat.width, heat.height)))
      #expect(heat.width * rows == heat.height * columns, "cells are square")
    }
    let fixed = Sample.figure(rows: 5, columns: 7, pixelsPerValue: 3) { _, _ in 0 }
    let heat = try fixed.layout().heat
    #expect((heat.width, heat.height) == (21, 15))
  }

  @Test func pngIsThePPM() throws {
    let figure = Sample.figure(
      rows: 12, columns: 9, names: true, value: Sample.ramp(rows: 12, columns: 9))
    #expect(try Picture(png: figure.png()) == Picture(ppm: figure.ppm()))
  }

  @Test func sameFigureSameBytes() throws {
    let figure = Sample.figure(
      rows: 12, columns: 9, names: true, value: Sample.ramp(rows: 12, columns: 9))
    #expect(try figure.ppm() == figure.ppm())
    #expect(try figure.png() == figure.png())
    #expect(try figure.svg() == figure.svg())
  }

  @Test func originFlips() throws {
    let value = Sample.ramp(rows: 2, columns: 1)
    for atBottom in [true, false] {
      let figure = Sample.figure(
        rows: 2, columns: 1, names: true, rowZeroAtBottom: atBottom, value: value)
      let layout = try figure.layout()
      let picture = try Picture(ppm: figure.ppm())
      let first = Colormap.magma.color(at: 0)
      #expect((picture[layout.heat.midX, layout.heat.bottom - 1] == first) == atBottom)
      #expect((picture[layout.heat.midX, layout.heat.y] == first) == !atBottom)
      #expect((layout.rowLabels[0].y > layout.rowLabels[1].y) == atBottom)
    }
  }

  @Test func legendNamesOnlyWhatIsThere() throws {
    let map = Colormap.magma
    let cases: [(Double?, [String])] = [
      (0.5, []), (.nan, ["NaN"]), (.infinity, ["infinite"]), (-0.5, ["negative"]),
      (nil, ["empty"]),
    ]
    for (value, names) in cases {
      let figure = Sample.figure(rows: 2, columns: 2) { row, column in
        row == 0 && column == 0 ? value : 0.25
      }
      let layout = try figure.layout()
      #expect(layout.swatches.map(\.name) == names)
      let hatches = layout.marks.contains { if case .hatch = $0 { true } else { false } }
      #expect(hatches == (names == ["empty"]))
      let picture = try Picture(ppm: figure.ppm())
      #expect(picture.contains(map.negativeColor) == (names == ["negative"]))
      #expect(picture.contains(map.missingColor) || !["NaN", "infinite"].contains(names.first))
    }
    let all: [Double?] = [.nan, -.infinity, -1, nil]
    let figure = Sample.figure(rows: 1, columns: 4) { all[$1] }
    #expect(try figure.layout().swatches.map(\.name) == ["negative", "NaN or ∞", "empty"])
  }

  @Test func aDifferenceHasNoNegativeSwatch() throws {
    let figure = Sample.figure(rows: 1, columns: 2, map: .diverging, low: -1, high: 1) {
      $1 == 0 ? -0.5 : 0.5
    }
    #expect(try figure.layout().swatches.isEmpty)
  }

  @Test func emptyCellsAreHatched() throws {
    let figure = Sample.figure(rows: 2, columns: 2, rowZeroAtBottom: false) { row, column in
      row * 2 + column < 3 ? 0.5 : nil
    }
    let heat = try figure.layout().heat
    let picture = try Picture(ppm: figure.ppm())
    let colors = Set(
      (heat.midX..<heat.right).flatMap { x in
        (heat.midY..<heat.bottom).map { picture[x, $0] }
      })
    #expect(colors == [Hatch.paper, Hatch.line])
    #expect(picture[heat.midX, heat.midY - 1] == Colormap.magma.color(at: 0.5))
  }

  @Test func barRunsThroughTheWholeMap() throws {
    let figure = Sample.figure(rows: 20, columns: 20, map: .viridis) { _, _ in 0.5 }
    let bar = try figure.layout().bar
    let picture = try Picture(ppm: figure.ppm())
    let column = (bar.y..<bar.bottom).map { picture[bar.midX, $0] }
    #expect(column.first == Colormap.viridis.color(at: 1))
    #expect(column.last == Colormap.viridis.color(at: 0))
    #expect(Set(column) == Set(Colormap.viridis.samples))
  }

  @Test func constantAndAllMissing() throws {
    let constant = Sample.figure(rows: 4, columns: 4, low: 0.3, high: 0.3) { _, _ in 0.3 }
    let layout = try constant.layout()
    let picture = try Picture(ppm: constant.ppm())
    #expect(picture[layout.heat.midX, layout.heat.midY] == Colormap.magma.color(at: 0.5))
    #expect(picture[layout.bar.midX, layout.bar.midY] == Colormap.magma.color(at: 0.5))

    let missing = Sample.figure(rows: 4, columns: 4) { _, _ in .nan }
    #expect(try missing.layout().swatches.map(\.name) == ["NaN"])
    #expect(try Picture(ppm: missing.ppm()).contains(Colormap.magma.missingColor))
  }

  @Test func refusals() {
    let none = Sample.figure(rows: 0, columns: 3) { _, _ in 0 }
    let huge = Sample.figure(rows: 10, columns: 10, pixelsPerValue: .max) { _, _ in 0 }
    let endless = Sample.figure(rows: 2, columns: 2, high: .infinity) { _, _ in 0 }
    for figure in [none, huge, endless] {
      #expect(throws: FigureError.self) { try figure.png() }
      #expect(throws: FigureError.self) { try figure.svg() }
    }
  }
}
