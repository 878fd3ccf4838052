import Cells
import Core
import Similarity

/// The dots of the curves pane, made anew when the curves, their settings or the pane's size
/// change.
struct CurveTile: Sendable {
  struct Key: Sendable, Equatable {
    let id: ResultID
    let generation: Int
    let settings: CurveSettings
    let chosen: Int
    let columns, rows: Int
    let terminal: TerminalTraits
  }
  let key: Key
  let canvas: DotCanvas
  /// The part of the plane that is drawn.
  let frame: CurvesFrame
  /// Marks and error bars stand at every `stride`-th point, where the points are too dense for
  /// more.
  let stride: Int

  init(_ open: OpenCurves, key: Key) {
    let shown = key.settings.shown(of: open.curves)
    let series = open.curves.series
    let frame = open.frame(key.settings)
    var canvas = DotCanvas(
      columns: key.columns, rows: key.rows, unicode: key.terminal.unicode)
    let most = shown.map { series[$0].x.count }.max() ?? 0
    // A mark that has no room would cover the line itself.
    let stride = 3 * most <= key.columns ? 1 : max(1, 8 * most / max(1, key.columns))
    let dodge = SeriesDodge(
      open.positions, frame, count: shown.count, width: Double(max(0, canvas.width - 1)),
      room: Double(canvas.dotsAcross))
    // The chosen series comes last, over the others.
    let order = shown.filter { $0 != key.chosen } + shown.filter { $0 == key.chosen }
    let pens = order.map { index in
      CurvePen(
        series: series[index], owner: index, frame: frame,
        shift: Int(dodge.shift(shown.firstIndex(of: index) ?? 0).rounded(.down)), stride: stride,
        depth: key.terminal.depth)
    }
    for pen in pens { pen.drawBars(&canvas) }
    for pen in pens { pen.drawLine(&canvas) }
    for pen in pens { pen.drawMarks(&canvas) }
    (self.key, self.canvas, self.frame, self.stride) = (key, canvas, frame, stride)
  }
}

/// Draws one series.
private struct CurvePen {
  let series: Curves.Series
  let owner: Int
  let frame: CurvesFrame
  let shift: Int
  let stride: Int
  let depth: ColorDepth

  private func dot(_ x: Double, _ y: Double, _ canvas: DotCanvas) -> (x: Int, y: Int) {
    let across = frame.across(x) * Double(max(0, canvas.width - 1))
    let down = (1 - frame.up(y)) * Double(max(0, canvas.height - 1))
    return (Int(across.rounded()) + shift, Int(down.rounded()))
  }

  /// The points that carry a mark, in series order.
  private var marked: [Curves.Series.Point] {
    Swift.stride(from: 0, to: series.x.count, by: stride).map { series[$0] }
      .filter(\.mean.isFinite)
  }

  func drawBars(_ canvas: inout DotCanvas) {
    for point in marked where point.halfLength.isFinite {
      let (top, foot) = (
        dot(point.x, point.span.high, canvas), dot(point.x, point.span.low, canvas)
      )
      for y in top.y...max(top.y, foot.y) { canvas.set(top.x, y, owner: owner, isBar: true) }
      guard canvas.unicode else { continue }
      for end in [top, foot] where top.y != foot.y {
        for x in end.x - 1...end.x + 1 { canvas.set(x, end.y, owner: owner, isBar: true) }
      }
    }
  }

  /// A line through the means, interrupted where one is missing.
  func drawLine(_ canvas: inout DotCanvas) {
    var dash = depth == .none ? Dash(owner) : .solid
    var last: (x: Int, y: Int)?
    for index in series.x.indices {
      guard series.mean[index].isFinite else {
        last = nil
        continue
      }
      let here = dot(series.x[index], series.mean[index], canvas)
      // Dense series would draw the same dots again and again.
      if let last, last == here { continue }
      var none = Dash.solid
      if let last {
        canvas.line(from: last, to: here, owner: owner, dash: &dash)
      } else {
        canvas.line(from: here, to: here, owner: owner, dash: &none)
      }
      last = here
    }
  }

  func drawMarks(_ canvas: inout DotCanvas) {
    let glyph = SeriesLook.shape(owner, colors: SeriesLook.colors(depth))
      .glyph(unicode: canvas.unicode)
    for point in marked {
      let here = dot(point.x, point.mean, canvas)
      canvas.mark(here.x, here.y, glyph, owner: owner)
    }
  }
}

extension State {
  mutating func prepareCurveTile() {
    guard let open = openCurves, let layout = curveLayout else {
      curveTile = nil
      return
    }
    let key = CurveTile.Key(
      id: open.curves.id, generation: generation, settings: settings.curves, chosen: chosenCurve,
      columns: layout.plot.width, rows: layout.plot.height, terminal: terminal)
    if curveTile?.key != key { curveTile = CurveTile(open, key: key) }
  }
}
