import CKACore
import Cells

/// Measures a figure's parts, then says where each goes.
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

  private let rowAxis, columnAxis: String

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
    let top =
      sizes.margin + title.count * sizes.title.lineHeight
      + subtitle.count * sizes.subtitle.lineHeight
      + (title.isEmpty && subtitle.isEmpty ? 0 : sizes.unit)
    let heat = PixelRect(
      x: heatX, y: top + (contentHeight - heatHeight) / 2, width: heatWidth, height: heatHeight)
    let columnsBottom = heat.bottom + below(columns)
    return Skeleton(
      width: width, heat: heat,
      bar: PixelRect(x: barX, y: top, width: sizes.barWidth, height: barHeight),
      contentBottom: max(columnsBottom, top + contentHeight + sizes.unit / 2), title: title,
      subtitle: subtitle, rangeFits: rangeFits)
  }

  /// The rows' names, right-aligned at their ticks.
  func rowLabels(_ frame: Skeleton) -> [TextMark] {
    (rows?.labels ?? []).map { label in
      let y =
        figure.rowZeroAtBottom ? frame.heat.bottom - label.offset : frame.heat.y + label.offset
      return TextMark(
        text: label.text, x: frame.heat.x - sizes.tick - sizes.gap,
        y: y + sizes.labels.middleToBaseline, font: sizes.labels, anchor: .end,
        length: label.length)
    }
  }

  /// The columns' names, turned and ending at their ticks; upright ones stand below them.
  func columnLabels(_ frame: Skeleton) -> [TextMark] {
    guard let columns else { return [] }
    let top = frame.heat.bottom + sizes.tick + sizes.gap
    return columns.labels.map { label in
      let x = frame.heat.x + label.offset
      return TextMark(
        text: label.text,
        x: columns.areUpright ? x : x + sizes.labels.middleToBaseline,
        y: columns.areUpright ? top + sizes.labels.size * 3 / 4 : top,
        font: sizes.labels, anchor: columns.areUpright ? .middle : .end,
        rotated: !columns.areUpright, length: label.length)
    }
  }

  /// A short line from the heatmap to each name.
  func ticks(_ frame: Skeleton, rowLabels: [TextMark], columnLabels: [TextMark]) -> [Mark] {
    let rise = sizes.labels.middleToBaseline
    let left = rowLabels.map { label in
      PixelRect(
        x: frame.heat.x - sizes.tick, y: label.y - rise, width: sizes.tick, height: sizes.line)
    }
    let down = columnLabels.map { label in
      PixelRect(
        x: label.rotated ? label.x - rise : label.x, y: frame.heat.bottom, width: sizes.line,
        height: sizes.tick)
    }
    return (left + down).map { .fill($0, .black) }
  }

  /// The colour bar, its range and the swatches.
  func legend(_ frame: Skeleton) -> [Mark] {
    let bar = frame.bar
    var marks = colorBar.marks(in: bar, sizes, typesetter)
    marks += colorBar.swatchMarks(
      x: bar.x, y: bar.bottom + sizes.unit / 2 + sizes.swatchPitch - sizes.swatch, sizes,
      typesetter)
    if frame.rangeFits {
      let right = bar.x + colorBar.width(sizes, typesetter) + sizes.gap * 2
      marks.append(
        .text(
          TextMark(
            text: colorBar.rangeText, x: right + sizes.labels.size, y: bar.midY,
            font: sizes.labels, anchor: .middle, rotated: true,
            length: typesetter.length(colorBar.rangeText, sizes.labels))))
    }
    return marks
  }

  /// Both axes' names, centred on the heatmap.
  func axisNames(_ frame: Skeleton) -> [Mark] {
    var marks: [Mark] = []
    if !rowAxis.isEmpty {
      let limit = max(frame.heat.height, sizes.longestAxisName)
      let text = typesetter.keepingStart(rowAxis, sizes.axis, limit: limit)
      marks.append(
        .text(
          TextMark(
            text: text, x: sizes.margin + sizes.axis.size, y: frame.heat.midY, font: sizes.axis,
            anchor: .middle, rotated: true, length: typesetter.length(text, sizes.axis))))
    }
    if !columnAxis.isEmpty {
      let room = frame.width - 2 * sizes.margin
      let text = typesetter.keepingStart(columnAxis, sizes.axis, limit: room)
      let half = (typesetter.length(text, sizes.axis) + 1) / 2
      let x = min(frame.width - sizes.margin - half, max(sizes.margin + half, frame.heat.midX))
      marks.append(
        .text(
          TextMark(
            text: text, x: x, y: frame.contentBottom + sizes.unit / 2 + sizes.axis.size,
            font: sizes.axis, anchor: .middle, length: typesetter.length(text, sizes.axis))))
    }
    return marks
  }

  /// The words above and below, and the bottom of the picture.
  func headingsAndCaption(_ frame: Skeleton) -> (marks: [TextMark], bottom: Int) {
    let grey = RGB(80, 80, 80)
    var column = TextColumn(x: frame.heat.x, y: sizes.margin)
    column.add(frame.title, sizes.title, .black, typesetter)
    column.add(frame.subtitle, sizes.subtitle, grey, typesetter)
    column.y = frame.contentBottom
    if !columnAxis.isEmpty { column.y += sizes.unit / 2 + sizes.axis.lineHeight }
    let lines = captionLines(frame)
    if !lines.isEmpty { column.y += sizes.unit * 3 / 4 }
    for line in lines {
      let room = frame.width - frame.heat.x - sizes.margin
      column.add(wrapped(line, sizes.caption, room, lines: 8), sizes.caption, grey, typesetter)
    }
    return (column.marks, column.y + sizes.margin)
  }

  private func captionLines(_ frame: Skeleton) -> [String] {
    var lines = figure.caption
    if !frame.rangeFits, !colorBar.rangeText.isEmpty { lines.insert(colorBar.rangeText, at: 0) }
    guard cells.block > 1 else { return lines }
    let block = "\(cells.block) × \(cells.block) values, mean"
    let pixels =
      sizes.cellWidth == 1 && sizes.cellHeight == 1
      ? "1 pixel" : "1 cell of \(sizes.cellWidth) × \(sizes.cellHeight) pixels"
    let missing = cells.leftOutMissing ? " (NaN and infinite values left out)" : ""
    return lines + ["\(pixels) = \(block)\(missing)"]
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

  private func wrapped(_ text: String, _ font: Font, _ room: Int, lines: Int) -> [String] {
    typesetter.wrap(SafeText.sanitise(text), font, limit: room, lines: lines)
  }

  /// A product that stays comparable: sides beyond the limit are refused later.
  private func saturated(_ a: Int, _ b: Int) -> Int {
    let (product, overflow) = a.multipliedReportingOverflow(by: b)
    return overflow ? 2 * FigureError.longestSide : min(product, 2 * FigureError.longestSide)
  }
}

/// Lines of text one below the other.
private struct TextColumn {
  let x: Int
  var y: Int
  var marks: [TextMark] = []

  init(x: Int, y: Int) {
    self.x = x
    self.y = y
  }

  mutating func add(
    _ lines: [String], _ font: Font, _ color: RGB, _ typesetter: borrowing Typesetter
  ) {
    for line in lines {
      marks.append(
        TextMark(
          text: line, x: x, y: y + font.size, font: font, color: color,
          length: typesetter.length(line, font)))
      y += font.lineHeight
    }
  }
}
