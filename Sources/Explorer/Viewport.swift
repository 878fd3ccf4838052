import Core

/// How far the layer view is zoomed, and where it is scrolled to.
public struct Viewport: Sendable, Equatable {
  /// How values and pixels relate.
  public enum Zoom: Sendable, Equatable {
    /// The whole matrix, as large as the pane allows.
    case fit
    /// Each value takes this many pixels each way, ≥ 1.
    case pixels(Int)
    /// Each pixel covers this many values each way, ≥ 2.
    case blocks(Int)
  }
  /// How values and pixels relate.
  public var zoom = Zoom.fit
  /// The lowest row shown, as displayed (after transposition).
  public var firstRow = 0
  /// The leftmost column shown, as displayed.
  public var firstColumn = 0
}

/// Where each value of the displayed matrix lies on a grid of pixels; everything else follows from
/// this.
struct Placement: Sendable, Equatable {
  /// Extent of the displayed matrix (after transposition).
  let rows, columns: Int
  /// Pixels for one unit, across and down; 1 when a unit is a block.
  let unitWidth, unitHeight: Int
  /// Values for one unit each way; 1 unless the matrix is larger than the screen.
  let block: Int
  /// The first unit's first value.
  let firstRow, firstColumn: Int
  /// Units on the screen; the last one may cover less than `block` values.
  let unitRows, unitColumns: Int
  /// Row 0 is at the top.
  let originAtTop: Bool

  /// Pixels taken across and down.
  var pixelWidth: Int { unitColumns * unitWidth }
  var pixelHeight: Int { unitRows * unitHeight }

  /// - Parameters:
  ///   - pixels: what the pane offers; both at least 1.
  ///   - stretch: how many times wider than high a unit may be drawn to fill the pane.
  ///   - aspect: pixels across for one pixel down that make a square (2 where a pixel is a whole
  ///     cell).
  init(
    rows: Int, columns: Int, pixels: (width: Int, height: Int), viewport: Viewport,
    originAtTop: Bool, aspect: Int
  ) {
    self.rows = rows
    self.columns = columns
    self.originAtTop = originAtTop
    let scale = Self.scale(
      rows: rows, columns: columns, pixels: pixels, zoom: viewport.zoom, aspect: aspect)
    (unitWidth, unitHeight, block) = scale
    let roomRows = max(1, pixels.height / scale.height)
    let roomColumns = max(1, pixels.width / scale.width)
    (firstRow, unitRows) = Self.window(
      count: rows, first: viewport.firstRow, room: roomRows, block: scale.block,
      alignment: BlockPyramid.alignment(block: scale.block, cells: rows * columns))
    (firstColumn, unitColumns) = Self.window(
      count: columns, first: viewport.firstColumn, room: roomColumns, block: scale.block,
      alignment: BlockPyramid.alignment(block: scale.block, cells: rows * columns))
  }

  private static func scale(
    rows: Int, columns: Int, pixels: (width: Int, height: Int), zoom: Viewport.Zoom, aspect: Int
  ) -> (width: Int, height: Int, block: Int) {
    switch zoom {
    case .pixels(let wanted):
      // A value larger than the pane would be drawn over its neighbours.
      let size = max(1, min(wanted, pixels.height, pixels.width / aspect))
      return (min(size * aspect, pixels.width), size, 1)
    case .blocks(let size):
      return (1, 1, BlockPyramid.allowedBlock(atLeast: size, cells: rows * columns))
    case .fit:
      let across = pixels.width / max(1, columns)
      let down = pixels.height / max(1, rows)
      if across >= 1, down >= 1 {
        // Not quite square where that fills the pane better, but never more than twice off.
        let height = min(down, max(1, 2 * across / aspect))
        return (min(across, 2 * height * aspect), height, 1)
      }
      let needed = max(
        (columns + pixels.width - 1) / pixels.width, (rows + pixels.height - 1) / pixels.height)
      return (1, 1, BlockPyramid.allowedBlock(atLeast: needed, cells: rows * columns))
    }
  }

  /// Clamps a scroll position so that the pane is as full as it can be.
  private static func window(
    count: Int, first: Int, room: Int, block: Int, alignment: Int
  ) -> (first: Int, units: Int) {
    let units = (count + block - 1) / block
    guard units > room else { return (0, units) }
    let last = (units - room) * block
    let clamped = max(0, min(first, last))
    let step = max(block, 1)
    // Blocks start at multiples of their size, so that scrolling never changes what a pixel covers.
    let aligned = clamped / step * step / max(1, alignment) * max(1, alignment)
    return (aligned, min(room, units - aligned / block))
  }

  /// The left pixel and the number of pixels of a displayed column, or nil when it is off the
  /// screen.
  func pixelsAcross(column: Int) -> Range<Int>? {
    let unit = (column - firstColumn) / block
    guard column >= firstColumn, unit < unitColumns else { return nil }
    return unit * unitWidth..<(unit + 1) * unitWidth
  }

  /// The pixels of a displayed row, counted from the top of the drawn area.
  func pixelsDown(row: Int) -> Range<Int>? {
    let unit = (row - firstRow) / block
    guard row >= firstRow, unit < unitRows else { return nil }
    let fromTop = originAtTop ? unit : unitRows - 1 - unit
    return fromTop * unitHeight..<(fromTop + 1) * unitHeight
  }

  /// The unit column under a pixel.
  func unitColumn(pixel x: Int) -> Int { x / unitWidth }

  /// The unit row under a pixel counted from the top of the drawn area.
  func unitRow(pixel y: Int) -> Int {
    originAtTop ? y / unitHeight : unitRows - 1 - y / unitHeight
  }

  /// The displayed row of the first value under a pixel.
  func row(pixel y: Int) -> Int { min(rows - 1, firstRow + unitRow(pixel: y) * block) }
  /// The displayed column of the first value under a pixel.
  func column(pixel x: Int) -> Int { min(columns - 1, firstColumn + unitColumn(pixel: x) * block) }

  /// The scroll position nearest to this one that shows `row` and `column`.
  func scrolled(toShow row: Int, _ column: Int) -> (firstRow: Int, firstColumn: Int) {
    (
      Self.scroll(first: firstRow, units: unitRows, block: block, to: row),
      Self.scroll(first: firstColumn, units: unitColumns, block: block, to: column)
    )
  }

  private static func scroll(first: Int, units: Int, block: Int, to index: Int) -> Int {
    if index < first { return index / block * block }
    let end = first + units * block
    if index >= end { return (index / block - units + 1) * block }
    return first
  }
}
