import CKACore

/// A result that has been read, with what every view of it needs.
public struct OpenResult: Sendable {
  /// Names, values and warnings.
  public let comparison: Comparison
  /// Range, mean and counts of the values.
  public let summary: Summary
  /// Block means for zooming out.
  let pyramid: BlockPyramid
  /// Half widths of the values' 95 % intervals; nil where the result does not know them, or has too many to be
  /// had in a moment.
  public let halfWidths: Matrix?

  /// Reads the values once; for a large matrix that is the slow part, done away from the screen.
  public init(_ comparison: Comparison) {
    self.comparison = comparison
    (pyramid, summary) = BlockPyramid.building(MatrixView(comparison.matrix))
    halfWidths = comparison.block.flatMap { block in
      let cells = comparison.matrix.rows * comparison.matrix.columns
      let work = cells.multipliedReportingOverflow(by: block.study.kept.count)
      return work.overflow || work.partialValue > Self.mostWork ? nil : block.halfWidths()
    }
  }

  /// Cells × minibatches whose half widths take under half a second.
  private static let mostWork = 50_000_000
}

/// The layer matrix as shown: label order and filters applied, not yet transposed.
public struct Arrangement: Sendable {
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
  public let rows: Axis
  /// Names of the columns shown.
  public let columns: Axis
  /// Widths and depths of the rows' names.
  let rowNames: NameMeasures
  /// Widths and depths of the columns' names.
  let columnNames: NameMeasures
  /// For each row shown, its row in the file.
  let rowIndices: [Int]
  /// For each column shown, its column in the file.
  let columnIndices: [Int]
  /// The values shown.
  public let view: MatrixView
  /// Block means of the values shown.
  let pyramid: BlockPyramid
  /// The values that the colours span.
  public let bounds: (low: Double, high: Double)

  /// The layers of `result` that pass the settings' filter, and `rowFilter` and `columnFilter` (`LayerFilter`'s
  /// syntax) on their side.
  /// - Throws: `LayerFilterError` when a filter is malformed; filters that hide every row or column leave
  ///   an empty arrangement.
  public init(
    _ result: OpenResult, settings: ViewSettings, rowFilter: String = "",
    columnFilter: String = "", generation: Int = 0
  ) throws(LayerFilterError) {
    key = Key(
      id: result.comparison.id, generation: generation, filter: settings.filter,
      labelOrder: settings.labelOrder, range: settings.range)
    let axes = result.comparison.axes(order: settings.labelOrder)
    rowIndices = try Self.passing(axes.rows.layers, settings.filter, rowFilter)
    columnIndices = try Self.passing(axes.columns.layers, settings.filter, columnFilter)
    let isWhole =
      rowIndices.count == axes.rows.layers.count
      && columnIndices.count == axes.columns.layers.count
    rows = axes.rows.keeping(rowIndices)
    columns = axes.columns.keeping(columnIndices)
    rowNames = NameMeasures(rows.layers)
    columnNames = NameMeasures(columns.layers)
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

  private static func passing(
    _ names: [String], _ first: String, _ second: String
  ) throws(LayerFilterError) -> [Int] {
    let (both, own) = (try LayerFilter(first), try LayerFilter(second))
    return both.indices(of: names).filter { own.matches(names[$0]) }
  }

  /// Whether nothing is left to show.
  public var isEmpty: Bool { rowIndices.isEmpty || columnIndices.isEmpty }
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
    let scores = result.comparison.matrix.values()
    layout = SquareLayout(scores: scores, sorted: settings.sorted)
    statistics = Statistics(scores)
    bounds = settings.range.bounds(
      of: MatrixView(result.comparison.matrix), summary: result.summary)
  }
}
