import Cells
import Core

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
  if state.hasNothing, Layout(state).layers == nil {
    drawWaysOn(theme, in: inner, &buffer)
  } else if lines.isEmpty {
    let text =
      state.catalog.entries.isEmpty ? (state.scan.isFinished ? "none" : "looking…") : "none match"
    buffer.write(
      theme.spell(text), x: inner.x + 1, y: inner.y, width: inner.width - 1, style: theme.faint)
  }
  for (row, index) in (state.listTop..<min(lines.count, state.listTop + inner.height)).enumerated()
  {
    let line = Rect(x: inner.x, y: inner.y + row, width: inner.width, height: 1)
    switch lines[index] {
    case .heading(let name):
      buffer.write(
        shortened(heading: theme.spell(name), width: line.width, theme), x: line.x, y: line.y,
        style: theme.faint)
    case .entry(let entryIndex):
      let entry = state.catalog.entries[entryIndex]
      drawEntry(
        entry, title: state.listText(of: entry), isShown: entry.id == state.wanted,
        isUnderCursor: index == state.listCursor, isFocused: isFocused, theme, in: line, &buffer)
    }
  }
}

/// A heading in at most `width` cells: as many of its last parts as fit.
private func shortened(heading: String, width: Int, _ theme: Theme) -> String {
  guard TextWidth.width(of: heading) > width else { return heading }
  let parts = heading.split(separator: "/")
  let fitting = parts.indices.dropFirst().lazy.map {
    theme.spell("…/") + parts[$0...].joined(separator: "/")
  }
  .first { TextWidth.width(of: $0) <= width }
  return fitting ?? theme.keepingEnd(heading, width: width)
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
  let whole = extent(of: entry, theme)
  let room = line.width - 2
  // Curves are known by their mark, whatever their title.
  let isWhole =
    entry.pair == nil || TextWidth.width(of: title) + TextWidth.width(of: whole) + 1 <= room
  let extent = isWhole ? whole : shortMark(of: entry, theme)
  let extentWidth = TextWidth.width(of: extent)
  let hasExtent = extentWidth > 0
  let titleRoom = hasExtent ? room - extentWidth - 1 : room
  buffer.write(
    theme.keepingStart(title, width: titleRoom), x: line.x + 2, y: line.y, style: style)
  if hasExtent {
    var faint = theme.faint
    faint.background = style.background
    if style.attributes.contains(.reverse) { faint = style }
    buffer.write(extent, x: line.right - extentWidth, y: line.y, style: faint)
  }
}

extension State {
  fileprivate func listText(of entry: CatalogEntry) -> String {
    listLabels.text(of: entry.id, label: Theme(terminal).spell(catalog.label(of: entry)))
  }

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
