import Cells
import Core
import Similarity

/// Row, column and diagonal through the crosshair as bars, or a histogram of all cells shown.
func drawProfilePane(_ state: State, _ theme: Theme, in rect: Rect, _ buffer: inout CellBuffer) {
  let isFocused = state.focus == .profile && state.overlay == nil
  let title = state.profile == .histogram ? "histogram" : "profile"
  guard let data = state.profileData, let arrangement = state.arrangement else {
    Frame(title: title, isFocused: isFocused).draw(theme, in: rect, &buffer)
    return
  }
  let (low, high) = arrangement.bounds
  let places = max(abs(low), abs(high)) < 0.1 ? 4 : 2
  Frame(
    title: title, remarks: ["\(low.fixed(places)) to \(high.fixed(places))"], isFocused: isFocused
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
  let theme = chart.theme
  // All tell how sure they are, or none.
  let hasWidth = shown.allSatisfy {
    fits($0, numbers($0, hasWidth: true, theme), theme, in: rect)
  }
  for (index, band) in shown.enumerated() {
    let height = (rect.bottom - y) / (shown.count - index)
    drawHeading(
      band, numbers: numbers(band, hasWidth: hasWidth, theme), theme,
      in: Rect(x: rect.x, y: y, width: rect.width, height: 1), &buffer)
    chart.draw(
      band, in: Rect(x: rect.x, y: y + 1, width: rect.width, height: height - 1), &buffer)
    y += height
  }
}

/// The mean of a band, and where `hasWidth` how far the values may be off.
private func numbers(_ band: ProfileData.Band, hasWidth: Bool, _ theme: Theme) -> String {
  let mean = "mean \(Statistics(band.profile.values).mean.fixed(3))"
  guard hasWidth, let width = band.profile.largestHalfWidth else { return mean }
  return theme.spell("\(mean) ± up to \(width.halfWidthText)")
}

private func drawHeading(
  _ band: ProfileData.Band, numbers: String, _ theme: Theme, in line: Rect,
  _ buffer: inout CellBuffer
) {
  // The layer's name says more than its mean.
  let numbers = fits(band, numbers, theme, in: line) ? numbers : ""
  let room = numbers.isEmpty ? line.width : line.width - numbers.count - 2
  buffer.write(
    theme.keepingEnd(band.title, width: room), x: line.x, y: line.y, style: theme.strong)
  buffer.write(
    numbers, x: line.right - numbers.count, y: line.y, width: numbers.count, style: theme.faint)
}

private func fits(
  _ band: ProfileData.Band, _ numbers: String, _ theme: Theme, in line: Rect
) -> Bool {
  TextWidth.width(of: theme.spell(band.title)) + 2 + numbers.count <= line.width
}

private func drawHistogram(
  _ histogram: Histogram, _ chart: BarChart, in rect: Rect, _ buffer: inout CellBuffer
) {
  let theme = chart.theme
  let bars = Rect(x: rect.x, y: rect.y, width: rect.width, height: rect.height - 2)
  chart.draw(histogram, in: bars, &buffer)
  let total = histogram.counts.reduce(0, +)
  let places = max(abs(chart.scale.low), abs(chart.scale.high)) < 0.1 ? 4 : 2
  let (low, high) = (chart.scale.low.fixed(places), chart.scale.high.fixed(places))
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
