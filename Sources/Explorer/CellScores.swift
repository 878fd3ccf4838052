import Core
import Similarity

/// The minibatch scores of the layer pair under the crosshair, as a result that the sorted view can
/// show.
struct CellScores: Sendable {
  /// What it was made from.
  struct Key: Sendable, Equatable {
    let arrangement: Arrangement.Key
    /// Row and column in the file.
    let row, column: Int
  }
  let key: Key
  /// The scores; nil when there are none.
  let result: OpenResult?
  /// The cell's own value, which is no mean of the scores: sums over minibatches first, then the
  /// ratio.
  let value: Double
  /// Half the width of the value's 95 % interval; nil when it is not known.
  let halfWidth: Double?
  /// What is to be known of the interval, in a word: "rough", "early"; empty when all is well.
  let widthMark: String
  /// What the value hangs on, in a few words each.
  let marks: [String]
  /// p under the permutation null; nil where there is none.
  let p: Double?
  /// Minibatches that the value is made of.
  let minibatches: Int
  /// Why the cell has no value, or else no scores; nil when it has both.
  let reason: String?

  init(_ key: Key, of result: OpenResult, _ block: StudyBlock, names: (row: String, column: String))
  {
    let (row, column) = (key.row, key.column)
    self.key = key
    value = result.comparison.matrix[row, column]
    minibatches = block.study.countedMinibatches
    let known = result.halfWidths?[row, column]
    let width = known ?? block.uncertainty(row: row, column: column)?.halfWidth
    halfWidth = width.flatMap { $0.isFinite ? $0 : nil }
    let isEarly = result.comparison.origin?.isStoppedEarly ?? false
    widthMark = block.study.intervalsAreRough ? "rough" : isEarly ? "early" : ""
    marks = block.warnings(row: row, column: column).map(\.mark)
    p = block.nullP(row: row, column: column)
    if let reason = block.reason(row: row, column: column) {
      (self.result, self.reason) = (nil, reason)
    } else if block.study.kept.isEmpty {
      (self.result, reason) = (nil, "only sums over minibatches were kept, no scores")
    } else {
      reason = nil
      self.result = result.scores(row: row, column: column, names: names)
    }
  }
}

extension OpenResult {
  /// The scores of one cell in every kept minibatch, as a result of their own; nil where none are
  /// kept.
  /// - Parameters:
  ///   - row, column: the cell, in the file.
  ///   - names: what its two layers are called.
  public func scores(
    row: Int, column: Int, names: (row: String, column: String)
  ) -> OpenResult? {
    guard let block = comparison.block, row < comparison.matrix.rows,
      column < comparison.matrix.columns
    else { return nil }
    let scores = block.scores(row: row, column: column)
    guard !scores.isEmpty else { return nil }
    return OpenResult(
      Comparison(
        id: comparison.id, format: comparison.format, kind: .minibatches,
        rows: Axis(model: names.row.orRoot, dataset: comparison.rows.dataset, layers: []),
        columns: Axis(model: names.column.orRoot, dataset: comparison.columns.dataset, layers: []),
        matrix: Matrix(rows: 1, columns: scores.count, values: scores)))
  }
}

extension OpenResult {
  /// The scores of the cell that is to be exported.
  public func scores(of cell: ExportRequest.LayerPair) -> OpenResult? {
    scores(row: cell.row, column: cell.column, names: (cell.rowName, cell.columnName))
  }
}

extension State {
  /// The study's block behind the layer matrix on the screen, whose scores follow the crosshair.
  var followedBlock: StudyBlock? {
    guard let primary, primary.comparison.kind == .layers, difference == nil else { return nil }
    return primary.comparison.block
  }

  /// Brings the scores under the crosshair up to date; cheap while the crosshair stays on its cell.
  mutating func prepareCellScores() {
    guard let block = followedBlock, let primary, let arrangement, !arrangement.isEmpty else {
      cellScores = nil
      return
    }
    let key = CellScores.Key(
      arrangement: arrangement.key, row: arrangement.rowIndices[crosshair.row],
      column: arrangement.columnIndices[crosshair.column])
    guard cellScores?.key != key else { return }
    cellScores = CellScores(
      key, of: primary, block,
      names: (
        arrangement.rows.layers[crosshair.row], arrangement.columns.layers[crosshair.column]
      ))
  }
}

extension CellScores {
  /// The two figures that people mix up, side by side.
  var footnote: String {
    let mean = result.map { ", mean of minibatches \($0.summary.mean.fixed(4))" } ?? ""
    return "CKA \(value.fixed(4))\(mean)"
  }
}
