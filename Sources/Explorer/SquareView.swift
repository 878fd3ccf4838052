import Cells
import Core

/// Where the cells of a minibatch square lie on a grid of pixels.
struct SquarePlacement: Sendable, Equatable {
  /// Cells along a side.
  let side: Int
  /// Pixels for a cell, across and down; 1 when pixels cover several cells.
  let unitWidth, unitHeight: Int
  /// Cells for a pixel each way; 1 unless the square is larger than the pane.
  let block: Int

  /// - Parameter aspect: pixels across for one down that make a square.
  init(side: Int, pixels: (width: Int, height: Int), aspect: Int) {
    self.side = side
    let size = min(pixels.width / max(1, side * aspect), pixels.height / max(1, side))
    if size >= 1 {
      (unitWidth, unitHeight, block) = (size * aspect, size, 1)
    } else {
      let across = (side + pixels.width - 1) / max(1, pixels.width)
      let down = (side + pixels.height - 1) / max(1, pixels.height)
      (unitWidth, unitHeight, block) = (1, 1, max(across, down, 1))
    }
  }

  /// Pixels taken each way.
  var pixelWidth: Int { (side + block - 1) / block * unitWidth }
  var pixelHeight: Int { (side + block - 1) / block * unitHeight }

  /// Row (from the bottom) and column of the first square cell under a pixel counted from the upper
  /// left.
  func cell(pixelX: Int, pixelY: Int) -> (row: Int, column: Int) {
    (
      (pixelHeight - 1 - pixelY) / unitHeight * block,
      pixelX / unitWidth * block
    )
  }
}

// The sorted view's geometry.
extension State {
  /// Where the square's cells lie; nil when there is no square on the screen.
  var squarePlacement: SquarePlacement? { squareRoom.flatMap(place) }

  /// The minibatch pane's inner layout around what is drawn.
  func squareFrame(_ place: SquarePlacement) -> SquareFrame? {
    let perCell = halfBlocks ? 2 : 1
    return squareRoom?.fitted(
      width: place.pixelWidth, height: (place.pixelHeight + perCell - 1) / perCell)
  }

  /// The room that the minibatch pane has, with the statistics where they leave the larger square.
  private var squareRoom: SquareFrame? {
    guard let pane = Layout(self).minibatches else { return nil }
    let beside = SquareFrame(frame: pane, statisticsBelow: false)
    let below = SquareFrame(frame: pane, statisticsBelow: true)
    guard let tall = place(in: below), let wide = place(in: beside) else { return beside }
    return tall.unitHeight > wide.unitHeight || tall.block < wide.block ? below : beside
  }

  private func place(in room: SquareFrame) -> SquarePlacement? {
    guard let square, square.layout.side > 0, !room.heat.isEmpty else { return nil }
    return SquarePlacement(
      side: square.layout.side, pixels: (room.heat.width, room.heat.height * (halfBlocks ? 2 : 1)),
      aspect: halfBlocks ? 1 : 2)
  }

  /// The rank at a screen cell of the minibatch pane.
  func rank(atX x: Int, y: Int) -> Int? {
    guard let square, let place = squarePlacement, let frame = squareFrame(place),
      frame.heat.contains(x: x, y: y)
    else { return nil }
    let perCell = halfBlocks ? 2 : 1
    let top = frame.heat.height * perCell - place.pixelHeight
    let pixelY = max(0, (y - frame.heat.y) * perCell - top + perCell - 1)
    let cell = place.cell(pixelX: x - frame.heat.x, pixelY: min(pixelY, place.pixelHeight - 1))
    return square.layout.rank(row: cell.row, column: cell.column)
  }
}
