import Cells
import Core

/// Lines with error bars, their axes, legend and caption.
func drawCurves(_ state: State, _ theme: Theme, in rect: Rect, _ buffer: inout CellBuffer) {
  guard let open = state.openCurves, let layout = state.curveLayout, let tile = state.curveTile
  else {
    Frame(title: "curves", isFocused: state.focus == .curves).draw(theme, in: rect, &buffer)
    return
  }
  state.curvesFrame(open.curves, tile).draw(theme, in: rect, &buffer)
  buffer.write(
    theme.keepingStart("↑ \(open.curves.yName)", width: layout.yName.width), x: layout.yName.x,
    y: layout.yName.y, width: layout.yName.height == 0 ? 0 : layout.yName.width,
    style: theme.strong)
  drawAxes(layout, tile.frame, theme, &buffer)
  drawXLabels(state, layout, tile.frame, theme, &buffer)
  drawDots(state, tile, layout, theme, &buffer)
  if layout.isLegendBeside {
    drawLegendBeside(state, open, layout, theme, &buffer)
  } else {
    drawLegendBelow(state, open, layout, theme, &buffer)
  }
  for (index, line) in layout.captionLines.enumerated() {
    buffer.write(
      line, x: layout.caption.x, y: layout.caption.y + index, width: layout.caption.width,
      style: theme.faint)
  }
}

extension State {
  fileprivate func curvesFrame(_ curves: Curves, _ tile: CurveTile) -> Frame {
    var remarks: [String] = []
    let hidden = curves.series.count - settings.curves.shown(of: curves).count
    if hidden > 0 { remarks.append("\(hidden) hidden") }
    if settings.curves.fromZero { remarks.append("y from 0") }
    if tile.stride > 1 { remarks.append("marks at 1 of \(tile.stride) points") }
    let file = curves.id.path.split(separator: "/").last.map(String.init) ?? curves.id.path
    return Frame(
      title: curves.title.isEmpty ? SafeText.sanitise(file) : curves.title, remarks: remarks,
      footnote: "\(curves.xName.isEmpty ? "x" : curves.xName) →", titleRoom: 24,
      isFocused: focus == .curves && overlay == nil)
  }

  /// Style and mark of a series.
  func look(
    ofSeries index: Int, _ theme: Theme
  ) -> (style: Style, mark: String) {
    let depth = terminal.depth
    var style = Style(foreground: SeriesLook.color(index, depth))
    if depth == .none, index == chosenCurve, showsCrosshair { style.attributes = .bold }
    let shape = SeriesLook.shape(index, colors: SeriesLook.colors(depth))
    return (style, String(shape.glyph(unicode: theme.unicode)))
  }
}

private func drawAxes(
  _ layout: CurveLayout, _ frame: CurvesFrame, _ theme: Theme, _ buffer: inout CellBuffer
) {
  let (plot, labels) = (layout.plot, layout.yLabels)
  let axis = plot.x - 1
  for y in plot.y..<plot.bottom { buffer[axis, y] = Cell(theme.vertical, theme.frame) }
  buffer.write(theme.glyph("└", "+"), x: axis, y: plot.bottom, style: theme.frame)
  for x in plot.x..<plot.right {
    buffer[x, plot.bottom] = Cell(theme.horizontal, theme.frame)
  }
  for (value, label) in zip(layout.yTicks.values, layout.yTicks.labels) {
    let down = layout.line(of: value, frame, dotsDown: theme.unicode ? 4 : 1)
    let text = theme.keepingStart(label, width: labels.width)
    buffer.write(
      text, x: labels.right - TextWidth.width(of: text), y: plot.y + down, style: theme.faint)
    buffer.write(theme.glyph("┤", "+"), x: axis, y: plot.y + down, style: theme.frame)
  }
}

private func drawXLabels(
  _ state: State, _ layout: CurveLayout, _ frame: CurvesFrame, _ theme: Theme,
  _ buffer: inout CellBuffer
) {
  let plot = layout.plot
  var taken: [Range<Int>] = []
  func put(_ label: String, at x: Double, tick: String, _ style: Style) {
    let text = theme.spell(label)
    let width = TextWidth.width(of: text)
    let column = plot.x + state.curveColumn(x, layout, frame)
    let start = max(plot.x - 1, min(plot.right - width, column - width / 2))
    guard width <= plot.width,
      !taken.contains(where: { $0.overlaps(start - 1..<start + width + 1) })
    else { return }
    taken.append(start..<start + width)
    buffer.write(tick, x: column, y: plot.bottom, style: style)
    buffer.write(text, x: start, y: layout.xLabels.y, width: width, style: style)
  }
  // The cursor's number first: those that it covers give way.
  if state.showsCrosshair, let x = state.curveX {
    put(AxisTicks([x]).labels[0], at: x, tick: theme.glyph("▴", "^"), theme.strong)
  }
  for (value, label) in zip(layout.xTicks.values, layout.xTicks.labels) {
    put(label, at: value, tick: theme.glyph("┬", "+"), theme.faint)
  }
}

private func drawDots(
  _ state: State, _ tile: CurveTile, _ layout: CurveLayout, _ theme: Theme,
  _ buffer: inout CellBuffer
) {
  let (plot, canvas) = (layout.plot, tile.canvas)
  guard canvas.columns == plot.width, canvas.rows == plot.height else { return }
  let cursor =
    state.showsCrosshair ? state.curveX.map { state.curveColumn($0, layout, tile.frame) } : nil
  for y in 0..<plot.height {
    for x in 0..<plot.width {
      let dots = canvas.cells[y * canvas.columns + x]
      if let glyph = canvas.glyph(dots) {
        let style = state.look(ofSeries: dots.owner, theme).style
        buffer[plot.x + x, plot.y + y] = Cell(glyph, style)
      } else if x == cursor {
        buffer[plot.x + x, plot.y + y] = Cell(theme.unicode ? "┊" : ":", theme.frame)
      }
    }
  }
  if let curves = state.openCurves?.curves, state.settings.curves.shown(of: curves).isEmpty {
    let text = theme.keepingStart("every series is hidden (Space, O)", width: plot.width)
    buffer.write(
      text, x: plot.x + (plot.width - TextWidth.width(of: text)) / 2, y: plot.y + plot.height / 2,
      style: theme.faint)
  }
}
