/// One pass over a view, 8 rows at a time: the pass that summaries and block pyramids have in
/// common.
enum TileScan {
  /// Rows and columns of a tile.
  static let side = 8
  /// Columns converted to float64 at once: 8 rows of them fit the first-level cache.
  private static let chunk = 256

  /// Tallies every tile of `view`, on all cores when that pays.
  ///
  /// - Parameters:
  ///   - start: makes the state of a stripe of so many tile rows.
  ///   - visit: is called with the state and the tiles' tallies, in row-major order.
  /// - Returns: the stripes' states, in order. How the tile rows are divided depends on the view's
  ///   size only, so sums are the same on every machine.
  @inline(__always)
  static func run<State: Sendable>(
    _ view: MatrixView, start: @Sendable (_ tileRows: Int) -> State,
    visit: @Sendable (inout State, Tally) -> Void
  ) -> [State] {
    let tileRows = tiles(view.rows)
    guard tileRows > 0, view.columns > 0 else { return [] }
    let perStripe = max(1, (1 << 18) / side / view.columns)
    let stripes = (tileRows + perStripe - 1) / perStripe
    return concurrentMap(stripes) { stripe in
      let band = stripe * perStripe..<min(tileRows, (stripe + 1) * perStripe)
      var state = start(band.count)
      for tileRow in band {
        let rows = tileRow * side..<min(view.rows, (tileRow + 1) * side)
        scan(view, rows: rows) { visit(&state, $0) }
      }
      view.setAside(rows: band.lowerBound * side..<min(view.rows, band.upperBound * side))
      return state
    }
  }

  /// Tiles needed to cover `count` rows or columns.
  static func tiles(_ count: Int) -> Int { (count + side - 1) / side }

  /// Tallies one row of tiles: whole tiles from the bytes as they stand where the layout allows it,
  /// and the rest converted to float64 first.
  @inline(__always)
  private static func scan(_ view: MatrixView, rows: Range<Int>, visit: (Tally) -> Void) {
    withUnsafeTemporaryAllocation(of: UnsafeRawPointer.self, capacity: side) { starts in
      guard let base = starts.baseAddress else { return }
      var done = 0
      if rows.count == side, let layout = view.packedRows(rows, into: base) {
        done = view.columns / side * side
        switch layout {
        case .float32:
          for column in stride(from: 0, to: done, by: side) {
            visit(Tally(floats: UnsafePointer(base), offset: column * 4))
          }
        case .float64:
          for column in stride(from: 0, to: done, by: side) {
            visit(Tally(doubles: UnsafePointer(base), offset: column * 8))
          }
        }
      }
      while done < view.columns {
        let columns = done..<min(view.columns, done + chunk)
        converted(view, rows: rows, columns: columns, starts: base) {
          for tile in 0..<tiles(columns.count) {
            visit(Tally(doubles: UnsafePointer(base), offset: tile * side * 8))
          }
        }
        done = columns.upperBound
      }
    }
  }

  /// Calls `body` while `starts` point to the cells as float64, filled up to whole tiles with NaN,
  /// which no tally sees.
  private static func converted(
    _ view: MatrixView, rows: Range<Int>, columns: Range<Int>,
    starts: UnsafeMutablePointer<UnsafeRawPointer>, body: () -> Void
  ) {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: side * chunk) { cells in
      guard let base = cells.baseAddress else { return }
      if rows.count < side || columns.count < chunk { cells.initialize(repeating: .nan) }
      for row in 0..<side {
        let start = base + row * chunk
        (starts + row).initialize(to: UnsafeRawPointer(start))
        guard row < rows.count else { continue }
        view.copyRow(
          rows.lowerBound + row, columns: columns,
          into: UnsafeMutableBufferPointer(start: start, count: columns.count))
      }
      body()
    }
  }
}
