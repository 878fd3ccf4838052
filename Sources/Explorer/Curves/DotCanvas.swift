import Cells

/// A grid of dots drawn into cells: 2 × 4 dots a cell in braille, one a cell in ASCII. Each cell
/// belongs to the line that came to it last.
struct DotCanvas {
  /// What a cell shows.
  struct Dots: Equatable {
    /// Which dots are set, as the braille block counts them; 0 for none.
    var bits: UInt8 = 0
    /// The mark that stands in their place.
    var mark: Unicode.Scalar?
    /// Whose line it is; -1 for nobody's.
    var owner = -1
    /// It is part of an error bar, which ASCII draws as such.
    var isBar = false
  }

  /// Cells across and down.
  let columns, rows: Int
  let unicode: Bool
  private(set) var cells: [Dots]

  init(columns: Int, rows: Int, unicode: Bool) {
    self.columns = max(0, columns)
    self.rows = max(0, rows)
    self.unicode = unicode
    cells = Array(repeating: Dots(), count: self.columns * self.rows)
  }

  /// Dots across and down a cell.
  var dotsAcross: Int { unicode ? 2 : 1 }
  var dotsDown: Int { unicode ? 4 : 1 }
  /// Dots across and down.
  var width: Int { columns * dotsAcross }
  var height: Int { rows * dotsDown }

  /// Sets the dot at (x, y), y downwards from the top; one outside is left out.
  mutating func set(_ x: Int, _ y: Int, owner: Int, isBar: Bool = false) {
    guard x >= 0, y >= 0, x < width, y < height else { return }
    let index = y / dotsDown * columns + x / dotsAcross
    cells[index].bits |= unicode ? Self.bit(x % 2, y % 4) : 1
    cells[index].owner = owner
    cells[index].isBar = isBar
  }

  /// Puts a mark into the cell of the dot at (x, y).
  mutating func mark(_ x: Int, _ y: Int, _ glyph: Unicode.Scalar, owner: Int) {
    guard x >= 0, y >= 0, x < width, y < height else { return }
    let index = y / dotsDown * columns + x / dotsAcross
    cells[index].mark = glyph
    cells[index].owner = owner
  }

  /// A straight line, by Bresenham's algorithm; the dots of it that `dash` lets through.
  mutating func line(
    from start: (x: Int, y: Int), to end: (x: Int, y: Int), owner: Int, dash: inout Dash
  ) {
    let (dx, dy) = (abs(end.x - start.x), -abs(end.y - start.y))
    let (stepX, stepY) = (start.x < end.x ? 1 : -1, start.y < end.y ? 1 : -1)
    var (x, y, error) = (start.x, start.y, dx + dy)
    while true {
      if dash.next() { set(x, y, owner: owner) }
      if x == end.x, y == end.y { return }
      let twice = 2 * error
      if twice >= dy {
        error += dy
        x += stepX
      }
      if twice <= dx {
        error += dx
        y += stepY
      }
    }
  }

  /// The glyph of a cell; nil for an empty one.
  func glyph(_ dots: Dots) -> Unicode.Scalar? {
    if let mark = dots.mark { return mark }
    guard dots.bits != 0 else { return nil }
    guard unicode else { return dots.isBar ? "|" : "." }
    return Unicode.Scalar(0x2800 + UInt32(dots.bits))
  }

  /// Braille counts its dots down the left column, down the right one, then along the last row.
  private static func bit(_ x: Int, _ y: Int) -> UInt8 {
    y == 3 ? (x == 0 ? 0x40 : 0x80) : (x == 0 ? 1 : 8) << UInt8(y)
  }
}

/// Which dots of a line are drawn: lines that have no colour are told apart by their gaps.
struct Dash {
  /// Dots drawn and left out, in turn; empty for all.
  let pattern: [Int]
  private var place = 0

  /// The pattern of series `index` on a terminal without colours.
  init(_ index: Int) { pattern = Self.patterns[index % Self.patterns.count] }

  /// A line without gaps.
  static let solid = Dash(0)

  private static let patterns = [[], [6, 3], [1, 2], [8, 2, 1, 2]]

  /// Whether the next dot is drawn.
  mutating func next() -> Bool {
    guard !pattern.isEmpty else { return true }
    var rest = place
    place = (place + 1) % pattern.reduce(0, +)
    for (index, length) in pattern.enumerated() {
      if rest < length { return index % 2 == 0 }
      rest -= length
    }
    return true
  }
}
