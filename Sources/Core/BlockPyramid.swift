/// How a block of cells becomes one value on the screen.
public enum Reduction: String, CaseIterable, Sendable {
  /// The mean of the block's finite values.
  case mean
  /// The smallest finite value.
  case minimum
  /// The largest finite value.
  case maximum
}

/// A matrix prepared for drawing at any size: mean, minimum and maximum of every 8 × 8 cells are
/// kept, so that a drawing of 10,000 × 10,000 cells does not read them all again at each key.
///
/// Views of up to `largestPlain` cells are read as they are. Above it the tiles take 13 bytes for
/// 64 cells, 5.1 % of a float32 matrix. They hold float32: what is drawn differs from the true
/// mean, minimum or maximum by less than 1 part in 10⁷ of the block's largest value, and values
/// beyond float32's range are drawn as its largest.
public struct BlockPyramid: Sendable {
  /// Most cells of a view that is drawn without tiles.
  public static let largestPlain = 4_000_000

  /// The view in the order of its memory, and whether that exchanged its rows and columns.
  private let view: MatrixView
  private let isTransposed: Bool
  private let tiles: TileGrid?

  /// Reads a large view once, on all cores; costs nothing for a small one.
  public init(_ view: MatrixView) {
    self.init(view, tilingAbove: Self.largestPlain)
  }

  /// The pyramid and the summary of `view`, for which its values are read once.
  public static func building(_ view: MatrixView) -> (BlockPyramid, Summary) {
    building(view, tilingAbove: largestPlain)
  }

  /// As the public `init`, with tiles for views of more than `limit` cells.
  init(_ view: MatrixView, tilingAbove limit: Int) {
    let (ordered, isTransposed) = view.inMemoryOrder
    let tiles = view.cells > limit ? TileGrid.scanning(ordered).grid : nil
    self.init(view: ordered, isTransposed: isTransposed, tiles: tiles)
  }

  /// As the public `building`, with tiles for views of more than `limit` cells.
  static func building(_ view: MatrixView, tilingAbove limit: Int) -> (BlockPyramid, Summary) {
    guard view.cells > limit else {
      return (BlockPyramid(view, tilingAbove: limit), view.summary())
    }
    let (ordered, isTransposed) = view.inMemoryOrder
    let (tiles, tally) = TileGrid.scanning(ordered)
    let pyramid = BlockPyramid(view: ordered, isTransposed: isTransposed, tiles: tiles)
    return (pyramid, Summary(tally, cells: view.cells))
  }

  private init(view: MatrixView, isTransposed: Bool, tiles: TileGrid?) {
    self.view = view
    self.isTransposed = isTransposed
    self.tiles = tiles
  }

  /// The smallest block, at least `block`, that is cheap to draw for a view of `cells` cells: any
  /// block for a small view; up to 8, and then multiples of 8, for a large one.
  public static func allowedBlock(atLeast block: Int, cells: Int) -> Int {
    let block = max(1, block)
    guard cells > largestPlain, block > TileScan.side else { return block }
    return (block - 1) / TileScan.side * TileScan.side + TileScan.side
  }

  /// What the first row and column of a drawing must be multiples of for `reduce` to be cheap.
  public static func alignment(block: Int, cells: Int) -> Int {
    cells > largestPlain && block > TileScan.side ? TileScan.side : 1
  }

  /// One value for each of rows × columns blocks, in row-major order.
  ///
  /// Value (i, j) stands for view rows `firstRow + i * block ..< firstRow + (i + 1) * block`, cut
  /// off at the view's ends, and columns likewise. NaN and infinite cells are left out; a block
  /// without a finite cell, or outside the view, is NaN. Any block and any first row and column
  /// give the right values; for a large view they should be as `allowedBlock` and `alignment` say,
  /// or every cell is read.
  public func reduce(
    firstRow: Int, firstColumn: Int, block: Int, rows: Int, columns: Int, by reduction: Reduction
  ) -> [Double] {
    precondition(block > 0 && rows >= 0 && columns >= 0, "a drawing has a block and a size")
    guard rows > 0, columns > 0 else { return [] }
    let down = BlockSpans(
      first: firstRow, block: block, count: rows, end: view.length(isTransposed))
    let across = BlockSpans(
      first: firstColumn, block: block, count: columns, end: view.length(!isTransposed))
    guard isTransposed else { return reduce(down: down, across: across, by: reduction) }
    let flipped = reduce(down: across, across: down, by: reduction)
    return (0..<rows).flatMap { row in (0..<columns).map { flipped[$0 * rows + row] } }
  }

  /// As the public `reduce`, over the rows and columns of `view` as its memory has them.
  private func reduce(down: BlockSpans, across: BlockSpans, by reduction: Reduction) -> [Double] {
    if let tiles, down.areMultiples(of: TileScan.side), across.areMultiples(of: TileScan.side) {
      return BlockFold(reduction, over: tiles)
        .fold(down: down.divided(by: TileScan.side), across: across.divided(by: TileScan.side))
    }
    return BlockFold(reduction, over: view).fold(down: down, across: across)
  }
}

extension MatrixView {
  /// Number of columns, or of rows.
  fileprivate func length(_ ofColumns: Bool) -> Int { ofColumns ? columns : rows }
}
