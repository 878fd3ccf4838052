import CNcurses
import Cells

/// Brings cell buffers to ncurses's screen, only where they changed.
struct ScreenPainter {
  private var pairs: ColorPairs
  private var shown: CellBuffer?
  /// How the cells of `shown` were drawn: halves of a cell can be drawn in several ways that look
  /// the same.
  private var drawn: [Cell] = []
  // A row in ncurses's terms.
  private var glyphs: [UInt32] = []
  private var numbers: [Int32] = []
  private var attributes: [UInt32] = []

  /// For a screen of `depth`, after `start_color`.
  init(depth: ColorDepth, terminalPairs: Int) {
    pairs = ColorPairs(depth: depth, terminalPairs: terminalPairs)
  }

  /// Nothing is known of what the terminal shows: the next `paint` sends every cell.
  mutating func forget() {
    shown = nil
    clearok(cka_curscr(), true)
  }

  /// Makes the terminal show `buffer` and, at `cursor`, its cursor.
  mutating func paint(_ buffer: CellBuffer, cursor: (x: Int, y: Int)?) {
    if shown?.size != buffer.size {
      shown = nil
      werase(cka_stdscr())
    }
    if !putRows(of: buffer) {
      // Pairs on the screen must not change their colours: start over with none.
      pairs.reset()
      forget()
      _ = putRows(of: buffer)
    }
    shown = buffer
    if let cursor { wmove(cka_stdscr(), Int32(cursor.y), Int32(cursor.x)) }
    curs_set(cursor == nil ? 0 : 1)
    wnoutrefresh(cka_stdscr())
    doupdate()
  }

  /// Hands over the rows that differ from what is shown; false when the pairs did not suffice.
  private mutating func putRows(of buffer: CellBuffer) -> Bool {
    let width = buffer.size.width
    if shown == nil { drawn = buffer.cells }
    var suffices = true
    for y in 0..<max(0, buffer.size.height) {
      let row = y * width..<(y + 1) * width
      if let shown, shown.cells[row] == buffer.cells[row] { continue }
      redraw(buffer, row)
      suffices = translate(drawn[row]) && suffices
      cka_put_row(Int32(y), Int32(width), glyphs, numbers, attributes)
    }
    return suffices
  }

  /// Chooses how to draw the cells of a row that changed; the others stay as they are drawn.
  private mutating func redraw(_ buffer: CellBuffer, _ row: Range<Int>) {
    // The style that the terminal has just been given.
    var current: Style?
    for index in row {
      let cell = buffer.cells[index]
      guard shown?.cells[index] != cell else {
        current = nil
        continue
      }
      drawn[index] = current.flatMap(cell.redrawn) ?? cell.withoutIdleInk
      current = drawn[index].style
    }
  }

  /// Turns cells into ncurses's terms; false when a pair was missing, which is then the terminal's
  /// own.
  private mutating func translate(_ cells: ArraySlice<Cell>) -> Bool {
    var suffices = true
    var last: (style: Style, number: Int32?)?
    glyphs.removeAll(keepingCapacity: true)
    numbers.removeAll(keepingCapacity: true)
    attributes.removeAll(keepingCapacity: true)
    for cell in cells {
      let style = cell.style
      if last?.style != style {
        last = (
          style, pairs.number(foreground: style.foreground, background: style.background)
        )
      }
      let number = last?.number
      suffices = suffices && number != nil
      glyphs.append(cell.glyph)
      numbers.append(number ?? 0)
      attributes.append(Self.bits(of: style.attributes))
    }
    return suffices
  }

  private static func bits(of attributes: Attributes) -> UInt32 {
    guard !attributes.isEmpty else { return 0 }
    return (attributes.contains(.bold) ? cka_a_bold() : 0)
      | (attributes.contains(.dim) ? cka_a_dim() : 0)
      | (attributes.contains(.reverse) ? cka_a_reverse() : 0)
      | (attributes.contains(.underline) ? cka_a_underline() : 0)
  }
}
