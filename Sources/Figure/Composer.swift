import Cells
import Core

/// Measures a figure's parts and fixes the skeleton that they hang on; `ComposerMarks.swift` draws
/// them.
struct Composer: ~Copyable {
  /// The skeleton that the parts hang on.
  struct Skeleton {
    var width: Int
    var heat, bar: PixelRect
    /// Below the heatmap, its column names and the legend.
    var contentBottom: Int
    var title, subtitle: [String]
    /// The range stands along the bar; otherwise in the caption.
    var rangeFits: Bool
  }

  let figure: Figure
  let sizes: FigureSizes
  let colorBar: ColorBar
  let cells: CellImage
  let typesetter: Typesetter
  let rows, columns: AxisLabels?

  let rowAxis, columnAxis: String

  init(_ figure: Figure, cells: CellImage) {
    let typesetter = Typesetter()
    let sizes = FigureSizes(
      columns: cells.columns, rows: cells.rows, pixelsPerValue: figure.pixelsPerValue)
    rows = Self.labels(
      figure.rowNames, figure, count: figure.heatmap.rows,
      pitch: Double(sizes.cellHeight) / Double(cells.block), across: false, sizes, typesetter)
    columns = Self.labels(
      figure.columnNames, figure, count: figure.heatmap.columns,
      pitch: Double(sizes.cellWidth) / Double(cells.block), across: true, sizes, typesetter)
    rowAxis = SafeText.sanitise(figure.rowAxis)
    columnAxis = SafeText.sanitise(figure.columnAxis)
    colorBar = ColorBar(figure, inks: cells.inks)
    self.figure = figure
    self.cells = cells
    self.sizes = sizes
    self.typesetter = typesetter
  }

  private static func labels(
    _ names: [String], _ figure: Figure, count: Int, pitch: Double, across: Bool,
    _ sizes: FigureSizes, _ typesetter: borrowing Typesetter
  ) -> AxisLabels? {
    guard !names.isEmpty || figure.numbersUnnamedAxes else { return nil }
    return AxisLabels(
      names: names, count: count, pitch: pitch, across: across, font: sizes.labels,
      limit: sizes.longestLabel, typesetter: typesetter)
  }

  /// Everything whose place others depend on.
  func frame() -> Skeleton {
    let heatWidth = saturated(cells.columns, sizes.cellWidth)
    let heatHeight = saturated(cells.rows, sizes.cellHeight)
    let rowAxisLength = min(typesetter.length(rowAxis, sizes.axis), sizes.longestAxisName)
    let columnAxisLength = min(typesetter.length(columnAxis, sizes.axis), sizes.longestAxisName)
    let swatches = colorBar.swatchesHeight(sizes)
    let contentHeight = max(heatHeight, rowAxisLength, 6 * sizes.unit + swatches)

    let heatX = sizes.margin + rowAxisWidth + beside(rows)
    let barHeight = contentHeight - swatches
    let barX = heatX + heatWidth + sizes.unit * 3 / 2
    let rangeLength = typesetter.length(colorBar.rangeText, sizes.labels)
    let rangeFits = rangeLength > 0 && rangeLength <= barHeight
    let right =
      barX + colorBar.width(sizes, typesetter)
      + (rangeFits ? sizes.gap * 2 + sizes.labels.lineHeight : 0)
    let wordsWidth = min(26 * sizes.unit, longestLine)
    let width = max(right, heatX + columnAxisLength, heatX + wordsWidth) + sizes.margin

    let room = width - heatX - sizes.margin
    let title = wrapped(figure.title, sizes.title, room, lines: 3)
    let subtitle = wrapped(figure.subtitle ?? "", sizes.subtitle, room, lines: 3)
    let top = belowHeadings(titleLines: title.count, subtitleLines: subtitle.count)
    let heat = PixelRect(
      x: heatX, y: top + (contentHeight - heatHeight) / 2, width: heatWidth, height: heatHeight)
    let columnsBottom = heat.bottom + below(columns)
    return Skeleton(
      width: width, heat: heat,
      bar: PixelRect(x: barX, y: top, width: sizes.barWidth, height: barHeight),
      contentBottom: max(columnsBottom, top + contentHeight + sizes.unit / 2), title: title,
      subtitle: subtitle, rangeFits: rangeFits)
  }

  private func belowHeadings(titleLines: Int, subtitleLines: Int) -> Int {
    let headings =
      titleLines * sizes.title.lineHeight + subtitleLines * sizes.subtitle.lineHeight
    return sizes.margin + headings + (headings == 0 ? 0 : sizes.unit)
  }

  /// The longest line above or below the heatmap, not yet wrapped.
  private var longestLine: Int {
    let lines = [(figure.title, sizes.title), (figure.subtitle ?? "", sizes.subtitle)]
    let captions = (figure.caption + [figure.rangeText]).map { ($0, sizes.caption) }
    return (lines + captions).map { typesetter.length(SafeText.sanitise($0.0), $0.1) }.max() ?? 0
  }

  private var rowAxisWidth: Int {
    rowAxis.isEmpty ? 0 : sizes.axis.lineHeight + 2 * sizes.gap
  }

  private func beside(_ labels: AxisLabels?) -> Int {
    labels.map { $0.extent + sizes.gap + sizes.tick } ?? sizes.line
  }

  private func below(_ labels: AxisLabels?) -> Int {
    labels.map { sizes.tick + sizes.gap + ($0.areUpright ? sizes.labels.size : $0.extent) }
      ?? sizes.line
  }

  /// `text` made harmless, in lines of at most `room` pixels.
  func wrapped(_ text: String, _ font: Font, _ room: Int, lines: Int) -> [String] {
    typesetter.wrap(SafeText.sanitise(text), font, limit: room, lines: lines)
  }

  /// A product that stays comparable: sides beyond the limit are refused later.
  private func saturated(_ a: Int, _ b: Int) -> Int {
    let (product, overflow) = a.multipliedReportingOverflow(by: b)
    return overflow ? 2 * FigureError.longestSide : min(product, 2 * FigureError.longestSide)
  }
}
