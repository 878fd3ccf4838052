import Testing

@testable import Explorer

@Suite("Dots")
struct DotCanvasTests {
  @Test("braille has two by four dots a cell")
  func braille() {
    var canvas = DotCanvas(columns: 2, rows: 1, unicode: true)
    for y in 0..<4 { canvas.set(0, y, owner: 0) }
    canvas.set(3, 0, owner: 1)
    canvas.set(9, 9, owner: 1)
    #expect(canvas.cells.map(canvas.glyph) == ["⡇", "⠈"])
    #expect(canvas.cells.map(\.owner) == [0, 1])
  }

  @Test("a line reaches both ends, steep or flat, dashed or not")
  func line() {
    for end in [(0, 3), (7, 0), (7, 3), (2, 3)] {
      var canvas = DotCanvas(columns: 8, rows: 4, unicode: false)
      var solid = Dash.solid
      canvas.line(from: (end.0, end.1), to: (0, 0), owner: 0, dash: &solid)
      #expect(canvas.cells[0].bits == 1 && canvas.cells[end.1 * 8 + end.0].bits == 1)
      #expect(canvas.cells.count { $0.bits != 0 } == max(end.0, end.1) + 1)
    }
    var dash = Dash(1)
    #expect(
      (0..<11).map { _ in dash.next() } == [
        true, true, true, true, true, true, false, false, false, true, true,
      ])
  }
}
