import Core
import Similarity

/// The scores of minibatches in both orders: sorting millions of them takes longer than a key may.
struct Scores: Sendable {
  let sorted, original: SquareLayout
  let statistics: Statistics

  init(_ scores: [Double]) {
    sorted = SquareLayout(scores: scores, sorted: true)
    original = SquareLayout(scores: scores, sorted: false)
    statistics = Statistics(scores)
  }
}

/// The minibatch scores as shown.
public struct Square: Sendable {
  /// What it was made from.
  struct Key: Sendable, Equatable {
    let id: ResultID
    let generation: Int
    let sorted: Bool
    let range: ValueRange
    /// The layer pair that the scores are of; nil for a result of scores alone.
    let cell: CellScores.Key?
  }
  let key: Key
  /// Where each score lies.
  public let layout: SquareLayout
  /// Mean, quartiles and so on, over all minibatches.
  public let statistics: Statistics
  /// The values that the colours span.
  public let bounds: (low: Double, high: Double)

  /// The scores of `result`, whose kind must be `.minibatches`.
  public init(_ result: OpenResult, settings: ViewSettings, generation: Int = 0) {
    self.init(result, settings: settings, generation: generation, cell: nil)
  }

  init(_ result: OpenResult, settings: ViewSettings, generation: Int, cell: CellScores.Key?) {
    key = Key(
      id: result.comparison.id, generation: generation, sorted: settings.sorted,
      range: settings.range, cell: cell)
    let scores = result.scores ?? Scores(result.comparison.matrix.values())
    layout = settings.sorted ? scores.sorted : scores.original
    statistics = scores.statistics
    bounds = settings.range.bounds(
      of: MatrixView(result.comparison.matrix), summary: result.summary)
  }
}

/// The square's pixels as values, made anew when the square or its place changes, not at every key.
struct SquareTile: Sendable {
  /// What it was computed for.
  struct Key: Sendable, Equatable {
    let square: Square.Key
    let placement: SquarePlacement
  }
  let key: Key
  /// Blocks along a side.
  let side: Int
  /// The mean of each block's scores, row by row from the lower left: nil where no score is, NaN
  /// where none is finite.
  let values: [Double?]

  init(key: Key, layout: SquareLayout) {
    self.key = key
    let block = key.placement.block
    let side = (layout.side + block - 1) / block
    self.side = side
    values = (0..<side * side).map {
      layout.mean(row: $0 / side * block, column: $0 % side * block, block: block)
    }
  }
}

extension SquareLayout {
  /// The mean of the scores in a block of the square; nil where no score is.
  fileprivate func mean(row: Int, column: Int, block: Int) -> Double? {
    guard block > 1 else { return score(row: row, column: column) }
    var (sum, count, seen) = (0.0, 0, false)
    for r in row..<min(side, row + block) {
      for c in column..<min(side, column + block) {
        guard let score = score(row: r, column: c) else { continue }
        seen = true
        if score.isFinite { (sum, count) = (sum + score, count + 1) }
      }
    }
    return count > 0 ? sum / Double(count) : (seen ? .nan : nil)
  }
}
