import Cells
import Core

/// Every part of the figure but its series.
extension CurvesComposer {
  /// Faint lines at the y axis' numbers.
  func grid() -> [Mark] {
    yTicks.values.map { value in
      let y = Int(point(frame.x.lowerBound, value).y)
      return .fill(
        PixelRect(x: plot.x, y: min(y, plot.bottom - 1), width: plot.width, height: sizes.line),
        RGB(226, 228, 232))
    }
  }

  /// Two axes with their ticks and numbers.
  func axes() -> [Mark] {
    let line = sizes.line
    var marks: [Mark] = [
      .fill(
        PixelRect(x: plot.x - line, y: plot.y, width: line, height: plot.height + line), .black),
      .fill(PixelRect(x: plot.x, y: plot.bottom, width: plot.width, height: line), .black),
    ]
    for (value, label) in zip(yTicks.values, yTicks.labels) {
      let y = min(Int(point(frame.x.lowerBound, value).y), plot.bottom)
      let tick = PixelRect(
        x: plot.x - line - sizes.tick, y: y, width: sizes.tick, height: line)
      marks.append(.fill(tick, .black))
      marks.append(
        text(
          label, sizes.labels, x: tick.x - sizes.gap, y: y + sizes.labels.middleToBaseline,
          anchor: .end))
    }
    for (value, label) in zip(xTicks.values, xTicks.labels) {
      let x = Int(point(value, frame.y.lowerBound).x)
      marks.append(
        .fill(
          PixelRect(x: x, y: plot.bottom + line, width: line, height: sizes.tick), .black))
      marks.append(
        text(
          label, sizes.labels, x: x, y: plot.bottom + sizes.tick + sizes.gap + sizes.unit,
          anchor: .middle))
    }
    return marks
  }

  /// Heading, names of the axes and caption, and the bottom of the picture.
  func words() -> (marks: [Mark], bottom: Int) {
    var marks: [Mark] = []
    for (index, line) in title.enumerated() {
      marks.append(
        text(
          line, sizes.title, x: plot.x,
          y: sizes.margin + index * sizes.title.lineHeight + sizes.title.size))
    }
    let (xName, yName) = (figure.curves.xName, figure.curves.yName)
    if !yName.isEmpty {
      let shown = typesetter.keepingStart(
        SafeText.sanitise(yName), sizes.axis, limit: plot.height)
      marks.append(
        text(
          shown, sizes.axis, x: sizes.margin + sizes.axis.size, y: plot.midY, anchor: .middle,
          rotated: true))
    }
    var y = plot.bottom + sizes.tick + sizes.gap + sizes.unit * 3 / 2
    if !xName.isEmpty {
      let shown = typesetter.keepingStart(SafeText.sanitise(xName), sizes.axis, limit: plot.width)
      y += sizes.axis.lineHeight
      marks.append(text(shown, sizes.axis, x: plot.midX, y: y, anchor: .middle))
    }
    y += sizes.unit * 3 / 4
    for line in captionLines {
      y += sizes.caption.lineHeight
      marks.append(text(line, sizes.caption, x: plot.x, y: y, color: Self.grey))
    }
    return (marks, y + sizes.margin)
  }

  /// What the error bars are, and the file's own caption.
  private var captionLines: [String] {
    var words = figure.curves.errorBar.map { ["Bars: \($0.name)."] } ?? []
    if stride > 1 { words.append("Marks at 1 of \(stride) points.") }
    words.append(SafeText.sanitiseParagraph(figure.curves.caption))
    return typesetter.wrap(
      words.joined(separator: " "), sizes.caption, limit: width - plot.x - sizes.margin, lines: 40)
  }

  /// A line of words.
  func text(
    _ text: String, _ font: Font, x: Int, y: Int, anchor: TextMark.Anchor = .start,
    rotated: Bool = false, color: RGB = .black
  ) -> Mark {
    .text(
      TextMark(
        text: text, x: x, y: y, font: font, anchor: anchor, rotated: rotated, color: color,
        length: typesetter.length(text, font)))
  }
}
