import CKACore
import Cells

/// Row, column and diagonal through the crosshair as bars, or a histogram of all cells shown.
func drawProfilePane(_ state: State, _ theme: Theme, in rect: Rect, _ buffer: inout CellBuffer) {
  let isFocused = state.focus == .profile && state.overlay == nil
  let title = state.profile == .histogram ? "histogram" : "profile"
  guard let data = state.profileData, let arrangement = state.arrangement else {
    Frame(title: title, isFocused: isFocused).draw(theme, in: rect, &buffer)
    return
  }
  let (low, high) = arrangement.bounds
  Frame(
    title: title, remarks: ["\(low.fixed(2)) to \(high.fixed(2))"], isFocused: isFocused
  ).draw(theme, in: rect, &buffer)
  let canvas = PixelCanvas(state.layerColormap, state.terminal)
  let chart = BarChart(
    scale: ColorScale(low: low, high: high, map: state.layerColormap), palette: canvas.palette,
    theme: theme)
  let inner = Rect(
    x: rect.x + 2, y: rect.y + 1, width: rect.width - 4, height: rect.height - 2)
  if let histogram = data.histogram {
    drawHistogram(histogram, chart, in: inner, &buffer)
  } else {
    drawBands(data.bands, chart, in: inner, &buffer)
  }
}

private func drawBands(
  _ bands: [ProfileData.Band], _ chart: BarChart, in rect: Rect, _ buffer: inout CellBuffer
) {
  // Bands without room for two lines of bars give way, the last first.
  let shown = bands.prefix(max(1, rect.height / 3))
  guard !shown.isEmpty else { return }
  var y = rect.y
  for (index, band) in shown.enumerated() {
    let height = (rect.bottom - y) / (shown.count - index)
    drawHeading(band, chart.theme, in: Rect(x: rect.x, y: y, width: rect.width, height: 1), &buffer)
    chart.draw(
      band, in: Rect(x: rect.x, y: y + 1, width: rect.width, height: height - 1), &buffer)
    y += height
  }
}

private func drawHeading(
  _ band: ProfileData.Band, _ theme: Theme, in line: Rect, _ buffer: inout CellBuffer
) {
  let statistics = Statistics(band.profile.values)
  var numbers = "mean \(statistics.mean.fixed(3))"
  if let width = band.profile.largestHalfWidth {
    numbers += theme.spell(" ± up to \(width.halfWidthText)")
  }
  let room = line.width - numbers.count - 2
  let title = theme.keepingEnd(band.title, width: max(0, room))
  buffer.write(title, x: line.x, y: line.y, width: line.width, style: theme.strong)
  guard room >= 8 else { return }
  buffer.write(
    numbers, x: line.right - numbers.count, y: line.y, width: numbers.count, style: theme.faint)
}

private func drawHistogram(
  _ histogram: Histogram, _ chart: BarChart, in rect: Rect, _ buffer: inout CellBuffer
) {
  let theme = chart.theme
  let bars = Rect(x: rect.x, y: rect.y, width: rect.width, height: rect.height - 2)
  chart.draw(histogram, in: bars, &buffer)
  let total = histogram.counts.reduce(0, +)
  let (low, high) = (chart.scale.low.fixed(2), chart.scale.high.fixed(2))
  buffer.write(low, x: rect.x, y: bars.bottom, width: rect.width, style: theme.faint)
  buffer.write(
    high, x: max(rect.x, rect.right - high.count), y: bars.bottom, width: high.count,
    style: theme.faint)
  var notes = ["\(total) cells", "highest \(histogram.counts.max() ?? 0)"]
  if histogram.below > 0 { notes.append("\(histogram.below) below") }
  if histogram.above > 0 { notes.append("\(histogram.above) above") }
  if histogram.missing > 0 { notes.append("\(histogram.missing) NaN") }
  buffer.write(
    theme.keepingStart(notes.joined(separator: "  "), width: rect.width), x: rect.x,
    y: bars.bottom + 1, width: rect.width, style: theme.text)
}
