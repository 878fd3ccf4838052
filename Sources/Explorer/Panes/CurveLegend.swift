import Cells
import Core

/// The series one below the other with their values at the cursor; those around the chosen one,
/// where not all have room.
func drawLegendBeside(
  _ state: State, _ open: OpenCurves, _ layout: CurveLayout, _ theme: Theme,
  _ buffer: inout CellBuffer
) {
  let (rect, series) = (layout.legend, open.curves.series)
  var y = rect.y
  let x = state.showsCrosshair ? state.curveX : nil
  if let x, rect.height > 2 {
    let name = open.curves.xName.isEmpty ? "x" : open.curves.xName
    let number = " = \(AxisTicks([x]).labels[0])"
    let room = max(0, rect.width - TextWidth.width(of: number))
    let heading = theme.keepingStart(name, width: room) + theme.spell(number)
    buffer.write(heading, x: rect.x, y: y, width: rect.width, style: theme.strong)
    y += 1
  }
  let hasValues = x != nil && 2 * series.count <= rect.bottom - y
  let lines = hasValues ? 2 : 1
  let room = max(1, (rect.bottom - y) / lines)
  let first = max(0, min(state.chosenCurve - room / 2, series.count - room))
  for index in first..<min(series.count, first + room) {
    drawName(
      state, series[index], index, theme,
      in: Rect(x: rect.x, y: y, width: rect.width, height: 1), &buffer)
    if hasValues, let x, let place = series[index].index(at: x) {
      let point = series[index][place]
      let count = point.count.map { "  n = \($0)" } ?? ""
      let fits = TextWidth.width(of: theme.spell(point.rounded + count)) <= rect.width - 4
      let text = point.rounded + (fits ? count : "")
      buffer.write(
        theme.keepingStart(text, width: rect.width - 4), x: rect.x + 4, y: y + 1,
        style: state.settings.curves.hidden.contains(series[index].name) ? theme.faint : theme.text)
    }
    y += lines
  }
}

/// The series one behind the other; the values at the cursor stand in the readout.
func drawLegendBelow(
  _ state: State, _ open: OpenCurves, _ layout: CurveLayout, _ theme: Theme,
  _ buffer: inout CellBuffer
) {
  let rect = layout.legend
  var (x, y) = (rect.x, rect.y)
  for (index, series) in open.curves.series.enumerated() {
    let width = min(24, TextWidth.width(of: theme.spell(series.name))) + 4
    if x > rect.x, x + width > rect.right { (x, y) = (rect.x, y + 1) }
    guard y < rect.bottom else { return }
    drawName(
      state, series, index, theme,
      in: Rect(x: x, y: y, width: min(width, rect.right - x), height: 1), &buffer)
    x += width + 1
  }
}

private func drawName(
  _ state: State, _ series: Curves.Series, _ index: Int, _ theme: Theme, in line: Rect,
  _ buffer: inout CellBuffer
) {
  let isHidden = state.settings.curves.hidden.contains(series.name)
  let isChosen = index == state.chosenCurve && state.showsCrosshair
  let look = state.look(ofSeries: index, theme)
  if isChosen {
    buffer.write(theme.glyph("▸", ">"), x: line.x, y: line.y, style: theme.strong)
  }
  buffer.write(
    isHidden ? theme.glyph("·", "-") : look.mark, x: line.x + 1, y: line.y,
    style: isHidden ? theme.faint : look.style)
  var style = isHidden ? theme.faint : theme.text
  if isChosen { style.attributes.formUnion(.bold) }
  buffer.write(
    theme.keepingEnd(series.name, width: line.width - 3), x: line.x + 3, y: line.y, style: style)
}
