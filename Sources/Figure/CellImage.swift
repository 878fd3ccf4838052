/// The heatmap as colours, top row first, one for each value or for each block of k × k values.
struct CellImage {
  /// More values than this along an axis are drawn as block means.
  static let longestSide = 4096

  /// Colours across and down.
  let columns, rows: Int
  /// Values along each side of a block; 1 when nothing is averaged.
  let block: Int
  /// `rows * columns` colours; 0 where there is no cell.
  let colors: [PackedColor]
  /// Which kinds of value were drawn.
  let inks: Inks
  /// Some blocks average over fewer values because others were NaN or infinite.
  let leftOutMissing: Bool

  /// Reads every value of the figure's heatmap once.
  init(_ figure: Figure, longestSide: Int) {
    let heatmap = figure.heatmap
    let longest = max(heatmap.rows, heatmap.columns)
    let block = max(0, longest - 1) / longestSide + 1
    let columns = (heatmap.columns + block - 1) / block
    let rows = (heatmap.rows + block - 1) / block
    var inks = Inks(figure.scale)
    var colors = [PackedColor](repeating: 0, count: rows * columns)
    var means = BlockMeans(heatmap: heatmap, block: block)
    for row in 0..<rows {
      means.read(blockRow: row)
      let start = (figure.rowZeroAtBottom ? rows - 1 - row : row) * columns
      for column in 0..<columns {
        colors[start + column] =
          if let value = means.value(column) { inks.color(of: value) } else { inks.emptyColor() }
      }
    }
    self.columns = columns
    self.rows = rows
    self.block = block
    self.colors = colors
    self.inks = inks
    leftOutMissing = means.leftOutMissing
  }
}

/// One row of blocks at a time: the mean of each block's finite values.
private struct BlockMeans {
  let heatmap: Heatmap
  let block: Int
  private var values: [Double]
  private var exists: [Bool]
  private var sums: [Double]
  private var finite: [Int]
  /// Of the values that are not finite, the last: what a block without any finite value is drawn
  /// as.
  private var missing: [Double?]
  private(set) var leftOutMissing = false

  init(heatmap: Heatmap, block: Int) {
    self.heatmap = heatmap
    self.block = block
    let blocks = (heatmap.columns + block - 1) / block
    values = Array(repeating: 0, count: heatmap.columns)
    exists = Array(repeating: true, count: heatmap.columns)
    sums = Array(repeating: 0, count: blocks)
    finite = Array(repeating: 0, count: blocks)
    missing = Array(repeating: nil, count: blocks)
  }

  mutating func read(blockRow: Int) {
    for index in sums.indices { (sums[index], finite[index], missing[index]) = (0, 0, nil) }
    let first = blockRow * block
    for row in first..<min(first + block, heatmap.rows) {
      heatmap.read(row: row, values: &values, exists: &exists)
      for column in values.indices where exists[column] {
        let index = column / block
        if values[column].isFinite {
          sums[index] += values[column]
          finite[index] += 1
        } else {
          missing[index] = values[column]
        }
      }
    }
    for index in sums.indices where finite[index] > 0 && missing[index] != nil {
      leftOutMissing = true
    }
  }

  /// The mean of block `index`; not finite when no value of it is; nil when it has no cell.
  func value(_ index: Int) -> Double? {
    finite[index] > 0 ? sums[index] / Double(finite[index]) : missing[index]
  }
}
