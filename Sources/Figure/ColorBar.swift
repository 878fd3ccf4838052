import Cells
import Core

/// The legend right of the heatmap: the whole map with its ends and middle, and a swatch for every
/// kind of cell that is no colour of the map, if there is such a cell.
struct ColorBar {
  /// A named colour; nil for cells that do not exist.
  struct Swatch: Equatable {
    var name: String
    var color: RGB?
  }

  let swatches: [Swatch]
  /// From the top of the bar; one when the scale is a single value.
  let labels: [String]
  /// Beside the bar, read upwards.
  let rangeText: String

  private let scale: ColorScale

  init(_ figure: Figure, inks: Inks) {
    scale = figure.scale
    rangeText = SafeText.sanitise(figure.rangeText)
    let map = scale.map
    var swatches: [Swatch] = []
    if inks.sawNegative { swatches.append(Swatch(name: "negative", color: map.negativeColor)) }
    if let name = Self.missingName(inks) {
      swatches.append(Swatch(name: name, color: map.missingColor))
    }
    if inks.sawEmpty { swatches.append(Swatch(name: "empty", color: nil)) }
    self.swatches = swatches

    let span = scale.high - scale.low
    let number = { Numbers.text($0, span: span) }
    let high = (inks.sawAbove ? "≥ " : "") + number(scale.high)
    let low = (inks.sawBelow ? "≤ " : "") + number(scale.low)
    // Halves first: the sum of two large ends is infinite.
    labels = span > 0 ? [high, number(scale.low / 2 + scale.high / 2), low] : [number(scale.low)]
  }

  private static func missingName(_ inks: Inks) -> String? {
    switch (inks.sawNaN, inks.sawInfinity) {
    case (true, true): "NaN or ∞"
    case (true, false): "NaN"
    case (false, true): "infinite"
    case (false, false): nil
    }
  }

  /// Height of the swatches below the bar.
  func swatchesHeight(_ sizes: FigureSizes) -> Int {
    swatches.isEmpty ? 0 : swatches.count * sizes.swatchPitch + sizes.unit / 2
  }

  /// Pixels from the bar's left edge to the end of its labels or swatch names.
  func width(_ sizes: FigureSizes, _ typesetter: borrowing Typesetter) -> Int {
    let beside = sizes.barWidth + sizes.tick + sizes.gap
    let numbers = labels.map { beside + typesetter.length($0, sizes.labels) }
    let names = swatches.map {
      sizes.swatch + 2 * sizes.gap + typesetter.length($0.name, sizes.labels)
    }
    return (numbers + names).max() ?? 0
  }

  /// The bar in `rect`: its colours without a step that the map does not have, frame, ticks,
  /// numbers.
  func marks(in rect: PixelRect, _ sizes: FigureSizes, _ typesetter: borrowing Typesetter) -> [Mark]
  {
    var marks: [Mark] = []
    let steps = min(rect.height, Colormap.sampleCount)
    for step in 0..<steps {
      let top = rect.y + step * rect.height / steps
      let bottom = rect.y + (step + 1) * rect.height / steps
      let position = 1 - (Double(step) + 0.5) / Double(steps)
      let color = scale.map.color(at: scale.high > scale.low ? position : 0.5)
      marks.append(
        .fill(PixelRect(x: rect.x, y: top, width: rect.width, height: bottom - top), color))
    }
    marks += Frame.around(rect, line: sizes.line)
    for (index, label) in labels.enumerated() {
      let y =
        labels.count == 1
        ? rect.midY : rect.y + index * (rect.height - sizes.line) / (labels.count - 1)
      marks.append(
        .fill(PixelRect(x: rect.right, y: y, width: sizes.tick, height: sizes.line), .black))
      marks.append(
        .text(
          TextMark(
            text: label, x: rect.right + sizes.tick + sizes.gap,
            y: y + sizes.labels.middleToBaseline, font: sizes.labels,
            length: typesetter.length(label, sizes.labels))))
    }
    return marks
  }

  /// The named swatches, from (x, y) downwards.
  func swatchMarks(x: Int, y: Int, _ sizes: FigureSizes, _ typesetter: borrowing Typesetter)
    -> [Mark]
  {
    var marks: [Mark] = []
    for (index, swatch) in swatches.enumerated() {
      let rect = PixelRect(
        x: x, y: y + index * sizes.swatchPitch, width: sizes.swatch, height: sizes.swatch)
      marks.append(swatch.color.map { .fill(rect, $0) } ?? .hatch(rect))
      marks += Frame.around(rect, line: sizes.line)
      marks.append(
        .text(
          TextMark(
            text: swatch.name, x: rect.right + 2 * sizes.gap,
            y: rect.midY + sizes.labels.middleToBaseline, font: sizes.labels,
            length: typesetter.length(swatch.name, sizes.labels))))
    }
    return marks
  }
}

/// A rectangle's outline.
enum Frame {
  /// Four filled rectangles just outside `rect`.
  static func around(_ rect: PixelRect, line: Int) -> [Mark] {
    let across = rect.width + 2 * line
    return [
      PixelRect(x: rect.x - line, y: rect.y - line, width: across, height: line),
      PixelRect(x: rect.x - line, y: rect.bottom, width: across, height: line),
      PixelRect(x: rect.x - line, y: rect.y, width: line, height: rect.height),
      PixelRect(x: rect.right, y: rect.y, width: line, height: rect.height),
    ].map { .fill($0, .black) }
  }
}
