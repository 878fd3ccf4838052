import Cells
import Testing

@testable import Terminal

@Suite("Halves of a cell in the colours of the one before it")
struct CellHalvesTests {
  private let red = Color.rgb(RGB(255, 0, 0))
  private let blue = Color.rgb(RGB(0, 0, 255))
  private let green = Color.rgb(RGB(0, 255, 0))

  private func halves(_ upper: Color, _ lower: Color) -> Cell {
    upper == lower
      ? Cell(" ", Style(background: upper))
      : Cell("▀", Style(foreground: upper, background: lower))
  }

  @Test("whichever of two colours each half has, no colour need change")
  func reuse() {
    let style = Style(foreground: red, background: blue)
    #expect(halves(red, blue).redrawn(inColorsOf: style) == Cell("▀", style))
    #expect(halves(blue, red).redrawn(inColorsOf: style) == Cell("▄", style))
    #expect(halves(red, red).redrawn(inColorsOf: style) == Cell("█", style))
    #expect(halves(blue, blue).redrawn(inColorsOf: style) == Cell(" ", style))
    #expect(
      Cell("▄", Style(foreground: blue, background: red)).redrawn(inColorsOf: style)
        == Cell("▀", style))
  }

  @Test("a third colour, text, attributes and the terminal's own colours are left alone")
  func leftAlone() {
    let style = Style(foreground: red, background: blue)
    #expect(halves(red, green).redrawn(inColorsOf: style) == nil)
    #expect(Cell("x", style).redrawn(inColorsOf: style) == nil)
    #expect(Cell.blank.redrawn(inColorsOf: style) == nil)
    #expect(Cell("▀", Style(foreground: red)).redrawn(inColorsOf: Style(foreground: red)) == nil)
    #expect(halves(red, blue).redrawn(inColorsOf: .plain) == nil)
    let bold = Style(foreground: red, background: blue, attributes: .bold)
    #expect(halves(red, blue).redrawn(inColorsOf: bold) == nil)
    #expect(Cell("▀", bold).redrawn(inColorsOf: style) == nil)
  }

  @Test("a space gives up its ink, unless it shows")
  func idleInk() {
    let style = Style(foreground: red, background: blue)
    #expect(Cell(" ", style).withoutIdleInk.style == Style(background: blue))
    #expect(Cell("x", style).withoutIdleInk.style == style)
    let underlined = Style(foreground: red, attributes: .underline)
    #expect(Cell(" ", underlined).withoutIdleInk.style == underlined)
  }
}
