import Cells

/// What Tab found, in columns as a shell lists names, or a line each where there is a word about
/// them.
func drawMenu(
  _ menu: CompletionMenu, _ theme: Theme, in rect: Rect, _ buffer: inout CellBuffer
) {
  guard rect.height > 0, rect.width > 4 else { return }
  let hasNotes = menu.candidates.contains { !$0.note.isEmpty }
  let longest = menu.candidates.map { TextWidth.width(of: theme.spell($0.text)) }.max() ?? 1
  let columns = hasNotes ? 1 : max(1, rect.width / (longest + 2))
  let lines = (menu.candidates.count + columns - 1) / columns
  let isLong = lines > rect.height
  let rows = max(1, isLong ? rect.height - 1 : rect.height)
  // In pages, so that the list stands still while one goes through it.
  let page = (menu.chosen ?? 0) / (rows * columns)
  let first = page * rows * columns
  let shown = menu.candidates.dropFirst(first).prefix(rows * columns)
  let width = rect.width / columns
  let height = min(rows, (shown.count + columns - 1) / columns)
  for (index, candidate) in shown.enumerated() {
    let cell = Rect(
      x: rect.x + index / height * width, y: rect.y + index % height, width: width, height: 1)
    drawCandidate(
      candidate, isChosen: first + index == menu.chosen, noteAt: hasNotes ? longest + 2 : nil,
      theme, in: cell, &buffer)
  }
  guard isLong else { return }
  let last = first + shown.count
  buffer.write(
    theme.keepingStart(
      "\(first + 1)–\(last) of \(menu.candidates.count); PgDn goes on", width: rect.width),
    x: rect.x, y: rect.bottom - 1, style: theme.faint)
}

private func drawCandidate(
  _ candidate: Completion, isChosen: Bool, noteAt: Int?, _ theme: Theme, in cell: Rect,
  _ buffer: inout CellBuffer
) {
  let style = isChosen ? theme.selection : theme.text
  let room = max(1, cell.width - 1)
  // The ends tell paths apart.
  let text = theme.keepingEnd(candidate.text, width: room)
  buffer.fill(
    Rect(x: cell.x, y: cell.y, width: noteAt == nil ? room : cell.width, height: 1),
    with: Cell(" ", style))
  buffer.write(text, x: cell.x, y: cell.y, style: style)
  guard let noteAt, cell.width - noteAt > 6 else { return }
  var faint = theme.faint
  if isChosen {
    faint.background = style.background
    faint.attributes.formUnion(style.attributes)
  }
  buffer.write(
    theme.keepingStart(candidate.note, width: cell.width - noteAt), x: cell.x + noteAt, y: cell.y,
    style: faint)
}
