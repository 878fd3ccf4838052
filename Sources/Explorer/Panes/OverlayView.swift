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

func centred(_ state: State, width: Int, height: Int) -> Rect {
  let size = state.terminal.size
  let (w, h) = (min(width, size.width - 2), min(height, size.height - 2))
  return Rect(x: (size.width - w) / 2, y: (size.height - h) / 2, width: w, height: h)
}

/// Clears and frames a window, and returns its room.
func openWindow(
  _ title: String, remark: String, footnote: String, in rect: Rect, _ theme: Theme,
  _ buffer: inout CellBuffer
) -> Rect {
  for y in rect.y..<rect.bottom {
    // A wide glyph that the window's edge would cut in half makes room altogether.
    if buffer[rect.x, y].glyph == 0 { buffer[rect.x - 1, y].glyph = Cell.blank.glyph }
    if buffer[rect.right, y].glyph == 0 { buffer[rect.right, y].glyph = Cell.blank.glyph }
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
  let height = min(chooser.items.count + 3, state.terminal.size.height - 4)
  let rect = centred(state, width: chooser.purpose == .command ? 90 : 60, height: max(6, height))
  let inner = openWindow(
    title, remark: "\(matches.count) of \(chooser.items.count)",
    footnote: "Enter chooses, Esc leaves", in: rect, theme, &buffer)
  drawSearchLine(chooser.line, "type to narrow the list", in: inner, theme, &buffer)
  let rows = inner.height - 1
  let top = max(0, min(chooser.cursor - rows / 2, matches.count - rows))
  for (row, item) in matches.dropFirst(top).prefix(rows).enumerated() {
    let y = inner.y + 1 + row
    let isChosen = top + row == chooser.cursor
    var style = item.isEnabled ? theme.text : theme.faint
    if isChosen { style = theme.selection }
    let line = Rect(x: inner.x, y: y, width: inner.width, height: 1)
    buffer.fill(line, with: Cell(" ", style))
    let detail = theme.keepingStart(item.detail, width: inner.width / 3)
    let detailWidth = TextWidth.width(of: detail)
    let room = inner.width - detailWidth - 1
    buffer.write(
      theme.keepingStart(item.title, width: room), x: inner.x, y: y, style: style)
    buffer.write(detail, x: inner.right - detailWidth, y: y, style: isChosen ? style : theme.key)
  }
}

private func drawReader(
  _ reader: Reader, _ state: State, _ theme: Theme, _ buffer: inout CellBuffer
) {
  let lines = reader.matches
  let rect = centred(state, width: 100, height: state.terminal.size.height - 2)
  let rows = rect.height - 3
  let remark =
    lines.count > rows
    ? "\(reader.top + 1)–\(min(lines.count, reader.top + rows)) of \(lines.count)" : ""
  let inner = openWindow(
    reader.title, remark: remark, footnote: "Esc closes, arrows scroll", in: rect, theme, &buffer)
  drawSearchLine(reader.line, "type to search", in: inner, theme, &buffer)
  for (row, text) in lines.dropFirst(reader.top).prefix(inner.height - 1).enumerated() {
    let isHeading = !text.hasPrefix(" ")
    let y = inner.y + 1 + row
    guard !isHeading, text.count > 20, reader.isHelp else {
      buffer.write(
        theme.keepingStart(text, width: inner.width), x: inner.x, y: y,
        style: isHeading ? theme.accent : theme.text)
      continue
    }
    // Keys in their colour, then what they do.
    buffer.write(String(text.prefix(20)), x: inner.x, y: y, width: inner.width, style: theme.key)
    buffer.write(
      theme.keepingStart(String(text.dropFirst(20)), width: inner.width - 20),
      x: inner.x + 20, y: y, style: theme.text)
  }
}

extension Reader {
  fileprivate var isHelp: Bool { title == "Help" }
}
