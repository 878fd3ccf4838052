import Cells
import Similarity

/// Bars drawn in cells: eighths of a cell where block characters can be shown, thirds in ASCII.
/// Each bar has the colour of its value, so that it is the heatmap's colour too.
struct BarChart {
  let scale: ColorScale
  let palette: Palette
  let theme: Theme

  /// A bar of `values[i]` for each value; several values share a bar's column where the room is
  /// short, and then the bar is their mean.
  func draw(_ band: ProfileData.Band, in rect: Rect, _ buffer: inout CellBuffer) {
    let profile = band.profile
    let count = profile.values.count
    guard count > 0, rect.width > 0, rect.height > 0 else { return }
    let group = (count + rect.width - 1) / rect.width
    let width = max(1, min(8, rect.width / count))
    for bar in 0..<(count + group - 1) / group {
      let members = bar * group..<min(count, (bar + 1) * group)
      let value = profile.values[members].finiteMean
      let halfWidth =
        profile.halfWidths.isEmpty ? .nan : profile.halfWidths[members].finiteMean
      let isHere = band.here.map(members.contains) ?? false
      for x in 0..<width {
        // A gap tells bars of three cells and more apart.
        if width >= 3, x == width - 1 { break }
        let column = Rect(
          x: rect.x + bar * width + x, y: rect.y, width: 1, height: rect.height)
        // One error bar a bar, in its middle.
        let isMiddle = x == (width >= 3 ? width - 2 : width - 1) / 2
        draw(
          value, halfWidth: isMiddle ? halfWidth : .nan, isHere: isHere, in: column, &buffer)
      }
    }
  }

  /// A bar for each part of the range, as high as its count.
  func draw(_ histogram: Histogram, in rect: Rect, _ buffer: inout CellBuffer) {
    let bins = histogram.counts.count
    guard let most = histogram.counts.max(), most > 0, rect.width >= bins, rect.height > 0 else {
      return
    }
    let width = max(1, rect.width / bins)
    for (bin, count) in histogram.counts.enumerated() where count > 0 {
      let middle = (Double(bin) + 0.5) / Double(bins)
      let style = Style(foreground: palette.color(ofBin: palette.bin(at: middle)))
      // The smallest count is still to be seen.
      let height = max(Double(count) / Double(most), 1 / Double(8 * rect.height))
      for x in 0..<width {
        fill(
          from: 0, to: height, style,
          in: Rect(x: rect.x + bin * width + x, y: rect.y, width: 1, height: rect.height), &buffer)
      }
    }
  }

  private func draw(
    _ value: Double, halfWidth: Double, isHere: Bool, in column: Rect, _ buffer: inout CellBuffer
  ) {
    guard value.isFinite else {
      buffer[column.x, column.bottom - 1] = Cell(theme.unicode ? "·" : "?", theme.faint)
      return
    }
    // A scale that reaches below 0 has its bars grow from there.
    let zero = position(min(max(0, scale.low), scale.high))
    let top = position(value)
    var style = Style(foreground: color(value))
    if isHere {
      style = palette.depth == .none ? theme.accent : Style(foreground: palette.marker)
    }
    fill(from: min(zero, top), to: max(zero, top), style, in: column, &buffer)
    guard halfWidth.isFinite else { return }
    whisker(position(value - halfWidth)...position(value + halfWidth), at: top, in: column, &buffer)
  }

  /// Where a value lies between the ends of the scale, 0…1.
  private func position(_ value: Double) -> Double {
    guard scale.high > scale.low else { return 0.5 }
    return min(1, max(0, (value - scale.low) / (scale.high - scale.low)))
  }

  private func color(_ value: Double) -> Color {
    switch scale.ink(of: value) {
    case .missing: palette.missing
    case .negative: palette.negative
    case .position(let t): palette.color(ofBin: palette.bin(at: t))
    }
  }

  /// Fills the column between two heights, 0…1 from its foot.
  private func fill(
    from low: Double, to high: Double, _ style: Style, in column: Rect, _ buffer: inout CellBuffer
  ) {
    let (foot, head) = (low * Double(column.height), high * Double(column.height))
    for line in 0..<column.height {
      let (from, to) = (max(0, foot - Double(line)), min(1, head - Double(line)))
      guard to > from else { continue }
      let cell = cell(from: from, to: to, style)
      if let cell { buffer[column.x, column.bottom - 1 - line] = cell }
    }
  }

  /// A cell filled from `low` to `high` of its height.
  private func cell(from low: Double, to high: Double, _ style: Style) -> Cell? {
    guard theme.unicode else {
      return high - low < 0.17 ? nil : Cell(high - low < 0.67 ? "." : "#", style)
    }
    let eighths = Int(((high - low) * 8).rounded())
    guard eighths > 0 else { return nil }
    if low < 0.06 { return Cell(Self.blocks[min(8, eighths)], style) }
    // What hangs from the cell's top is the ground of a block that stands at its foot.
    guard high > 0.94 else { return Cell("━", style) }
    var hanging = style
    hanging.attributes.formUnion(.reverse)
    return Cell(Self.blocks[max(0, 8 - eighths)], hanging)
  }

  private static let blocks: [Unicode.Scalar] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

  /// The error bar, where it leaves the cell that the bar ends in.
  private func whisker(
    _ span: ClosedRange<Double>, at top: Double, in column: Rect, _ buffer: inout CellBuffer
  ) {
    let height = Double(column.height)
    let end = min(column.height - 1, Int(top * height))
    for line in 0..<column.height where line != end {
      let middle = (Double(line) + 0.5) / height
      guard span.contains(middle) else { continue }
      let y = column.bottom - 1 - line
      var style = theme.text
      if line < end { style.background = buffer[column.x, y].style.foreground }
      if style.background != .standard { style.foreground = .standard }
      buffer[column.x, y] = Cell(theme.vertical, style)
    }
  }
}

extension ArraySlice<Double> {
  /// The mean of the finite elements; NaN when there is none.
  fileprivate var finiteMean: Double {
    let finite = filter(\.isFinite)
    return finite.isEmpty ? .nan : finite.reduce(0, +) / Double(finite.count)
  }
}
