import Cells
import Similarity

// The layer view's geometry: what is displayed, where, and how keys move over it.
extension State {
  /// The row axis as displayed: the column axis when transposed.
  var displayedRows: Axis? { settings.transposed ? arrangement?.columns : arrangement?.rows }
  /// The column axis as displayed.
  var displayedColumns: Axis? { settings.transposed ? arrangement?.rows : arrangement?.columns }

  /// Widths and depths of the displayed rows' names.
  var displayedRowNames: NameMeasures? {
    settings.transposed ? arrangement?.columnNames : arrangement?.rowNames
  }
  /// Widths and depths of the displayed columns' names.
  var displayedColumnNames: NameMeasures? {
    settings.transposed ? arrangement?.rowNames : arrangement?.columnNames
  }

  /// The crosshair as displayed.
  var displayedCrosshair: (row: Int, column: Int) {
    get {
      settings.transposed
        ? (crosshair.column, crosshair.row) : (crosshair.row, crosshair.column)
    }
    set {
      crosshair =
        settings.transposed
        ? Crosshair(row: newValue.column, column: newValue.row)
        : Crosshair(row: newValue.row, column: newValue.column)
    }
  }

  /// The room that the layer pane has; nil when it is not on the screen.
  ///
  /// Long names give way where that lets every value, or fewer values a pixel, be shown.
  private var heatRoom: HeatLayout? {
    guard let frame = Layout(self).layers, let longest = displayedRowNames?.longest else {
      return nil
    }
    let generous = HeatLayout(frame: frame, longestName: longest)
    guard longest > HeatLayout.shortName, let wide = place(in: generous), wide.block > 1 else {
      return generous
    }
    let tight = HeatLayout(frame: frame, longestName: HeatLayout.shortName)
    return (place(in: tight)?.block ?? wide.block) < wide.block ? tight : generous
  }

  /// The layer pane's inner layout around what is drawn.
  func heatLayout(_ place: Placement) -> HeatLayout? {
    let perCell = halfBlocks ? 2 : 1
    return heatRoom?.fitted(
      width: place.pixelWidth, height: (place.pixelHeight + perCell - 1) / perCell)
  }

  /// Pixels are half a cell high.
  var halfBlocks: Bool {
    PixelCanvas.usesHalfBlocks(depth: terminal.depth, unicode: terminal.unicode)
  }

  /// Where each displayed value lies; nil when nothing is displayed.
  var placement: Placement? { heatRoom.flatMap(place) }

  private func place(in room: HeatLayout) -> Placement? {
    guard let arrangement, !arrangement.isEmpty, !room.heat.isEmpty else { return nil }
    let (rows, columns) = (arrangement.view.rows, arrangement.view.columns)
    return Placement(
      rows: settings.transposed ? columns : rows, columns: settings.transposed ? rows : columns,
      pixels: (room.heat.width, room.heat.height * (halfBlocks ? 2 : 1)), viewport: viewport,
      originAtTop: settings.originAtTop, aspect: halfBlocks ? 1 : 2)
  }

  /// Moves the crosshair by units of the screen (a value, or a block of values); `up` is towards
  /// the top.
  mutating func moveCrosshair(right: Int, up: Int, fine: Bool = false) {
    let step = fine ? 1 : placement?.block ?? 1
    let down = settings.originAtTop ? -up : up
    let here = displayedCrosshair
    setCrosshair(row: here.row + down * step, column: here.column + right * step)
  }

  /// Puts the crosshair on a displayed row or column; nil leaves it.
  mutating func setCrosshair(row: Int? = nil, column: Int? = nil) {
    // The heatmap itself may be off the screen, behind its profile.
    guard let rows = displayedRows?.layers.count, let columns = displayedColumns?.layers.count,
      rows > 0, columns > 0
    else { return }
    var here = displayedCrosshair
    if let row { here.row = max(0, min(rows - 1, row)) }
    if let column { here.column = max(0, min(columns - 1, column)) }
    displayedCrosshair = here
  }

