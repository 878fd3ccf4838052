import Cells
import Core
import Testing

@testable import Figure

@Suite("Raw pictures")
struct RawTests {
  @Test(arguments: Colormap.allCases)
  func everyPixelIsItsValuesColor(map: Colormap) throws {
    let value = Sample.ramp(rows: 16, columns: 32)
    let figure = Sample.figure(
      rows: 16, columns: 32, map: map, rowZeroAtBottom: false, value: value)
    let picture = try Picture(ppm: figure.rawPPM())
    #expect(picture.width == 32 && picture.height == 16)
    for row in 0..<16 {
      for column in 0..<32 {
        let position = try #require(value(row, column))
        #expect(picture[column, row] == map.color(at: position))
      }
    }
    #expect(try Picture(png: figure.rawPNG()) == picture)
  }

  @Test func rowZeroAtTheBottom() throws {
    let down = Sample.figure(
      rows: 3, columns: 2, rowZeroAtBottom: false, value: Sample.ramp(rows: 3, columns: 2))
    var up = down
    up.rowZeroAtBottom = true
    let (top, bottom) = try (Picture(ppm: down.rawPPM()), Picture(ppm: up.rawPPM()))
    for y in 0..<3 {
      for x in 0..<2 { #expect(top[x, y] == bottom[x, 2 - y]) }
    }
    #expect(bottom[0, 2] == Colormap.magma.color(at: 0))
    #expect(try Picture(png: up.rawPNG()) == bottom)
  }

  @Test func scaleRepeatsPixels() throws {
    let figure = Sample.figure(rows: 2, columns: 3, value: Sample.ramp(rows: 2, columns: 3))
    let (small, large) = try (
      Picture(ppm: figure.rawPPM()), Picture(ppm: figure.rawPPM(scale: 4))
    )
    #expect(large.width == 12 && large.height == 8)
    for y in 0..<8 {
      for x in 0..<12 { #expect(large[x, y] == small[x / 4, y / 4]) }
    }
    #expect(try Picture(png: figure.rawPNG(scale: 4)) == large)
  }

  @Test func whatIsNoColorOfTheMap() throws {
    let values: [Double?] = [.nan, .infinity, -0.1, nil]
    let figure = Sample.figure(rows: 1, columns: 4) { values[$1] }
    let map = Colormap.magma
    let expected = [map.missingColor, map.missingColor, map.negativeColor, RGB(255, 255, 255)]
    #expect(try Picture(ppm: figure.rawPPM()).pixels == expected)
    #expect(try Picture(png: figure.rawPNG()).pixels == expected)
  }

  @Test func matricesAreReadByRow() throws {
    let matrix = Matrix(rows: 2, columns: 3, values: [0, 0.2, 0.4, 0.6, 0.8, 1])
    var figure = Sample.figure(rows: 0, columns: 0, rowZeroAtBottom: false) { _, _ in nil }
    figure.heatmap = Heatmap(matrix)
    let picture = try Picture(ppm: figure.rawPPM())
    #expect(picture.pixels == [0, 0.2, 0.4, 0.6, 0.8, 1].map { Colormap.magma.color(at: $0) })
  }

  @Test func largePicturesAverageNothing() throws {
    // One bright pixel in 5,000 columns must survive.
    let figure = Sample.figure(rows: 2, columns: 5000) { row, column in
      row == 1 && column == 4321 ? 1 : 0
    }
    let picture = try Picture(ppm: figure.rawPPM())
    #expect(picture.pixels.filter { $0 == Colormap.magma.color(at: 1) }.count == 1)
    #expect(picture[4321, 0] == Colormap.magma.color(at: 1))
  }

  @Test func refusals() {
    let figure = Sample.figure(rows: 2, columns: 2) { _, _ in 0 }
    let empty = Sample.figure(rows: 0, columns: 4) { _, _ in 0 }
    #expect(throws: FigureError.self) { try figure.rawPPM(scale: 0) }
    #expect(throws: FigureError.self) { try figure.rawPPM(scale: .max) }
    #expect(throws: FigureError.self) { try figure.rawPPM(scale: 1_000_000) }
    #expect(throws: FigureError.self) { try figure.rawPNG(scale: 20_000) }
    #expect(throws: FigureError.self) { try empty.rawPPM() }
    #expect(throws: FigureError.self) { try empty.rawSVG() }
  }
}
