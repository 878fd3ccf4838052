/// Folds blocks of cells, or of tiles, into one value each: first down the columns of a block,
/// which runs along the memory, then across.
struct BlockFold: Sendable {
  /// Sums (or extremes) and numbers of finite cells, one of each for every column.
  typealias Columns = (
    values: UnsafeMutableBufferPointer<Double>, counts: UnsafeMutableBufferPointer<Double>
  )
  private let reduction: Reduction
  /// Takes columns `range` of one row into the running columns.
  private let take: @Sendable (_ row: Int, _ range: Range<Int>, _ columns: Columns) -> Void
  /// Cells that are read before a second core pays.
  private static let worthwhile = 1 << 17

  /// Folds cells of `view`.
  init(_ reduction: Reduction, over view: MatrixView) {
    self.reduction = reduction
    take = { row, range, columns in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: range.count) { cells in
        view.copyRow(row, columns: range, into: cells)
        Self.take(UnsafeBufferPointer(cells), reduction, into: columns)
      }
    }
  }

  /// Folds tiles of `grid`.
  init(_ reduction: Reduction, over grid: TileGrid) {
    self.reduction = reduction
    take = { row, range, columns in
      let start = row * grid.columns + range.lowerBound
      switch reduction {
      case .mean:
        for i in 0..<range.count {
          let count = Double(grid.counts[start + i])
          columns.values[i] += Double(grid.means[start + i]) * count
          columns.counts[i] += count
        }
      case .minimum:
        for i in 0..<range.count {
          columns.values[i] = min(columns.values[i], Double(grid.minima[start + i]))
        }
      case .maximum:
        for i in 0..<range.count {
          columns.values[i] = max(columns.values[i], Double(grid.maxima[start + i]))
        }
      }
    }
  }

  /// `down.count` × `across.count` values, row-major.
  func fold(down: BlockSpans, across: BlockSpans) -> [Double] {
    let isLarge = down.whole.count * across.whole.count > Self.worthwhile
    let perTask = isLarge ? max(1, down.count / 16) : down.count
    let tasks = (down.count + perTask - 1) / perTask
    return concurrentMap(tasks) { task in
      (task * perTask..<min(down.count, (task + 1) * perTask)).flatMap {
        foldRow(down[$0], across: across)
      }
    }.flatMap { $0 }
  }

  private func foldRow(_ rows: Range<Int>, across: BlockSpans) -> [Double] {
    let range = across.whole
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: range.count) { values in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: range.count) { counts in
        values.initialize(repeating: start)
        counts.initialize(repeating: 0)
        for row in rows { take(row, range, (values, counts)) }
        return (0..<across.count).map { index in
          let span = across[index]
          guard !span.isEmpty else { return .nan }
          let local = span.lowerBound - range.lowerBound..<span.upperBound - range.lowerBound
          return finish(values[local], counts[local])
        }
      }
    }
  }

  /// What a column holds before any cell is taken.
  private var start: Double {
    switch reduction {
    case .mean: 0
    case .minimum: .infinity
    case .maximum: -.infinity
    }
  }

  private func finish(
    _ values: Slice<UnsafeMutableBufferPointer<Double>>,
    _ counts: Slice<UnsafeMutableBufferPointer<Double>>
  ) -> Double {
    let folded =
      switch reduction {
      case .mean: values.reduce(0, +) / counts.reduce(0, +)
      case .minimum: values.reduce(.infinity, min)
      case .maximum: values.reduce(-.infinity, max)
      }
    return folded.isFinite ? folded : .nan
  }

  /// Takes one row of cells into the running columns; NaN and infinities fail every comparison
  /// here.
  private static func take(
    _ cells: UnsafeBufferPointer<Double>, _ reduction: Reduction, into columns: Columns
  ) {
    switch reduction {
    case .mean:
      for i in 0..<cells.count {
        let isFinite = cells[i] - cells[i] == 0
        columns.values[i] += isFinite ? cells[i] : 0
        columns.counts[i] += isFinite ? 1 : 0
      }
    case .minimum:
      for i in 0..<cells.count {
        let isLower = cells[i] < columns.values[i] && cells[i] > -.infinity
        columns.values[i] = isLower ? cells[i] : columns.values[i]
      }
    case .maximum:
      for i in 0..<cells.count {
        let isHigher = cells[i] > columns.values[i] && cells[i] < .infinity
        columns.values[i] = isHigher ? cells[i] : columns.values[i]
      }
    }
  }
}
