import Cells
import Core

/// Where things are inside the frame of the curves pane.
struct CurveLayout: Sendable, Equatable {
  /// What y is; no lines on a small screen.
  let yName: Rect
  /// The numbers beside the y axis, which stands on their right.
  let yLabels: Rect
  /// The dots.
  let plot: Rect
  /// The numbers below the x axis, which stands above them.
  let xLabels: Rect
  /// The names of the series; beside the plot where there is room.
  let legend: Rect
  let isLegendBeside: Bool
  /// What the error bars are, and the file's caption.
  let caption: Rect
  let captionLines: [String]
  let yTicks: AxisTicks
  let xTicks: AxisTicks

  /// - Parameters:
  ///   - rect: the pane, its frame included.
  ///   - notes: what stands before the file's own caption.
  init(
    _ open: OpenCurves, _ settings: CurveSettings, in rect: Rect, notes: String, hasValues: Bool,
    spell: (String) -> String
  ) {
    let inner = Rect(
      x: rect.x + 2, y: rect.y + 1, width: rect.width - 4, height: rect.height - 2)
    let (curves, frame) = (open.curves, open.frame(settings))
    let names = curves.series.map { TextWidth.width(of: spell($0.name)) }
    isLegendBeside = inner.width >= 62 && inner.height >= 10
    let (legendWidth, legendLines) = Self.legendSize(
      names, in: inner, isBeside: isLegendBeside, hasValues: hasValues)
    let words = Self.captionLines(notes, curves.caption, in: inner, spell: spell)
    captionLines = words
    let captionGap = words.isEmpty || inner.height < 18 ? 0 : 1
    caption = Rect(
      x: inner.x, y: inner.bottom - words.count, width: inner.width, height: words.count)
    let top = inner.height >= 8 && !curves.yName.isEmpty ? 1 : 0
    yName = Rect(x: inner.x, y: inner.y, width: inner.width, height: top)
    // Below the plot: its axis, the numbers, and what else there is.
    let height = max(1, inner.height - top - 2 - legendLines - captionGap - words.count)
    yTicks = AxisTicks(frame.y, most: max(2, (height + 2) / 3))
    let labels = yTicks.labels.map { TextWidth.width(of: spell($0)) }.max() ?? 1
    let labelWidth = min(labels, max(3, inner.width / 4))
    yLabels = Rect(x: inner.x, y: inner.y + top, width: labelWidth, height: height)
    let gap = legendWidth > 0 ? 2 : 0
    plot = Rect(
      x: inner.x + labelWidth + 2, y: yLabels.y,
      width: max(1, inner.width - labelWidth - 2 - gap - legendWidth), height: height)
    xLabels = Rect(x: plot.x, y: plot.bottom + 1, width: plot.width, height: 1)
    legend =
      isLegendBeside
      ? Rect(x: plot.right + gap, y: plot.y, width: legendWidth, height: height)
      : Rect(x: inner.x, y: xLabels.bottom, width: inner.width, height: legendLines)
    xTicks = Self.xTicks(open.positions, frame, width: plot.width)
  }

  /// The line of the plot at which `value` stands, from its top.
  func line(of value: Double, _ frame: CurvesFrame, dotsDown: Int) -> Int {
    let dots = Double(max(0, plot.height * dotsDown - 1))
    return Int(((1 - frame.up(value)) * dots).rounded()) / dotsDown
  }

  /// The x of the data themselves where they are few, else round numbers.
  private static func xTicks(
    _ positions: [Double], _ frame: CurvesFrame, width: Int
  ) -> AxisTicks {
    let round = AxisTicks(frame.x, most: max(2, width / 10))
    // Of many x, no gap is asked for.
    guard (1...12).contains(positions.count) else { return round }
    let own = AxisTicks(positions)
    let room = own.labels.reduce(0) { $0 + TextWidth.width(of: $1) + 2 }
    let gaps = zip(positions, positions.dropFirst()).map { frame.across($1) - frame.across($0) }
    let narrowest = Int((gaps.min() ?? 1) * Double(width))
    let longest = own.labels.map { TextWidth.width(of: $0) }.max() ?? 0
    return room <= width && narrowest >= longest + 2 ? own : round
  }

