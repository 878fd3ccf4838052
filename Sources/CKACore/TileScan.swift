/// One pass over a view, 8 rows at a time: the pass that summaries and block pyramids have in common.
enum TileScan {
  /// Rows and columns of a tile.
  static let side = 8
  /// Tiles converted to float64 at once: 8 rows of this many tiles fit the first-level cache.
  private static let chunk = 32

  /// Tallies every tile of `view`, on all cores when that pays.
  ///
  /// - Parameters:
  ///   - start: makes the state of a stripe of tile rows, whose number is given.
  ///   - visit: is called with the state and the tiles' tallies, in row-major order.
  /// - Returns: the stripes' states, in order. How the tile rows are divided depends on the view's size
  ///   only, so sums are the same on every machine.
  static func run<State: Sendable>(
    _ view: MatrixView, start: @Sendable (_ tileRows: Int) -> State,
    visit: @Sendable (inout State, Tally) -> Void
  ) -> [State] {
    let tileRows = tiles(view.rows)
    guard tileRows > 0, view.columns > 0 else { return [] }
    let perStripe = max(1, 1 << 18 / (side * view.columns))
    let stripes = (tileRows + perStripe - 1) / perStripe
    return concurrentMap(stripes) { stripe in
      let band = stripe * perStripe..<min(tileRows, (stripe + 1) * perStripe)
      var state = start(band.count)
      scan(view, tileRows: band) { visit(&state, $0) }
      return state
    }
  }

  /// Tiles needed to cover `count` rows or columns.
  static func tiles(_ count: Int) -> Int { (count + side - 1) / side }

  private static func scan(
    _ view: MatrixView, tileRows: Range<Int>, visit: (Tally) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: SIMD8<Double>.self, capacity: side * chunk) { scratch in
      guard let base = scratch.baseAddress else { return }
      for tileRow in tileRows {
        let rows = tileRow * side..<min(view.rows, (tileRow + 1) * side)
        for first in stride(from: 0, to: view.columns, by: side * chunk) {
          let columns = first..<min(view.columns, first + side * chunk)
          if rows.count < side || columns.count < side * chunk {
            // Cells of a tile that stick out of the view count as NaN, which no tally sees.
            scratch.initialize(repeating: SIMD8(repeating: .nan))
          }
          fill(base, from: view, rows: rows, columns: columns)
          for tile in 0..<tiles(columns.count) { visit(Tally(tile: base + tile, stride: chunk)) }
        }
      }
    }
  }

  private static func fill(
    _ scratch: UnsafeMutablePointer<SIMD8<Double>>, from view: MatrixView, rows: Range<Int>,
    columns: Range<Int>
  ) {
    for (index, row) in rows.enumerated() {
      let target = UnsafeMutableRawPointer(scratch + index * chunk)
        .assumingMemoryBound(to: Double.self)
      view.copyRow(
        row, columns: columns,
        into: UnsafeMutableBufferPointer(start: target, count: columns.count))
    }
  }
}
