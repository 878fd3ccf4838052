import Cells
import Core
import Similarity

/// The layer × layer heatmap with its names, crosshair marks and colour scale.
func drawLayers(_ state: State, _ theme: Theme, in rect: Rect, _ buffer: inout CellBuffer) {
  state.layersFrame(theme).draw(theme, in: rect, &buffer)
  guard let place = state.placement, let layout = state.heatLayout(place),
    let tile = state.tile, let arrangement = state.arrangement
  else {
    drawNothing(state, theme, in: rect, &buffer)
    return
  }
  let canvas = PixelCanvas(state.layerColormap, state.terminal)
  let scale = ColorScale(
    low: arrangement.bounds.low, high: arrangement.bounds.high,
    map: state.layerColormap)
  drawHeat(state, canvas, scale, place, tile, in: layout.heat, &buffer)
  drawRowNames(state, theme, canvas, place, layout, &buffer)
  drawColumnNames(state, theme, place, layout, &buffer)
  drawScale(
    canvas, scale, layerScaleNotes(state), theme, in: layout.scale, &buffer)
}

private func drawHeat(
  _ state: State, _ canvas: PixelCanvas, _ scale: ColorScale, _ place: Placement,
  _ tile: HeatTile, in rect: Rect, _ buffer: inout CellBuffer
) {
  let inks = tile.values.map { canvas.pixel($0, scale) }
  let top = place.originAtTop ? 0 : rect.height * canvas.pixelsPerCell - place.pixelHeight
  let marker = state.markerPixels(place)
  let hasMarks = state.matchMarks != nil
  // Where each pixel's ink is: divisions for each of 15,000 pixels would be felt.
  let columns = (0..<place.pixelWidth).map { place.unitColumn(pixel: $0) }
  let rows = (0..<place.pixelHeight).map { place.unitRow(pixel: $0) * place.unitColumns }
  canvas.paint(&buffer, in: rect) { x, screenY in
    let y = screenY - top
    guard x < columns.count, y >= 0, y < rows.count else { return .clear }
    if let marker, marker.across.contains(x), marker.down.contains(y) { return .marker }
    let ink = inks[rows[y] + columns[x]]
    return hasMarks && state.isMatchMark(pixelX: x, y, place) ? canvas.marked(ink) : ink
  }
}

extension State {
  /// The pixels that mark the crosshair: the middle of its value, so that the value's colour stays
  /// visible.
  fileprivate func markerPixels(_ place: Placement) -> (across: Range<Int>, down: Range<Int>)? {
    let here = displayedCrosshair
    guard showsCrosshair, let across = place.pixelsAcross(column: here.column),
      let down = place.pixelsDown(row: here.row)
    else { return nil }
    return (across.middle, down.middle)
  }

  fileprivate func layersFrame(_ theme: Theme) -> Frame {
    guard let rows = displayedRows, let columns = displayedColumns, let place = placement else {
      return Frame(title: "layers", isFocused: focus == .layers)
    }
    var remarks = (partialRemark.map { [$0] } ?? []) + differenceRemarks + nullRemarks
    if place.block > 1 {
      remarks.append("\(place.block)×\(place.block) \(settings.reduction.rawValue)")
    }
    if !settings.filter.isEmpty { remarks.append("filtered") }
    if settings.transposed { remarks.append("transposed") }
    remarks.append("\(place.rows) × \(place.columns)")
    return Frame(
      title: "\(settings.originAtTop ? "↓" : "↑") \(difference?.title ?? rows.title)",
      warning: damageWarning.isEmpty ? labelWarning : damageWarning, remarks: remarks,
      footnote: "\(columns.title) →", titleRoom: difference == nil ? 12 : .max,
      isFocused: focus == .layers && overlay == nil, isMarked: marked.contains(.layers))
  }
}

extension State {
  /// Whether the labels can be trusted; empty where nothing speaks against them.
  private var labelWarning: String {
    guard labelsLookRegistered else { return "" }
    if settings.labelOrder == .executed { return "labels as executed" }
    // On paper there is no key to press.
    return showsCrosshair ? "labels suspect (x)" : "labels suspect"
  }
}

private func drawNothing(
  _ state: State, _ theme: Theme, in rect: Rect, _ buffer: inout CellBuffer
) {
  if state.hasNothing {
    drawWaysOn(theme, in: rect.inset(by: 1), &buffer)
    return
  }
  let text =
    if state.arrangement?.isEmpty ?? false {
      "the filter hides every row or column (f)"
    } else if state.pending != nil {
      "reading…"
    } else {
      state.scan.isFinished ? "nothing to show" : "looking for results…"
    }
  let shown = theme.keepingStart(text, width: max(0, rect.width - 4))
  buffer.write(
    shown, x: rect.x + (rect.width - shown.count) / 2, y: rect.y + rect.height / 2,
    style: theme.faint)
}

