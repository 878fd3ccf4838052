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
  // Numbers with signs need the room of a blank.
  let bar = Rect(x: rect.x + (scale.low < 0 ? 1 : 2), y: rect.y, width: 2, height: max(3, height))
  let pixels = bar.height * canvas.pixelsPerCell
  canvas.paint(&buffer, in: bar) { _, y in
    .bin(canvas.palette.bin(at: (Double(pixels - 1 - y) + 0.5) / Double(pixels)))
  }
  let labelX = bar.right + 1
  let width = rect.right - labelX
  let lines = [bar.y, bar.y + (bar.height - 1) / 2, bar.bottom - 1]
  let texts = scaleLabels([scale.high, (scale.low + scale.high) / 2, scale.low], width: width)
  for (y, text) in zip(lines, texts) {
    buffer.write(text, x: labelX, y: y, width: width, style: theme.faint)
  }
  for (index, (pixel, text)) in legend.enumerated() {
    let y = bar.bottom + 1 + index
    guard y < rect.bottom else { break }
    canvas.paint(&buffer, in: Rect(x: rect.x + 1, y: y, width: 1, height: 1)) { _, _ in pixel }
    buffer.write(text, x: rect.x + 3, y: y, width: rect.right - rect.x - 3, style: theme.faint)
  }
}

/// Numbers for a scale, each in at most `width` cells: whole ones without decimals, the others with
/// as many as fit into all and no idle zeros; signs stand before digits that are in line.
func scaleLabels(_ values: [Double], width: Int) -> [String] {
  let places = (0...4).last { places in
    values.allSatisfy { $0.label(places).count + (values.hasSigns && $0 >= 0 ? 1 : 0) <= width }
  }
  guard let most = places else { return values.map { String("\($0)".prefix(width)) } }
  let fewest = (0...most).first { fewer in
    values.allSatisfy { abs($0.rounded(to: fewer) - $0.rounded(to: most)) < 1e-9 }
  }
  let texts = values.map { $0.label(fewest ?? most) }
  let isSigned = texts.contains { $0.hasPrefix("-") }
  return texts.map { isSigned && !$0.hasPrefix("-") ? " \($0)" : $0 }
}

extension [Double] {
  fileprivate var hasSigns: Bool { contains { $0 < 0 } }
}

extension Double {
  /// A whole number without decimals, any other with `places`.
  fileprivate func label(_ places: Int) -> String { fixed(self == rounded() ? 0 : places) }

  fileprivate func rounded(to places: Int) -> Double { Double(fixed(places)) ?? self }
}
