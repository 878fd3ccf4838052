import Core
import Similarity

/// A result that has been read, with what every view of it needs.
public struct OpenResult: Sendable {
  /// Names, values and warnings.
  public let comparison: Comparison
  /// Range, mean and counts of the values.
  public let summary: Summary
  /// Block means for zooming out.
  let pyramid: BlockPyramid
  /// Half widths of the values' 95 % intervals; nil where the result does not know them, or has too
  /// many to be had in a moment.
  public let halfWidths: Matrix?
  /// The scores in both orders, of a result of minibatches.
  let scores: Scores?
  /// What was made of the result that its ID names; nil for the result itself.
  let variant: Variant?

  /// What a view may be of a result.
  enum Variant: Sendable, Hashable {
    /// Another result was subtracted; cells that do not differ are dimmed, or not.
    case minus(ResultID, isDimmed: Bool)
  }

  /// The file that it was taken from, which other results may share.
  let file: OpenFile?

  /// Reads the values once; for a large matrix that is the slow part, done away from the screen.
  public init(_ comparison: Comparison, of file: OpenFile? = nil) {
    self.init(comparison, variant: nil, of: file)
  }

  /// The same for what was made of a result, whose ID `comparison` has.
  init(_ comparison: Comparison, variant: Variant?, of file: OpenFile? = nil) {
    self.comparison = comparison
    self.variant = variant
    self.file = file
    (pyramid, summary) = BlockPyramid.building(MatrixView(comparison.matrix))
    scores = comparison.kind == .minibatches ? Scores(comparison.matrix.values()) : nil
    halfWidths = comparison.block.flatMap { block in
      let cells = comparison.matrix.rows * comparison.matrix.columns
      let work = cells.multipliedReportingOverflow(by: block.study.kept.count)
      return work.overflow || work.partialValue > Self.mostWork ? nil : block.halfWidths()
    }
  }

  /// The result with NaN where a cell is not above the permutation null; nil where there is none.
  var aboveNull: OpenResult? {
    guard let shown = comparison.block?.matrixAboveNull() else { return nil }
    var masked = comparison
    masked.matrix = shown
    masked.block = nil
    return OpenResult(masked)
  }

  /// Bytes of memory that it takes besides what is its file's.
  var ownWeight: Int {
    let scores = scores == nil ? 0 : 4 * 8 * comparison.matrix.columns
    let values = file == nil ? comparison.weight : 0
    return values + scores + (halfWidths?.weight ?? 0) + comparison.matrix.tileWeight
  }

  /// Cells × minibatches whose half widths take under half a second.
  public static let mostWork = 50_000_000
}

/// The layer matrix as shown: label order and filters applied, not yet transposed.
public struct Arrangement: Sendable {
  /// What it was made from.
  struct Key: Sendable, Equatable {
    let id: ResultID
    let variant: OpenResult.Variant?
    let generation: Int
    let filter: String
    let labelOrder: LabelOrder
    var range: ValueRange
    var dimsChance = false

    /// The same result, as it was read at the same time.
    func isOfSameResult(as other: Key) -> Bool {
      id == other.id && variant == other.variant && generation == other.generation
    }

    /// Nothing but the colours is another.
    func differsOnlyInRange(from other: Key) -> Bool {
      var same = self
      same.range = other.range
      return same == other
    }
  }
  private(set) var key: Key
  /// Names of the rows shown.
  public let rows: Axis
  /// Names of the columns shown.
  public let columns: Axis
  /// Widths and depths of the rows' names.
  let rowNames: NameMeasures
  /// Widths and depths of the columns' names.
  let columnNames: NameMeasures
  /// For each row shown, its row in the file.
  public let rowIndices: [Int]
  /// For each column shown, its column in the file.
  public let columnIndices: [Int]
  /// The values that the colours span.
  public private(set) var bounds: (low: Double, high: Double)
  private let values: ShownValues

  /// The values shown.
  public var view: MatrixView { values.view }
  /// Block means of the values shown.
  var pyramid: BlockPyramid { values.pyramid }

  /// The layers of `result` that pass the settings' filter, and `rowFilter` and `columnFilter`
  /// (`LayerFilter`'s syntax) on their side.
  /// - Throws: `LayerFilterError` when a filter is malformed; filters that hide every row or column
  ///   leave an empty arrangement.
  /// - Parameter old: an arrangement whose values are taken over where they are the same: reading a
  ///   large matrix again takes long.
  public init(
    _ result: OpenResult, settings: ViewSettings, rowFilter: String = "",
    columnFilter: String = "", generation: Int = 0, reusing old: Arrangement? = nil
  ) throws(LayerFilterError) {
    key = Key(
      id: result.comparison.id, variant: result.variant, generation: generation,
      filter: settings.filter, labelOrder: settings.labelOrder, range: settings.range,
      dimsChance: settings.dimsChance)
    let axes = result.comparison.axes(order: settings.labelOrder)
    rowIndices = try Self.passing(axes.rows.layers, settings.filter, rowFilter)
    columnIndices = try Self.passing(axes.columns.layers, settings.filter, columnFilter)
    rows = axes.rows.keeping(rowIndices)
    columns = axes.columns.keeping(columnIndices)
    rowNames = NameMeasures(rows.layers)
    columnNames = NameMeasures(columns.layers)
    if let old, old.key.isOfSameResult(as: key), old.key.dimsChance == key.dimsChance,
      old.rowIndices == rowIndices, old.columnIndices == columnIndices
    {
      values = old.values
    } else if key.dimsChance, let certain = result.aboveNull {
      values = ShownValues(certain, rows: rowIndices, columns: columnIndices)
    } else {
      values = ShownValues(result, rows: rowIndices, columns: columnIndices)
    }
    bounds = settings.range.bounds(of: values.view, summary: values.summary)
  }

  /// The same layers in other colours.
  func spanning(_ range: ValueRange) -> Arrangement {
    var copy = self
    copy.key.range = range
    copy.bounds = range.bounds(of: view, summary: values.summary)
    return copy
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

/// The values that pass the filters, with what drawing and colouring them needs.
private struct ShownValues: Sendable {
  let view: MatrixView
  let pyramid: BlockPyramid
  let summary: Summary

  init(_ result: OpenResult, rows: [Int], columns: [Int]) {
    let matrix = result.comparison.matrix
    if rows.count == matrix.rows, columns.count == matrix.columns {
      (view, pyramid, summary) = (MatrixView(matrix), result.pyramid, result.summary)
    } else {
      view = MatrixView(matrix, rows: rows, columns: columns)
      (pyramid, summary) = BlockPyramid.building(view)
    }
  }
}

extension Axis {
  /// The same axis with only the layers at `indices`.
  func keeping(_ indices: [Int]) -> Axis {
    var axis = self
    axis.layers = indices.map { layers[$0] }
    return axis
  }
}
