import CKACore
import Cells

/// The list of results, grouped by folder, with the cursor's line and the shown result marked.
func drawResults(_ state: State, _ theme: Theme, in rect: Rect, _ buffer: inout CellBuffer) {
  let isFocused = state.focus == .results && state.overlay == nil
  let lines = state.listLines
  Frame(
    title: state.listSearch.isEmpty
      ? "results" : "\(lines.isEmpty ? "none match" : "results"): \(state.listSearch)",
    remarks: state.listRemarks, footnote: state.scanFootnote, isFocused: isFocused
  ).draw(theme, in: rect, &buffer)
  let inner = rect.inset(by: 1)
  if lines.isEmpty {
    let text =
      state.catalog.entries.isEmpty ? (state.scan.isFinished ? "none" : "looking…") : "none match"
    buffer.write(
      theme.spell(text), x: inner.x + 1, y: inner.y, width: inner.width - 1, style: theme.faint)
  }
  for (row, index) in (state.listTop..<min(lines.count, state.listTop + inner.height)).enumerated()
  {
    let line = Rect(x: inner.x, y: inner.y + row, width: inner.width, height: 1)
    switch lines[index] {
    case .folder(let name):
      buffer.write(
        theme.keepingEnd(name, width: line.width), x: line.x, y: line.y,
        style: theme.faint)
    case .entry(let entryIndex):
      let entry = state.catalog.entries[entryIndex]
      drawEntry(
        entry, title: state.catalog.label(of: entry), isShown: entry.id == state.wanted,
        isUnderCursor: index == state.listCursor, isFocused: isFocused, theme, in: line, &buffer)
    }
  }
}

private func drawEntry(
  _ entry: CatalogEntry, title: String, isShown: Bool, isUnderCursor: Bool, isFocused: Bool,
  _ theme: Theme, in line: Rect, _ buffer: inout CellBuffer
) {
  var style = isShown ? theme.strong : theme.text
  if isUnderCursor { style = isFocused ? theme.selection : theme.idleSelection }
  buffer.fill(line, with: Cell(" ", style))
  let marker = isShown ? theme.glyph("▸", ">") : " "
  buffer.write(marker, x: line.x, y: line.y, style: style)
  let extent = extent(of: entry, theme)
  let extentWidth = TextWidth.width(of: extent)
  let room = line.width - 2
  // Curves are known by their mark, whatever their title.
  let hasExtent = entry.pair == nil || TextWidth.width(of: title) + extentWidth + 1 <= room
  let titleRoom = hasExtent ? room - extentWidth - 1 : room
  let shown =
    entry.pair == nil
    ? theme.keepingStart(title, width: titleRoom)
    : theme.spell(
      shortened(theme.spell(title), separator: theme.spell(" × "), width: titleRoom))
  buffer.write(shown, x: line.x + 2, y: line.y, style: style)
  if hasExtent {
    var faint = theme.faint
    faint.background = style.background
    if style.attributes.contains(.reverse) { faint = style }
    buffer.write(
      theme.spell(extent), x: line.right - extentWidth, y: line.y, style: faint)
  }
}

/// How much there is of a result; a mark of its own for each kind.
private func extent(of entry: CatalogEntry, _ theme: Theme) -> String {
  switch entry.content {
  case .pair(let pair) where pair.kind == .layers: "\(pair.shape.rows)×\(pair.shape.columns)"
  case .pair(let pair): "n \(pair.shape.columns)"
  case .curves(let series): "\(theme.glyph("╱╲", "/\\")) \(series)"
  }
}

extension State {
  fileprivate var listRemarks: [String] {
    guard let id = wanted, let position = catalog.position(of: id) else { return [] }
    return ["\(position + 1)/\(catalog.entries.count)"]
  }

  fileprivate var scanFootnote: String {
    if !scan.isFinished { return "reading \(scan.filesRead)/\(scan.filesFound)…" }
    let count = scan.problems.count
    return count == 0 ? liveJobsRemark : "\(count) unreadable (w)"
  }
}

/// A pair of names in at most `width` cells: each keeps its end, which tells models apart.
private func shortened(_ title: String, separator: String, width: Int) -> String {
  guard TextWidth.width(of: title) > width, let cut = title.firstRange(of: separator) else {
    return TextWidth.keepingEnd(title, width: width)
  }
  let separator = width < 24 ? String(separator.filter { $0 != " " }) : separator
  let (first, second) = (String(title[..<cut.lowerBound]), String(title[cut.upperBound...]))
  let room = width - TextWidth.width(of: separator)
  let (firstWidth, secondWidth) = (TextWidth.width(of: first), TextWidth.width(of: second))
  // A short name leaves its room to the other.
  let share = max(min(firstWidth, room / 2), room - secondWidth)
  let left = TextWidth.keepingEnd(first, width: share)
  return left + separator + TextWidth.keepingEnd(second, width: room - TextWidth.width(of: left))
}
