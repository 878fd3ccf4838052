/// Width and height in terminal cells.
public struct Size: Sendable, Hashable {
  /// Cells across.
  public var width: Int
  /// Cells down.
  public var height: Int

  /// A size of `width` × `height` cells.
  public init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }
}

/// A rectangle of terminal cells; `x`, `y` is its upper left cell, and rows grow downwards.
public struct Rect: Sendable, Hashable {
  /// Column of the upper left cell.
  public var x: Int
  /// Row of the upper left cell.
  public var y: Int
  /// Cells across, ≥ 0.
  public var width: Int
  /// Cells down, ≥ 0.
  public var height: Int

  /// A rectangle; negative extents become 0.
  public init(x: Int, y: Int, width: Int, height: Int) {
    self.x = x
    self.y = y
    self.width = max(0, width)
    self.height = max(0, height)
  }

  /// One past the last column.
  public var right: Int { x + width }
  /// One past the last row.
  public var bottom: Int { y + height }
  /// No cell lies inside.
  public var isEmpty: Bool { width == 0 || height == 0 }

  /// Whether the cell (x, y) lies inside.
  public func contains(x: Int, y: Int) -> Bool {
    x >= self.x && x < right && y >= self.y && y < bottom
  }

  /// The rectangle without `margin` cells on each side.
  public func inset(by margin: Int) -> Rect {
    Rect(x: x + margin, y: y + margin, width: width - 2 * margin, height: height - 2 * margin)
  }
}