private func drawRowNames(
  _ state: State, _ theme: Theme, _ canvas: PixelCanvas, _ place: Placement, _ layout: HeatLayout,
  _ buffer: inout CellBuffer
) {
  guard let names = state.displayedRows?.layers, let measures = state.displayedRowNames else {
    return
  }
  let top = place.originAtTop ? 0 : layout.heat.height * canvas.pixelsPerCell - place.pixelHeight
  let line: (Int) -> Int? = { row in
    place.pixelsDown(row: row).map { ($0.middle.lowerBound + top) / canvas.pixelsPerCell }
  }
  let rows = place.firstRow..<min(place.rows, place.firstRow + place.unitRows * place.block)
  let candidates = rows.compactMap { row in line(row).map { (index: row, at: $0, length: 1) } }
  for label in LabelThinning.choose(candidates, depths: measures.depths, gap: 0) {
    let text = theme.keepingEnd(names[label.index].orRoot, width: layout.names.width)
    buffer.write(
      text, x: layout.names.right - TextWidth.width(of: text), y: layout.names.y + label.at,
      style: theme.faint)
  }
  if state.showsCrosshair, let at = line(state.displayedCrosshair.row) {
    buffer[layout.rowTick.x, layout.rowTick.y + at] = Cell(theme.unicode ? "▸" : ">", theme.strong)
  }
}

private func drawColumnNames(
  _ state: State, _ theme: Theme, _ place: Placement, _ layout: HeatLayout,
  _ buffer: inout CellBuffer
) {
  guard let names = state.displayedColumns?.layers, let measures = state.displayedColumnNames
  else { return }
  let columns =
    place.firstColumn..<min(place.columns, place.firstColumn + place.unitColumns * place.block)
  let room = layout.columnNames.width
  var candidates = columns.compactMap { column -> LabelThinning.Label? in
    guard let across = place.pixelsAcross(column: column) else { return nil }
    let length = min(24, measures.widths[column])
    return across.lowerBound + length <= room
      ? (index: column, at: across.lowerBound, length: length) : nil
  }
  // A second line takes what did not fit on the first, where modules lie within others: among plain
  // names it would only crowd what stands evenly already.
  let isFlat = columns.allSatisfy { measures.depths[$0] == 0 || measures.depths[$0] == 99 }
  let lines = isFlat ? min(1, layout.columnNames.height) : layout.columnNames.height
  for row in 0..<lines {
    let chosen = LabelThinning.choose(candidates, depths: measures.depths, gap: 1)
    for label in chosen {
      let text = theme.keepingEnd(names[label.index].orRoot, width: label.length)
      buffer.write(
        text, x: layout.columnNames.x + label.at, y: layout.columnNames.y + row,
        style: theme.faint)
    }
    let taken = Set(chosen.map(\.index))
    candidates.removeAll { taken.contains($0.index) }
  }
  if state.showsCrosshair, let across = place.pixelsAcross(column: state.displayedCrosshair.column)
  {
    buffer[layout.columnTick.x + across.middle.lowerBound, layout.columnTick.y] = Cell(
      theme.unicode ? "▴" : "^", theme.strong)
  }
}

private func layerScaleNotes(_ state: State) -> ScaleNotes {
  let summary = state.layerResult?.summary ?? Summary()
  let name =
    state.isDimming
    ? "q>\(DifferenceTest.levelText)" : state.isDimmingChance ? "chance" : "NaN"
  return ScaleNotes(
    missing: state.isDimmingChance || summary.nanCount + summary.infiniteCount > 0,
    negative: summary.negativeCount > 0, vacant: false, missingName: name)
}

extension Axis {
  /// "ResNet18 · Digits32", or what there is.
  var title: String {
    // torch_cka has no model compared with itself but under another name: a blank behind it makes
    // one.
    let name = model.isEmpty ? "(no name)" : model.withoutBlanksAround
    let data = dataset.withoutDatasetPrefix
    return data.isEmpty ? name : "\(name) · \(data)"
  }
}

extension String {
  /// Without the blanks at both ends.
  var withoutBlanksAround: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}

extension Range<Int> {
  /// The middle half, at least one element.
  var middle: Range<Int> {
    let size = (count + 1) / 2
    let start = lowerBound + (count - size) / 2
    return start..<start + size
  }
}
