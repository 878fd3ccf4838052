import Cells
import Similarity

/// The grid of model pairs: a cell for each pair in the colour of its mean CKA, which it tells in
/// per cent.
func drawPairPicker(
  _ picker: PairPicker, _ state: State, _ theme: Theme, _ buffer: inout CellBuffer
) {
  let nameWidth = min(
    picker.rows.reduce(4) { max($0, TextWidth.width(of: $1.title)) },
    max(8, state.terminal.size.width / 3))
  let headerHeight = picker.headerHeight(screen: state.terminal.size.height)
  let rect = centred(
    state, width: max(44, nameWidth + picker.columns.count * cellWidth + 6),
    height: picker.rows.count + 6 + headerHeight)
  let inner = openWindow(
    "pairs: mean CKA in %", remark: "\(picker.rows.count) × \(picker.columns.count) models",
    in: rect, theme, &buffer)
  let across = (inner.width - nameWidth - 1) / cellWidth
  let grid = Rect(
    x: inner.x + nameWidth + 1, y: inner.y + 1 + headerHeight, width: across * cellWidth,
    height: inner.height - 4 - headerHeight)
  let columns = scrolled(picker.column, count: picker.columns.count, room: across)
  let rows = scrolled(picker.row, count: picker.rows.count, room: grid.height)
  drawGrid(picker, rows, columns, nameWidth: nameWidth, state, theme, in: grid, &buffer)
  drawColumnNames(
    picker, columns, theme,
    in: Rect(x: grid.x, y: inner.y, width: grid.width, height: headerHeight), &buffer)
  drawBeyond(picker, columns, rows, theme, around: grid, &buffer)
  drawChoice(picker, state, theme, in: inner, &buffer)
}

/// Cells of the screen that a pair takes.
private let cellWidth = 5

/// The pairs of some rows and columns, with the rows' names.
private func drawGrid(
  _ picker: PairPicker, _ rows: Range<Int>, _ columns: Range<Int>, nameWidth: Int, _ state: State,
  _ theme: Theme, in grid: Rect, _ buffer: inout CellBuffer
) {
  let canvas = PixelCanvas(state.settings.layerColormap, state.terminal)
  for (y, row) in rows.enumerated() {
    let name = theme.keepingEnd(picker.rows[row].title, width: nameWidth)
    buffer.write(
      name, x: grid.x - 1 - TextWidth.width(of: name), y: grid.y + y,
      style: row == picker.row ? theme.strong : theme.faint)
    for (x, column) in columns.enumerated() {
      let entry = state.catalog.entry(rows: picker.rows[row], columns: picker.columns[column])?
        .pair
      let isChosen = row == picker.row && column == picker.column
      drawPair(
        entry, isChosen: isChosen, canvas, theme,
        in: Rect(x: grid.x + x * cellWidth, y: grid.y + y, width: cellWidth, height: 1), &buffer)
    }
  }
}

extension PairPicker {
  /// Lines for the columns' names, written from top to bottom; none on a low screen.
  fileprivate func headerHeight(screen: Int) -> Int {
    let longest = columns.reduce(0) { max($0, $1.shortName.count) }
    return max(0, min(6, longest, screen - rows.count - 10, screen / 4))
  }
}

/// The end of each column's name, top to bottom: ends tell models apart.
private func drawColumnNames(
  _ picker: PairPicker, _ columns: Range<Int>, _ theme: Theme, in rect: Rect,
  _ buffer: inout CellBuffer
) {
  for (x, column) in columns.enumerated() {
    let glyphs = picker.columns[column].shortName.suffix(rect.height)
    for (y, glyph) in glyphs.enumerated() {
      buffer.write(
        theme.spell(String(glyph)), x: rect.x + x * cellWidth + 2,
        y: rect.y + rect.height - glyphs.count + y, width: 2,
        style: column == picker.column ? theme.strong : theme.faint)
    }
  }
}