  /// Scrolls just far enough that the crosshair is on the screen.
  mutating func scrollToCrosshair() {
    guard let place = placement else { return }
    let here = displayedCrosshair
    (viewport.firstRow, viewport.firstColumn) = place.scrolled(toShow: here.row, here.column)
  }

  /// Scrolls by a part of the pane; the crosshair stays on the screen.
  mutating func pan(right: Int, up: Int) {
    guard let place = placement else { return }
    let down = settings.originAtTop ? -up : up
    let rows = max(1, place.unitRows / 4) * place.block
    let columns = max(1, place.unitColumns / 4) * place.block
    viewport.firstRow = max(0, place.firstRow + down * rows)
    viewport.firstColumn = max(0, place.firstColumn + right * columns)
    guard let moved = placement else { return }
    viewport.firstRow = moved.firstRow
    viewport.firstColumn = moved.firstColumn
    var here = displayedCrosshair
    let lastRow = min(moved.rows, moved.firstRow + moved.unitRows * moved.block) - 1
    let lastColumn = min(moved.columns, moved.firstColumn + moved.unitColumns * moved.block) - 1
    here.row = max(moved.firstRow, min(lastRow, here.row))
    here.column = max(moved.firstColumn, min(lastColumn, here.column))
    displayedCrosshair = here
  }

  /// Zooms one step in (or out), around the crosshair.
  mutating func zoom(in closer: Bool) {
    guard let place = placement else { return }
    let next = closer ? Self.closer(than: place) : Self.farther(than: place)
    if !closer, fits(next) {
      viewport = Viewport()
      return
    }
    viewport.zoom = next
    guard let zoomed = placement else { return }
    let here = displayedCrosshair
    viewport.firstRow = max(0, here.row - zoomed.unitRows * zoomed.block / 2)
    viewport.firstColumn = max(0, here.column - zoomed.unitColumns * zoomed.block / 2)
  }

  private static let pixelSteps = [1, 2, 3, 4, 6, 8, 12, 16, 24]
  private static let blockSteps = [2, 3, 4, 6, 8, 16, 32, 64, 128, 256]

  private static func closer(than place: Placement) -> Viewport.Zoom {
    if place.block > 1 {
      let smaller = blockSteps.last { $0 < place.block }
      return smaller.map { .blocks($0) } ?? .pixels(1)
    }
    return .pixels(pixelSteps.first { $0 > place.unitHeight } ?? place.unitHeight)
  }

  private static func farther(than place: Placement) -> Viewport.Zoom {
    if place.block == 1, let smaller = pixelSteps.last(where: { $0 < place.unitHeight }) {
      return .pixels(smaller)
    }
    return .blocks(blockSteps.first { $0 > place.block } ?? place.block)
  }

  /// Whether the whole matrix is visible at `zoom`, so that zooming out further shows nothing new.
  private func fits(_ zoom: Viewport.Zoom) -> Bool {
    var trial = self
    trial.viewport.zoom = zoom
    guard let place = trial.placement else { return true }
    return place.unitRows * place.block >= place.rows
      && place.unitColumns * place.block >= place.columns
  }

  /// The displayed row and column of the value at a screen cell of the layer pane.
  func value(atX x: Int, y: Int) -> (row: Int, column: Int)? {
    guard let place = placement, let layout = heatLayout(place), layout.heat.contains(x: x, y: y)
    else { return nil }
    let perCell = halfBlocks ? 2 : 1
    let top = place.originAtTop ? 0 : layout.heat.height * perCell - place.pixelHeight
    let pixelX = x - layout.heat.x
    let pixelY = max(0, (y - layout.heat.y) * perCell - top + (perCell - 1))
    return (place.row(pixel: min(pixelY, place.pixelHeight - 1)), place.column(pixel: pixelX))
  }
}
