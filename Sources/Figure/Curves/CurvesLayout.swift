import Cells
import Core

/// Every mark of a figure of curves and where it goes: made once, drawn by each back end.
///
///     title
///     y name | y numbers | plot | legend
///                         x numbers
///                         x name
///     caption
struct CurvesLayout {
  /// The picture, in pixels.
  let width, height: Int
  /// In the order of drawing.
  let marks: [Mark]
  /// Where the lines are.
  let plot: PixelRect

  init(_ figure: CurvesFigure) {
    let composer = CurvesComposer(figure)
    var marks = composer.grid()
    marks += composer.axes()
    marks += composer.lines()
    marks += composer.legend()
    let words = composer.words()
    marks += words.marks
    plot = composer.plot
    width = composer.width
    height = words.bottom
    self.marks = marks
  }
}

/// Measures the parts of a figure of curves; `CurvesComposerMarks.swift` draws them.
struct CurvesComposer: ~Copyable {
  let figure: CurvesFigure
  let frame: CurvesFrame
  let typesetter = Typesetter()
  let sizes = FigureSizes(columns: 1, rows: 1, pixelsPerValue: Self.plotSize.width)
  let xTicks, yTicks: AxisTicks
  let plot: PixelRect
  let width: Int
  /// The heading in lines.
  let title: [String]

  private static let plotSize = (width: 720, height: 440)
  static let grey = RGB(80, 80, 80)

  init(_ figure: CurvesFigure) {
    self.figure = figure
    let series = figure.shown.map { figure.curves.series[$0] }
    frame = CurvesFrame(series, fromZero: figure.fromZero)
    let pitch = sizes.swatchPitch
    let height = max(Self.plotSize.height, series.count * pitch)
    yTicks = AxisTicks(frame.y, most: 8)
    xTicks = Self.xTicks(series, frame)
    let labels = sizes.labels
    var numbers = 0
    for label in yTicks.labels { numbers = max(numbers, typesetter.length(label, labels)) }
    var names = 0
    for one in series { names = max(names, typesetter.length(one.name, labels)) }
    let yName = figure.curves.yName.isEmpty ? 0 : sizes.axis.lineHeight + 2 * sizes.gap
    let left = sizes.margin + yName + numbers + sizes.gap + sizes.tick
    let legend = min(names, sizes.longestLabel) + 4 * sizes.unit
    width = left + Self.plotSize.width + sizes.unit + legend + sizes.margin
    title = typesetter.wrap(
      SafeText.sanitise(figure.title), sizes.title, limit: width - left - sizes.margin, lines: 3)
    let top =
      sizes.margin + title.count * sizes.title.lineHeight + (title.isEmpty ? 0 : sizes.unit * 3 / 4)
    plot = PixelRect(x: left, y: top, width: Self.plotSize.width, height: height)
  }

  /// The x of the data themselves where they are few and apart, else round numbers.
  private static func xTicks(_ series: [Curves.Series], _ frame: CurvesFrame) -> AxisTicks {
    var positions = Array(Set(series.lazy.flatMap { $0.x.prefix(13) }))
    positions.sort()
    let gaps = zip(positions, positions.dropFirst()).map { frame.across($1) - frame.across($0) }
    let isFew = positions.count <= 12 && series.allSatisfy { $0.x.count <= 12 }
    return isFew && (gaps.min() ?? 1) > 0.07
      ? AxisTicks(positions) : AxisTicks(frame.x, most: 10)
  }

  /// The pixel of a point of the plane.
  func point(_ x: Double, _ y: Double, shift: Double = 0) -> PathMark.Point {
    PathMark.Point(
      x: Double(plot.x) + frame.across(x) * Double(plot.width) + shift,
      y: Double(plot.bottom) - frame.up(y) * Double(plot.height))
  }
}