/// Marks on the sides where more columns or rows lie beyond what is shown.
private func drawBeyond(
  _ picker: PairPicker, _ columns: Range<Int>, _ rows: Range<Int>, _ theme: Theme,
  around grid: Rect, _ buffer: inout CellBuffer
) {
  let (first, last) = (grid.x, grid.x + columns.count * cellWidth - 1)
  let marks: [(isThere: Bool, glyph: String, x: Int, y: Int)] = [
    (columns.lowerBound > 0, theme.glyph("‹", "<"), first, grid.bottom),
    (columns.upperBound < picker.columns.count, theme.glyph("›", ">"), last, grid.bottom),
    (rows.lowerBound > 0, theme.glyph("↑", "^"), first - 1, grid.y),
    (
      rows.upperBound < picker.rows.count, theme.glyph("↓", "v"), first - 1,
      grid.y + rows.count - 1
    ),
  ]
  for mark in marks where mark.isThere {
    buffer.write(mark.glyph, x: mark.x, y: mark.y, width: 1, style: theme.strong)
  }
}

/// The part of `count` lines to show so that `chosen` is among the `room` visible ones.
private func scrolled(_ chosen: Int, count: Int, room: Int) -> Range<Int> {
  let first = max(0, min(chosen - room / 2, count - room))
  return first..<max(first, min(count, first + room))
}

private func drawPair(
  _ entry: CatalogEntry.Pair?, isChosen: Bool, _ canvas: PixelCanvas, _ theme: Theme, in rect: Rect,
  _ buffer: inout CellBuffer
) {
  var style = Style.plain
  var text = " \(theme.glyph("·", ".")) "
  if let entry {
    let mean = entry.mean
    text = mean.percent
    if canvas.palette.depth != .none, mean.isFinite {
      let t = max(0, min(1, mean))
      style.background = canvas.palette.color(ofBin: canvas.palette.bin(at: t))
      style.foreground = canvas.palette.map.color(at: t).contrast(canvas.palette.depth)
    }
  } else {
    style = theme.faint
  }
  let (open, close) = isChosen ? ("[", "]") : (" ", " ")
  // A mean over minibatches is another figure than one over layers.
  if entry?.kind == .minibatches { style.attributes.insert(.underline) }
  if isChosen { style.attributes.insert(.bold) }
  buffer.write("\(open)\(text)\(close)", x: rect.x, y: rect.y, width: rect.width, style: style)
}

private func drawChoice(
  _ picker: PairPicker, _ state: State, _ theme: Theme, in inner: Rect,
  _ buffer: inout CellBuffer
) {
  guard picker.row < picker.rows.count, picker.column < picker.columns.count else { return }
  let (rows, columns) = (picker.rows[picker.row], picker.columns[picker.column])
  let entry = state.catalog.entry(rows: rows, columns: columns)?.pair
  let names = "\(rows.title) × \(columns.title)"
  let facts =
    entry.map { entry in
      entry.kind == .layers
        ? "\(entry.shape.rows) × \(entry.shape.columns) layers, mean \(entry.mean.fixed(4))"
        : "\(entry.shape.columns) minibatches, mean \(entry.mean.fixed(4))"
    } ?? "no result has this pair"
  buffer.write(
    theme.keepingEnd(names, width: inner.width), x: inner.x, y: inner.bottom - 2,
    style: theme.accent)
  buffer.write(
    theme.keepingStart(facts, width: inner.width), x: inner.x,
    y: inner.bottom - 1, style: entry == nil ? theme.faint : theme.text)
}

extension ModelKey {
  /// The model alone.
  fileprivate var shortName: String { model.isEmpty ? title : model }

  /// "ResNet18 · Digits32", or what there is.
  var title: String { Axis(model: model, dataset: dataset, layers: []).title }
}

extension Double {
  /// The value in per cent in three cells: "100", " 87", " -5"; "?" where there is no such number.
  fileprivate var percent: String {
    let percent = (self * 100).rounded()
    guard percent > -100, percent < 1000 else { return isFinite ? "***" : " ? " }
    return Int(percent).padded(as: 100)
  }
}

extension RGB {
  /// Black or white ink, whichever is easier to read on this paper.
  fileprivate func contrast(_ depth: ColorDepth) -> Color {
    let luminance = 0.299 * Double(red) + 0.587 * Double(green) + 0.114 * Double(blue)
    let isLight = luminance > 140
    if depth == .trueColor { return .rgb(isLight ? RGB(0, 0, 0) : RGB(255, 255, 255)) }
    return .indexed(isLight ? 0 : 7)
  }
}
