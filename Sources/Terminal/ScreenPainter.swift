import CNcurses
import Cells

/// Brings cell buffers to ncurses's screen, row by row, only where they changed.
struct ScreenPainter {
  private var pairs: ColorPairs
  private let depth: ColorDepth
  private var shown: CellBuffer?
  private var glyphs: [UInt32] = []
  private var numbers: [Int32] = []
  private var attributes: [UInt32] = []

  /// For a screen of `depth`, after `start_color`.
  init(depth: ColorDepth, terminalPairs: Int) {
    self.depth = depth
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
    var suffices = true
    for y in 0..<max(0, buffer.size.height) {
      let row = y * width..<(y + 1) * width
      if let shown, shown.cells[row] == buffer.cells[row] { continue }
      suffices = translate(buffer.cells[row]) && suffices
      cka_put_row(Int32(y), Int32(width), glyphs, numbers, attributes)
    }
    return suffices
  }

  /// Turns cells into ncurses's terms; false when a pair was missing, which is then the terminal's own.
  private mutating func translate(_ cells: ArraySlice<Cell>) -> Bool {
    var suffices = true
    glyphs.removeAll(keepingCapacity: true)
    numbers.removeAll(keepingCapacity: true)
    attributes.removeAll(keepingCapacity: true)
    for cell in cells {
      var style = cell.style
      // A space has no ink. Taking the terminal's own lets ncurses send the paper alone.
      if cell.glyph == 0x20, style.attributes.isDisjoint(with: [.reverse, .underline]) {
        style.foreground = .standard
      }
      let number = pairs.number(foreground: style.foreground, background: style.background)
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
