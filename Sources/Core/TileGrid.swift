/// Mean, minimum, maximum and number of the finite cells of every 8 × 8 tile of a view.
struct TileGrid: Sendable {
  /// Number of tiles in a row.
  let columns: Int
  /// Row-major; 0 where a tile has no finite cell.
  private(set) var means: [Float] = []
  /// Row-major; +∞ where a tile has no finite cell.
  private(set) var minima: [Float] = []
  /// Row-major; −∞ where a tile has no finite cell.
  private(set) var maxima: [Float] = []
  /// Finite cells, 0…64; row-major.
  private(set) var counts: [UInt8] = []

  /// Tiles and tally of all cells, from one pass over `view`.
  static func scanning(_ view: MatrixView) -> (grid: TileGrid, tally: Tally) {
    let columns = TileScan.tiles(view.columns)
    let stripes = TileScan.run(view) { tileRows in
      (grid: TileGrid(columns: columns, capacity: tileRows * columns), tally: Tally())
    } visit: { state, tally in
      state.grid.append(tally)
      state.tally.merge(tally)
    }
    var whole = TileGrid(columns: columns, capacity: TileScan.tiles(view.rows) * columns)
    var tally = Tally()
    for stripe in stripes {
      whole.append(stripe.grid)
      tally.merge(stripe.tally)
    }
    return (whole, tally)
  }

  private init(columns: Int, capacity: Int) {
    self.columns = columns
    means.reserveCapacity(capacity)
    minima.reserveCapacity(capacity)
    maxima.reserveCapacity(capacity)
    counts.reserveCapacity(capacity)
  }

  private mutating func append(_ tally: Tally) {
    let isEmpty = tally.finite == 0
    means.append(isEmpty ? 0 : clamped(tally.sum / Double(tally.finite)))
    minima.append(isEmpty ? .infinity : clamped(tally.minimum))
    maxima.append(isEmpty ? -.infinity : clamped(tally.maximum))
    counts.append(UInt8(tally.finite))
  }

  private mutating func append(_ grid: TileGrid) {
    means += grid.means
    minima += grid.minima
    maxima += grid.maxima
    counts += grid.counts
  }

  /// The nearest finite float32: an infinity would be taken for a cell that is left out.
  private func clamped(_ value: Double) -> Float {
    let largest = Double(Float.greatestFiniteMagnitude)
    return Float(min(largest, max(-largest, value)))
  }
}
