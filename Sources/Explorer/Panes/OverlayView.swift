import Cells

/// What stands in front of the panes.
func drawOverlay(_ overlay: Overlay, _ state: State, _ theme: Theme, _ buffer: inout CellBuffer) {
  switch overlay {
  case .prompt(let prompt):
    // The footer shows it.
    if prompt.isOfForm { drawForm(state, theme, &buffer) }
  case .chooser(let chooser): drawChooser(chooser, state, theme, &buffer)
  case .pairs(let picker): drawPairPicker(picker, state, theme, &buffer)
  case .jobs(let board): drawJobs(board, state, theme, &buffer)
  case .form: drawForm(state, theme, &buffer)
  case .freeze(let view): drawFreeze(view, state, theme, &buffer)
  case .help(let reader), .text(let reader): drawReader(reader, state, theme, &buffer)
  }
}

/// A window in the middle of the panes; the readout and the last line stay in sight.
func centred(_ state: State, width: Int, height: Int) -> Rect {
  let size = state.terminal.size
  let (w, h) = (min(width, size.width), min(height, size.height - 2))
  return Rect(x: (size.width - w) / 2, y: (size.height - 2 - h) / 2, width: w, height: h)
}

/// Clears and frames a window, and returns its room.
func openWindow(
  _ title: String, remark: String, footnote: String = "", in rect: Rect, _ theme: Theme,
  _ buffer: inout CellBuffer
) -> Rect {
  for y in rect.y..<rect.bottom {
    // A wide glyph that the window's edge would cut in half makes room altogether.
    if buffer[rect.x, y].glyph == 0 { buffer[rect.x - 1, y].glyph = Cell.blank.glyph }
    if rect.right < buffer.size.width, buffer[rect.right, y].glyph == 0 {
      buffer[rect.right, y].glyph = Cell.blank.glyph
    }
  }
  buffer.fill(rect, with: .blank)
  Frame(title: title, remarks: remark.isEmpty ? [] : [remark], footnote: footnote, isFocused: true)
    .draw(theme, in: rect, &buffer)
  let inner = rect.inset(by: 1)
  return Rect(x: inner.x + 1, y: inner.y, width: inner.width - 2, height: inner.height)
}

private func drawSearchLine(
  _ line: LineEditor, _ hint: String, in inner: Rect, _ theme: Theme, _ buffer: inout CellBuffer
) {
  let x = inner.x + buffer.write("/ ", x: inner.x, y: inner.y, style: theme.key)
  if line.text.isEmpty {
    buffer.write(hint, x: x, y: inner.y, width: inner.right - x, style: theme.faint)
  } else {
    let typed = line.visible(in: inner.right - x, theme)
    buffer.write(typed.text, x: x, y: inner.y, width: inner.right - x, style: theme.strong)
    buffer.add(.reverse, in: Rect(x: x + typed.cursor, y: inner.y, width: 1, height: 1))
  }
}

private func drawChooser(
  _ chooser: Chooser, _ state: State, _ theme: Theme, _ buffer: inout CellBuffer
) {
  let title =
    switch chooser.purpose {
    case .command: "commands"
    case .rows: "model A (rows)"
    case .columns: "model B (columns)"
    case .difference: "subtract which result?"
    }
  let matches = chooser.matches
  let height = min(chooser.items.count + 3, state.terminal.size.height - 2)
  let isWide = chooser.purpose == .command || chooser.purpose == .difference
  let rect = centred(state, width: isWide ? 90 : 60, height: max(6, height))
  let inner = openWindow(
    title, remark: "\(matches.count) of \(chooser.items.count)", in: rect, theme, &buffer)
  drawSearchLine(chooser.line, "type to narrow the list", in: inner, theme, &buffer)
  let rows = inner.height - 1
  let top = max(0, min(chooser.cursor - rows / 2, matches.count - rows))
  let longest = chooser.items.reduce(0) { max($0, TextWidth.width(of: theme.spell($1.title))) }
  for (row, item) in matches.dropFirst(top).prefix(rows).enumerated() {
    drawItem(
      item, isChosen: top + row == chooser.cursor, noteAt: longest + 2,
      detailStyle: chooser.purpose == .command ? theme.key : theme.faint, theme,
      in: Rect(x: inner.x, y: inner.y + 1 + row, width: inner.width, height: 1), &buffer)
  }
}

/// A line of a list to choose from; notes stand in a column at `noteAt`, where the titles leave
/// room for one.
private func drawItem(
  _ item: Chooser.Item, isChosen: Bool, noteAt: Int, detailStyle: Style, _ theme: Theme,
  in line: Rect, _ buffer: inout CellBuffer
) {
  let style = isChosen ? theme.selection : item.isEnabled ? theme.text : theme.faint
  buffer.fill(line, with: Cell(" ", style))
  let detail = theme.keepingStart(item.detail, width: line.width * 2 / 5)
  let detailWidth = TextWidth.width(of: detail)
  let room = line.width - detailWidth - (item.note.isEmpty ? 1 : 2)
  let written = buffer.write(
    theme.keepingStart(item.title, width: room), x: line.x, y: line.y, style: style)
  let noteAt = max(written + 2, min(noteAt, room - 14))
  if !item.note.isEmpty, room - noteAt > 6 {
    buffer.write(
      theme.keepingEnd(item.note, width: room - noteAt), x: line.x + noteAt, y: line.y,
      style: isChosen ? style : theme.faint)
  }
  buffer.write(
    detail, x: line.right - detailWidth, y: line.y, style: isChosen ? style : detailStyle)
}

private func drawReader(
  _ reader: Reader, _ state: State, _ theme: Theme, _ buffer: inout CellBuffer
) {
  let rect = state.readerRect
  let lines = reader.rows(width: rect.width - 4)
  let rows = rect.height - 3
  // The window may have grown since the last key.
  let top = max(0, min(lines.count - rows, reader.top))
  let remark =
    lines.count > rows ? "\(top + 1)–\(min(lines.count, top + rows)) of \(lines.count)" : ""
  let inner = openWindow(reader.title, remark: remark, in: rect, theme, &buffer)
  drawSearchLine(reader.line, "type to search", in: inner, theme, &buffer)
  for (row, line) in lines.dropFirst(top).prefix(rows).enumerated() {
    let y = inner.y + 1 + row
    buffer.write(line.key, x: inner.x, y: y, width: inner.width, style: theme.key)
    buffer.write(
      theme.keepingStart(line.text, width: inner.width - line.indent), x: inner.x + line.indent,
      y: y, style: line.isHeading ? theme.accent : theme.text)
  }
}

extension State {
  /// The window of a text.
  var readerRect: Rect { centred(self, width: 100, height: terminal.size.height - 2) }
}
