import Cells
import Core
import Explorer
import Figure
import Formats
import Similarity

/// A heatmap ready to be written, in any format.
struct HeatmapExhibit: Exhibit {
  /// The picture.
  let figure: Figure
  /// The values as shown: filtered, transposed, sorted.
  let comparison: Comparison
  /// For a sorted vector: the minibatch (from 1) of each rank.
  var minibatches: [Int]?
  /// How the cells shown stand to a permutation null, where the result may know one.
  var null: ShownNull?

  var caveats: [Caveat] { comparison.caveats }

  /// The pane that `request` asks for.
  /// - Throws: `FormatError` when the result does not have that view, or a filter leaves nothing.
  init(_ request: ExportRequest, of whole: OpenResult) throws(FormatError) {
    let result = request.cell.flatMap { whole.scores(of: $0) } ?? whole
    let kind = result.comparison.kind
    switch request.view {
    case .layers where kind == .layers: self = try .layers(request, result)
    case .sorted where kind == .minibatches, .minibatches where kind == .minibatches:
      self = .square(request, result)
    default:
      throw FormatError(
        .request,
        "holds \(kind == .layers ? "a layer matrix" : "minibatch scores"), "
          + "which has no \(request.view.rawValue) view",
        remedy: "use --view \(kind == .layers ? "layers" : "sorted")",
        file: SafeText.sanitise(result.comparison.id.path))
    }
  }

  /// A figure of `comparison`, whose caveats come first in its caption and mark its title.
  init(figure: Figure, comparison: Comparison, minibatches: [Int]? = nil) {
    var figure = figure
    let caveats = comparison.caveats
    if !caveats.isEmpty {
      figure.title += " (\(caveats.marks.isEmpty ? "see below" : caveats.marks))"
      figure.caption = caveats.prefix(Self.mostCaveats).map(Self.sentence) + figure.caption
    }
    self.figure = figure
    self.comparison = comparison
    self.minibatches = minibatches
  }

  /// Caveats in a caption, at most.
  private static let mostCaveats = 6

  private static func sentence(_ caveat: Caveat) -> String {
    let text = caveat.description
    return text.prefix(1).uppercased() + text.dropFirst() + "."
  }
}

// MARK: Writing

extension HeatmapExhibit {
  func picture(_ format: ExportFormat, raw: Bool, scale: Int?) throws -> [UInt8]? {
    var figure = figure
    figure.pixelsPerValue = scale
    return switch (format, raw) {
    case (.ppm, true): try figure.rawPPM(scale: scale ?? 1)
    case (.png, true): try figure.rawPNG(scale: scale ?? 1)
    case (.svg, true): try figure.rawSVG(scale: scale ?? 1)
    case (.ppm, false): try figure.ppm()
    case (.png, false): try figure.png()
    case (.svg, false): try figure.svg()
    default: nil
    }
  }

  func values(_ format: ExportFormat) throws(FormatError) -> [UInt8] {
    let order = minibatches
    return switch format {
    case .npy: ResultWriter.npy(comparison)
    case .npz: try ResultWriter.npz([comparison], order: order, null: null?.tables)
    case .json: ResultWriter.json([comparison], order: order, null: null?.tables)
    default: ResultWriter.csv(comparison, order: order)
    }
  }
}

// MARK: Layers

extension HeatmapExhibit {
  private static func layers(
    _ request: ExportRequest, _ result: OpenResult
  ) throws(FormatError) -> HeatmapExhibit {
    let settings = request.settings
    let arranged: Arrangement
    do {
      arranged = try Arrangement(
        result, settings: settings, rowFilter: request.rowFilter,
        columnFilter: request.columnFilter)
    } catch {
      throw FormatError(.request, error.description)
    }
    guard !arranged.isEmpty else {
      throw nothingLeft(request, result)
    }
    let view = settings.transposed ? arranged.view.transposed : arranged.view
    let (rows, columns) =
      settings.transposed ? (arranged.columns, arranged.rows) : (arranged.rows, arranged.columns)
    let source = result.comparison
    var comparison = Comparison(
      id: source.id, format: source.format, kind: .layers, rows: rows, columns: columns,
      matrix: view.isWhole ? view.matrix : Matrix(copying: view), dtype: source.dtype,
      warnings: source.warnings)
    comparison.inherit(source, order: settings.labelOrder)
    var exhibit = HeatmapExhibit(
      figure: figure(comparison, view, arranged.bounds, settings, source),
      comparison: comparison)
    exhibit.null = source.block.map {
      ShownNull(
        block: $0, rows: arranged.rowIndices, columns: arranged.columnIndices,
        isTransposed: settings.transposed)
    }
    return exhibit
  }