  /// The legend's columns beside the plot, or its lines below; the other one is 0.
  private static func legendSize(
    _ names: [Int], in inner: Rect, isBeside: Bool, hasValues: Bool
  ) -> (width: Int, lines: Int) {
    let longest = names.max() ?? 0
    if isBeside {
      let wanted = max(longest == 0 ? 0 : longest + 4, hasValues ? 24 : 0)
      return (min(wanted, inner.width / 3), 0)
    }
    guard longest > 0 else { return (0, 0) }
    return (0, min(flowLines(names, width: inner.width), max(1, inner.height / 5)))
  }

  /// The notes and the file's caption, in a fifth of the pane at most.
  private static func captionLines(
    _ notes: String, _ caption: String, in inner: Rect, spell: (String) -> String
  ) -> [String] {
    wrap(
      notes + (notes.isEmpty || caption.isEmpty ? "" : " ") + caption,
      width: min(inner.width, 96), most: inner.height >= 10 ? max(1, inner.height / 5) : 0,
      spell: spell)
  }

  /// Lines that the names take one behind the other.
  private static func flowLines(_ names: [Int], width: Int) -> Int {
    var (lines, used) = (1, 0)
    for name in names {
      let item = min(name, 24) + 5
      if used > 0, used + item > width { (lines, used) = (lines + 1, 0) }
      used += item
    }
    return lines
  }

  /// `text` in at most `most` lines; what has no room is marked.
  private static func wrap(
    _ text: String, width: Int, most: Int, spell: (String) -> String
  ) -> [String] {
    guard most > 0, width >= 12 else { return [] }
    var lines: [String] = []
    var line = ""
    for word in spell(text).split(separator: " ").map(String.init) {
      let longer = line.isEmpty ? word : "\(line) \(word)"
      if TextWidth.width(of: longer) <= width || line.isEmpty {
        line = longer
      } else {
        lines.append(line)
        line = word
      }
    }
    if !line.isEmpty { lines.append(line) }
    if lines.count > most {
      lines = lines.prefix(most - 1) + [lines[(most - 1)...].joined(separator: " ")]
    }
    return lines.map { spell(TextWidth.keepingStart($0, width: width)) }
  }
}

extension State {
  /// Where the parts of the curves pane are; nil when it is not on the screen.
  var curveLayout: CurveLayout? {
    guard let open = openCurves, let rect = Layout(self).curves else { return nil }
    let theme = Theme(terminal)
    return CurveLayout(
      open, settings.curves, in: rect, notes: curveNotes, hasValues: showsCrosshair,
      spell: theme.spell)
  }

  /// What the reader must know of the picture, before the file's own words.
  private var curveNotes: String {
    openCurves?.curves.errorBar.map { "Bars: \($0.name)." } ?? ""
  }

  /// The cell across the plot at which `x` stands.
  func curveColumn(_ x: Double, _ layout: CurveLayout, _ frame: CurvesFrame) -> Int {
    let dots = layout.plot.width * (terminal.unicode ? 2 : 1)
    let dot = Int((frame.across(x) * Double(max(0, dots - 1))).rounded())
    return dot / (terminal.unicode ? 2 : 1)
  }

  /// Puts the cursor on the x that is nearest to a column of the screen.
  mutating func putCurveCursor(atX column: Int) {
    guard let open = openCurves, let layout = curveLayout else { return }
    let frame = open.frame(settings.curves)
    let target = column - layout.plot.x
    guard target >= 0, target < layout.plot.width else { return }
    let nearest = open.positions.indices.min {
      abs(curveColumn(open.positions[$0], layout, frame) - target)
        < abs(curveColumn(open.positions[$1], layout, frame) - target)
    }
    if let nearest { curveCursor = nearest }
  }
}
