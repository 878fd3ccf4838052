import Cells

/// What the scale must name beside the colours.
struct ScaleNotes {
  var missing: Bool
  var negative: Bool
  var vacant: Bool
  /// What cells without a value are.
  var missingName = "NaN"
}

/// A vertical colour bar with the bins that are really drawn, its ends and middle in numbers.
func drawScale(
  _ canvas: PixelCanvas, _ scale: ColorScale, _ notes: ScaleNotes, _ theme: Theme,
  in rect: Rect, _ buffer: inout CellBuffer
) {
  guard rect.width >= 8, rect.height >= 5 else { return }
  var legend: [(PixelCanvas.Pixel, String)] = []
  if notes.missing { legend.append((.missing, notes.missingName)) }
  if notes.negative, scale.low >= 0, !scale.map.isDiverging {
    legend.append((.negative, "below 0"))
  }
  if notes.vacant { legend.append((.vacant, "empty")) }
  let space = legend.isEmpty ? 0 : legend.count + 1
  let height = min(rect.height - space, 24)
  let bar = Rect(x: rect.x + 2, y: rect.y, width: 2, height: max(3, height))
  let pixels = bar.height * canvas.pixelsPerCell
  canvas.paint(&buffer, in: bar) { _, y in
    .bin(canvas.palette.bin(at: (Double(pixels - 1 - y) + 0.5) / Double(pixels)))
  }
  let labelX = bar.right + 1
  let width = rect.right - labelX
  let texts = [
    (bar.y, scale.high), (bar.y + (bar.height - 1) / 2, (scale.low + scale.high) / 2),
    (bar.bottom - 1, scale.low),
  ]
  for (y, value) in texts {
    buffer.write(value.short(width), x: labelX, y: y, width: width, style: theme.faint)
  }
  for (index, (pixel, text)) in legend.enumerated() {
    let y = bar.bottom + 1 + index
    guard y < rect.bottom else { break }
    canvas.paint(&buffer, in: Rect(x: rect.x + 1, y: y, width: 1, height: 1)) { _, _ in pixel }
    buffer.write(text, x: rect.x + 3, y: y, width: rect.right - rect.x - 3, style: theme.faint)
  }
}

extension Double {
  /// A number for a scale's end in at most `width` cells: as many decimals as fit, no idle zeros.
  fileprivate func short(_ width: Int) -> String {
    for places in stride(from: 4, through: 0, by: -1) {
      var text = fixed(places)
      if text.contains(".") {
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
      }
      if text.count <= width { return text }
    }
    return String("\(self)".prefix(width))
  }
}