  /// Why no row, or no column, is left, with the names that the filters may have meant.
  private static func nothingLeft(_ request: ExportRequest, _ result: OpenResult) -> FormatError {
    let axes = result.comparison.axes(order: request.settings.labelOrder)
    let (rows, columns) = (axes.rows.layers, axes.columns.layers)
    let filters = [
      (request.settings.filter, rows), (request.settings.filter, columns),
      (request.rowFilter, rows), (request.columnFilter, columns),
    ]
    let missed = filters.filter { text, names in
      !text.isEmpty && (try? LayerFilter(text))?.indices(of: names).isEmpty == true
    }
    return FormatError(
      .empty, "the filters hide every row or every column",
      remedy: (missed.first.map { NearNames.question($0.0, among: $0.1) } ?? "") + "loosen them",
      available: missed.first?.1 ?? [])
  }

  private static func figure(
    _ shown: Comparison, _ view: MatrixView, _ bounds: (low: Double, high: Double),
    _ settings: ViewSettings, _ source: Comparison
  ) -> Figure {
    var caption: [String] = []
    if source.labelsLookRegistered, settings.labelOrder == .executed {
      caption.append("Layer names in execution order (children before parents).")
    }
    if !settings.filter.isEmpty { caption.append("Layers shown: \(settings.filter)") }
    if settings.dimsChance, let plan = source.block?.study.null?.plan {
      caption.append(
        "Only cells above the null of \(plan.draws) permutations, p at most \(Study.nullLevel).")
    }
    return Figure(
      heatmap: Heatmap(rows: view.rows, columns: view.columns) { row, target in
        view.copyRow(row, columns: 0..<view.columns, into: target)
      },
      title: shown.pairTitle, rowAxis: shown.rows.figureTitle,
      columnAxis: shown.columns.figureTitle, rowNames: shown.rows.figureNames,
      columnNames: shown.columns.figureNames,
      scale: ColorScale(low: bounds.low, high: bounds.high, map: settings.layerColormap),
      rangeText: "CKA, \(settings.range.caption(bounds))",
      rowZeroAtBottom: !settings.originAtTop, caption: caption)
  }
}

/// The permutation null of the cells of a layer matrix as it is shown.
struct ShownNull {
  let block: StudyBlock
  /// Rows and columns of the block, in the order in which they are shown.
  let rows, columns: [Int]
  let isTransposed: Bool

  /// p and the 95 % quantile of every cell; nil where there is no null.
  var tables: ResultWriter.NullTables? {
    guard let found = block.nullFindings() else { return nil }
    func shown(_ matrix: Matrix) -> Matrix {
      let view = MatrixView(matrix, rows: rows, columns: columns)
      return Matrix(copying: isTransposed ? view.transposed : view)
    }
    return .init(p: shown(found.p), quantile: shown(found.quantile))
  }
}

// MARK: Minibatches

extension HeatmapExhibit {
  private static func square(_ request: ExportRequest, _ result: OpenResult) -> HeatmapExhibit {
    var settings = request.settings
    settings.sorted = request.view == .sorted
    let square = Square(result, settings: settings)
    let (layout, source) = (square.layout, result.comparison)
    var comparison = source
    if settings.sorted {
      comparison.matrix = Matrix(
        copying: MatrixView(source.matrix, columns: layout.order))
    }
    let figure = Figure(
      heatmap: Heatmap(rows: layout.side, columns: layout.side) {
        layout.score(row: $0, column: $1)
      },
      title: source.pairTitle, subtitle: source.rows.datasetName,
      numbersUnnamedAxes: false,
      scale: ColorScale(
        low: square.bounds.low, high: square.bounds.high, map: settings.minibatchColormap),
      rangeText: "CKA, \(settings.range.caption(square.bounds))",
      caption: caption(square, sorted: settings.sorted))
    return HeatmapExhibit(
      figure: figure, comparison: comparison,
      minibatches: settings.sorted ? layout.order.map { $0 + 1 } : nil)
  }

  private static func caption(_ square: Square, sorted: Bool) -> [String] {
    let (layout, numbers) = (square.layout, square.statistics)
    var lines = [
      "\(layout.count) \(layout.count == 1 ? "minibatch" : "minibatches"), \(sorted ? "ascending" : "in their original order") "
        + "from the lower left.",
      "Mean \(numbers.mean.fixed(4)), median \(numbers.median.fixed(4)), "
        + "quartiles \(numbers.lowerQuartile.fixed(4)) and \(numbers.upperQuartile.fixed(4)), "
        + "range \(numbers.minimum.fixed(4)) to \(numbers.maximum.fixed(4)).",
    ]
    if layout.emptyCells > 0 {
      lines.append("\(layout.count) is no square: \(layout.emptyCells) cells are empty.")
    }
    return lines
  }
}

extension Comparison {
  /// "ResNet18 × ResNet34", or the file's name where it names no model.
  var pairTitle: String {
    guard rows.model.isEmpty, columns.model.isEmpty else {
      return "\(rows.model) × \(columns.model)"
    }
    let file = id.path.split(separator: "/").last.map(String.init) ?? id.path
    return SafeText.sanitise(id.key.isEmpty ? file : "\(file) \(id.key)")
  }
}

extension Axis {
  /// The layers' names; the root module, whose name is empty, by what it is.
  var figureNames: [String] { layers.map { $0.isEmpty ? "(root)" : $0 } }
}
