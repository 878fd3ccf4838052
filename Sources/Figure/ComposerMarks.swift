import Cells

/// Every part of the figure, hung on its skeleton.
extension Composer {
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
