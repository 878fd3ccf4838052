import Cells
import Core

/// The √N × √N square of minibatch scores, its colour scale and its statistics.
func drawMinibatches(_ state: State, _ theme: Theme, in rect: Rect, _ buffer: inout CellBuffer) {
  state.minibatchesFrame.draw(theme, in: rect, &buffer)
  guard let square = state.square, let place = state.squarePlacement,
    let tile = state.squareTile, let result = state.minibatchResult,
    let frame = state.squareFrame(place)
  else {
    drawNoScores(state, theme, in: rect, &buffer)
    return
  }
  let canvas = PixelCanvas(state.settings.minibatchColormap, state.terminal)
  let scale = ColorScale(
    low: square.bounds.low, high: square.bounds.high, map: state.settings.minibatchColormap)
  drawSquare(state, canvas, scale, tile, place, in: frame.heat, &buffer)
  let summary = result.summary
  drawScale(
    canvas, scale,
    ScaleNotes(
      missing: summary.nanCount + summary.infiniteCount > 0, negative: summary.negativeCount > 0,
      vacant: square.vacancies > 0),
    theme, in: frame.scale, &buffer)
  drawStatistics(state, theme, square, in: frame.statistics, &buffer)
}

private func drawSquare(
  _ state: State, _ canvas: PixelCanvas, _ scale: ColorScale, _ tile: SquareTile,
  _ place: SquarePlacement, in rect: Rect, _ buffer: inout CellBuffer
) {
  let top = rect.height * canvas.pixelsPerCell - place.pixelHeight
  let marker = place.marker(rank: state.rank)
  canvas.paint(&buffer, in: rect) { x, screenY in
    let y = screenY - top
    guard x < place.pixelWidth, y >= 0 else { return .clear }
    if state.showsCrosshair, marker.across.contains(x), marker.down.contains(y) { return .marker }
    let cell = place.cell(pixelX: x, pixelY: y)
    let index = cell.row / place.block * tile.side + cell.column / place.block
    return tile.values[index].map { canvas.pixel($0, scale) } ?? .vacant
  }
}

extension SquarePlacement {
  /// The pixels that mark a rank.
  fileprivate func marker(rank: Int) -> (across: Range<Int>, down: Range<Int>) {
    let (row, column) = (rank / side / block, rank % side / block)
    let left = column * unitWidth
    let top = pixelHeight - (row + 1) * unitHeight
    return ((left..<left + unitWidth).middle, (top..<top + unitHeight).middle)
  }
}

extension Square {
  /// Places of the square that no score fills.
  var vacancies: Int { layout.side * layout.side - layout.count }
}

extension State {
  fileprivate var minibatchesFrame: Frame {
    guard let result = minibatchResult, let square else {
      return Frame(title: "minibatches", isFocused: focus == .minibatches)
    }
    let (rows, columns) = (result.comparison.rows, result.comparison.columns)
    let names =
      rows.model.isEmpty && columns.model.isEmpty
      ? "minibatches" : "\(rows.model) × \(columns.model)"
    let side = square.layout.side
    var remarks = [settings.sorted ? "sorted" : "original order"]
    if let place = squarePlacement, place.block > 1 {
      remarks.append("\(place.block)×\(place.block) mean")
    }
    remarks.append("\(side) × \(side)")
    if let cellScores, cellScores.minibatches > square.layout.count {
      remarks.insert("first \(square.layout.count) of \(cellScores.minibatches)", at: 0)
    }
    return Frame(
      title: names, warning: damageWarning, remarks: remarks,
      footnote: cellScores?.footnote ?? rows.dataset.withoutDatasetPrefix,
      isFocused: focus == .minibatches && overlay == nil, isMarked: marked.contains(.minibatches))
  }
}

private func drawNoScores(
  _ state: State, _ theme: Theme, in rect: Rect, _ buffer: inout CellBuffer
) {
  guard let reason = state.cellScores?.reason else { return }
  let inner = rect.inset(by: 2)
  for (row, line) in State.wrap(reason, width: max(4, inner.width)).enumerated() {
    guard row < inner.height else { return }
    buffer.write(
      theme.keepingStart(line, width: inner.width), x: inner.x, y: inner.y + row,
      width: inner.width, style: theme.warning)
  }
}

private func drawStatistics(
  _ state: State, _ theme: Theme, _ square: Square, in rect: Rect, _ buffer: inout CellBuffer
) {
  guard rect.width >= 14 else { return }
  let statistics = square.statistics
  let numbers: [(String, Double)] = [
    ("max", statistics.maximum), ("3rd quart.", statistics.upperQuartile),
    ("median", statistics.median), ("mean", statistics.mean),
    ("1st quart.", statistics.lowerQuartile), ("min", statistics.minimum),
  ]
  var y = rect.y
  func put(_ name: String, _ value: String, _ style: Style) {
    guard y < rect.bottom else { return }
    buffer.write(theme.spell(name), x: rect.x, y: y, width: rect.width, style: theme.faint)
    if !value.isEmpty {
      buffer.write(value, x: rect.x + 11, y: y, width: rect.width - 11, style: style)
    }
    y += 1
  }
  put("n", String(square.layout.count), theme.strong)
  if let cell = state.cellScores { put("CKA", cell.value.fixed(4), theme.accent) }
  for (name, value) in numbers {
    put(name, value.fixed(4), name == "mean" ? theme.strong : theme.text)
  }
  for (name, count) in [("NaN", statistics.nanCount), ("inf", statistics.infiniteCount)]
  where count > 0 {
    put(name, String(count), theme.warning)
  }
  if square.vacancies > 0 {
    y += 1
    let cells = square.vacancies == 1 ? "cell" : "cells"
    for line in ["n is no square:", "\(square.vacancies) \(cells) empty"] {
      put(line, "", theme.warning)
    }
  }
}
