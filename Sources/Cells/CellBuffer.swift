/// The whole screen as a value: `width` × `height` cells, row by row from the top.
public struct CellBuffer: Sendable, Equatable {
  /// Its extent.
  public let size: Size
  /// The cells, row-major: `size.width * size.height` of them.
  public private(set) var cells: [Cell]

  /// A blank screen.
  public init(size: Size) {
    self.size = size
    cells = Array(repeating: .blank, count: max(0, size.width * size.height))
  }

  /// The cell at column `x`, row `y`; reads outside are blank and writes outside are dropped.
  public subscript(x: Int, y: Int) -> Cell {
    get {
      guard x >= 0, y >= 0, x < size.width, y < size.height else { return .blank }
      return cells[y * size.width + x]
    }
    set {
      guard x >= 0, y >= 0, x < size.width, y < size.height else { return }
      cells[y * size.width + x] = newValue
    }
  }

  /// Writes `text` from (x, y) rightwards, at most `width` cells; returns the cells used.
  /// A wide glyph that would be cut in half is left out.
  @discardableResult
  public mutating func write(
    _ text: String, x: Int, y: Int, width: Int = .max, style: Style = .plain
  ) -> Int {
    var used = 0
    for scalar in text.unicodeScalars {
      let cells = TextWidth.width(of: scalar)
      guard cells > 0 else { continue }
      if used + cells > width { break }
      self[x + used, y] = Cell(scalar, style)
      if cells == 2 { self[x + used + 1, y] = .continuation(style) }
      used += cells
    }
    return used
  }

  /// Fills `rect` with copies of `cell`.
  public mutating func fill(_ rect: Rect, with cell: Cell) {
    for y in rect.y..<rect.bottom {
      for x in rect.x..<rect.right { self[x, y] = cell }
    }
  }

  /// Gives every cell of `rect` the attributes `attributes` too.
  public mutating func add(_ attributes: Attributes, in rect: Rect) {
    for y in rect.y..<rect.bottom {
      for x in rect.x..<rect.right {
        var cell = self[x, y]
        cell.style.attributes.formUnion(attributes)
        self[x, y] = cell
      }
    }
  }

  /// The glyphs alone, one line a row, blanks at the end of each line removed.
  public var text: String {
    (0..<size.height).map { y in
      var line = ""
      for x in 0..<size.width {
        if let scalar = Unicode.Scalar(self[x, y].glyph), scalar.value != 0 {
          line.unicodeScalars.append(scalar)
        }
      }
      while line.last == " " { line.removeLast() }
      return line
    }.joined(separator: "\n")
  }
}
