import Cells
import Core
import Glibc

/// The series themselves, and their names in the legend.
extension CurvesComposer {
  /// Pixels from the middle of a mark to its edge.
  private var radius: Double { Double(sizes.unit) * 0.36 }
  private var lineWidth: Double { Double(sizes.unit) / 7 }

  /// Marks and error bars stand at every `stride`-th point, where the points are too dense for
  /// more.
  var stride: Int {
    let most = figure.shown.map { figure.curves.series[$0].x.count }.max() ?? 0
    let room = max(1, plot.width / sizes.unit)
    return max(1, (most + room - 1) / room)
  }

  /// Error bars below lines below marks; the first series is drawn over the others.
  func lines() -> [Mark] {
    let shown = figure.shown
    let series = figure.curves.series
    var positions = Array(Set(shown.lazy.flatMap { series[$0].x }))
    positions.sort()
    let dodge = SeriesDodge(
      positions, frame, count: shown.count, width: Double(plot.width), room: 2 * radius + 2)
    var bars: [Mark] = []
    var lines: [Mark] = []
    var marks: [Mark] = []
    for (rank, index) in shown.enumerated().reversed() {
      let shift = dodge.shift(rank)
      bars += self.bars(series[index], index, shift)
      lines += line(series[index], index, shift)
      for point in marked(series[index]) {
        marks.append(mark(at: self.point(point.x, point.mean, shift: shift), index))
      }
    }
    return bars + lines + marks
  }

  /// A line of the legend for each series, from the top of the plot.
  func legend() -> [Mark] {
    var marks: [Mark] = []
    guard figure.shown.contains(where: { !figure.curves.series[$0].name.isEmpty }) else {
      return marks
    }
    let (x, pitch) = (plot.right + sizes.unit, sizes.swatchPitch)
    for (rank, index) in figure.shown.enumerated() {
      let y = plot.y + rank * pitch + pitch / 2
      let ends = [x, x + 2 * sizes.unit].map { PathMark.Point(x: Double($0), y: Double(y)) }
      marks.append(.path(PathMark(points: ends, stroke: color(index), width: lineWidth)))
      marks.append(mark(at: PathMark.Point(x: Double(x + sizes.unit), y: Double(y)), index))
      let name = typesetter.keepingEnd(
        SafeText.sanitise(figure.curves.series[index].name), sizes.labels,
        limit: sizes.longestLabel)
      marks.append(
        text(
          name, sizes.labels, x: x + 2 * sizes.unit + 2 * sizes.gap,
          y: y + sizes.labels.middleToBaseline))
    }
    return marks
  }

  private func color(_ index: Int) -> RGB { SeriesLook.paper[index % SeriesLook.paper.count] }

  private func marked(_ series: Curves.Series) -> [Curves.Series.Point] {
    Swift.stride(from: 0, to: series.x.count, by: stride).map { series[$0] }
      .filter(\.mean.isFinite)
  }

  private func bars(_ series: Curves.Series, _ index: Int, _ shift: Double) -> [Mark] {
    marked(series).filter(\.halfLength.isFinite).flatMap { point -> [Mark] in
      let top = self.point(point.x, point.span.high, shift: shift)
      let foot = self.point(point.x, point.span.low, shift: shift)
      let stem = PathMark(points: [top, foot], stroke: color(index), width: lineWidth * 0.7)
      let caps = [top, foot].map { end in
        PathMark(
          points: [
            PathMark.Point(x: end.x - radius, y: end.y),
            PathMark.Point(x: end.x + radius, y: end.y),
          ], stroke: color(index), width: lineWidth * 0.7)
      }
      return ([stem] + caps).map { .path($0) }
    }
  }

  /// One path for each stretch without gaps.
  private func line(_ series: Curves.Series, _ index: Int, _ shift: Double) -> [Mark] {
    var stretches: [[PathMark.Point]] = [[]]
    for place in series.x.indices {
      guard series.mean[place].isFinite else {
        if stretches.last?.isEmpty == false { stretches.append([]) }
        continue
      }
      let here = point(series.x[place], series.mean[place], shift: shift)
      stretches[stretches.count - 1].append(here)
    }
    return stretches.filter { $0.count > 1 }.map {
      .path(PathMark(points: Self.thinned($0), stroke: color(index), width: lineWidth))
    }
  }

  /// At most four points for each pixel across: the first, the highest, the lowest and the last.
  static func thinned(_ points: [PathMark.Point]) -> [PathMark.Point] {
    var kept: [PathMark.Point] = []
    var start = 0
    while start < points.count {
      let column = points[start].x.rounded(.down)
      let end = points[start...].firstIndex { $0.x.rounded(.down) != column } ?? points.count
      if end - start <= 4 {
        kept += points[start..<end]
      } else {
        let inside = start..<end
        let high = inside.min { points[$0].y < points[$1].y } ?? start
        let low = inside.max { points[$0].y < points[$1].y } ?? start
        for place in Set([start, high, low, end - 1]).sorted() { kept.append(points[place]) }
      }
      start = end
    }
    return kept
  }

  /// A mark of the series' shape; open ones are white inside.
  private func mark(at middle: PathMark.Point, _ index: Int) -> Mark {
    let shape = SeriesLook.shape(index)
    let isOpen = [.circle, .box, .outline, .lozenge].contains(shape)
    return .path(
      PathMark(
        points: Self.corners(shape).map {
          PathMark.Point(x: middle.x + $0.x * radius, y: middle.y + $0.y * radius)
        }, isClosed: true, fill: isOpen ? .white : color(index), stroke: color(index),
        width: lineWidth * 0.7))
  }

  /// The corners of a shape of radius 1; a circle has so many that it looks round.
  private static func corners(_ shape: SeriesLook.Shape) -> [PathMark.Point] {
    switch shape {
    case .disc, .circle:
      (0..<24).map {
        let angle = Double($0) * .pi / 12
        return PathMark.Point(x: cos(angle), y: sin(angle))
      }
    case .square, .box:
      [(-0.88, -0.88), (0.88, -0.88), (0.88, 0.88), (-0.88, 0.88)].map {
        PathMark.Point(x: $0.0, y: $0.1)
      }
    case .triangle, .outline:
      [(0, -1.1), (1.05, 0.8), (-1.05, 0.8)].map { PathMark.Point(x: $0.0, y: $0.1) }
    case .diamond, .lozenge:
      [(0, -1.2), (1.2, 0), (0, 1.2), (-1.2, 0)].map { PathMark.Point(x: $0.0, y: $0.1) }
    }
  }
}
