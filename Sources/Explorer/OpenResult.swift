import CKACore

/// A result that has been read, with what every view of it needs.
public struct OpenResult: Sendable {
  /// Names, values and warnings.
  public let comparison: Comparison
  /// Range, mean and counts of the values.
  public let summary: Summary
  /// Block means for zooming out.
  let pyramid: BlockPyramid

  /// Reads the values once; for a large matrix that is the slow part, done away from the screen.
  public init(_ comparison: Comparison) {
    self.comparison = comparison
    (pyramid, summary) = BlockPyramid.building(MatrixView(comparison.matrix))
  }
}

/// The layer matrix as shown: label order and filter applied, not yet transposed.
struct Arrangement: Sendable {
  /// What it was made from.
  struct Key: Sendable, Equatable {
    let id: ResultID
    let generation: Int
    let filter: String
    let labelOrder: LabelOrder
    let range: ValueRange
  }
  let key: Key
  /// Names of the rows shown.
  let rows: Axis
  /// Names of the columns shown.
  let columns: Axis
  /// For each row shown, its row in the file.
  let rowIndices: [Int]
  /// For each column shown, its column in the file.
  let columnIndices: [Int]
  /// The values shown.
  let view: MatrixView
  /// Block means of the values shown.
  let pyramid: BlockPyramid
  /// The values that the colours span.
  let bounds: (low: Double, high: Double)

  /// - Throws: `LayerFilterError` when the filter is malformed; a filter that hides every row or column
  ///   leaves an empty arrangement.
  init(_ result: OpenResult, settings: ViewSettings, generation: Int) throws(LayerFilterError) {
    key = Key(
      id: result.comparison.id, generation: generation, filter: settings.filter,
      labelOrder: settings.labelOrder, range: settings.range)
    let axes = result.comparison.axes(order: settings.labelOrder)
    let filter = try LayerFilter(settings.filter)
    rowIndices = filter.indices(of: axes.rows.layers)
    columnIndices = filter.indices(of: axes.columns.layers)
    let isWhole =
      rowIndices.count == axes.rows.layers.count
      && columnIndices.count == axes.columns.layers.count
    rows = axes.rows.keeping(rowIndices)
    columns = axes.columns.keeping(columnIndices)
    if isWhole {
      view = MatrixView(result.comparison.matrix)
      pyramid = result.pyramid
    } else {
      view = MatrixView(result.comparison.matrix, rows: rowIndices, columns: columnIndices)
      pyramid = BlockPyramid(view)
    }
    let summary = isWhole ? result.summary : view.summary()
    bounds = settings.range.bounds(of: view, summary: summary)
  }

  /// Whether nothing is left to show.
  var isEmpty: Bool { rowIndices.isEmpty || columnIndices.isEmpty }
}

extension Axis {
  /// The same axis with only the layers at `indices`.
  func keeping(_ indices: [Int]) -> Axis {
    var axis = self
    axis.layers = indices.map { layers[$0] }
    return axis
  }
}

/// The minibatch scores as shown.
struct Square: Sendable {
  /// What it was made from.
  struct Key: Sendable, Equatable {
    let id: ResultID
    let generation: Int
    let sorted: Bool
    let range: ValueRange
  }
  let key: Key
  /// Where each score lies.
  let layout: SquareLayout
  /// Mean, quartiles and so on, over all minibatches.
  let statistics: Statistics
  /// The values that the colours span.
  let bounds: (low: Double, high: Double)

  init(_ result: OpenResult, settings: ViewSettings, generation: Int) {
    key = Key(
      id: result.comparison.id, generation: generation, sorted: settings.sorted,
      range: settings.range)
    let scores = result.comparison.matrix.values()
    layout = SquareLayout(scores: scores, sorted: settings.sorted)
    statistics = Statistics(scores)
    bounds = settings.range.bounds(of: MatrixView(result.comparison.matrix), summary: result.summary)
  }
}
