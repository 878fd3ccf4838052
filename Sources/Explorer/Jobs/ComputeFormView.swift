import Cells

/// The form that starts a comparison: its fields, and below them what is known about it.
func drawForm(_ state: State, _ theme: Theme, _ buffer: inout CellBuffer) {
  let form = state.form
  let fields = ComputeForm.Field.allCases
  let rect = centred(
    state, width: 96, height: fields.count + max(8, min(form.report.count, 14)) + 3)
  let action = form.ready == nil ? "Enter checks" : "Enter starts"
  let inner = openWindow(
    "compare saved activations", remark: "",
    footnote: "\(action), arrows move, Esc leaves", in: rect, theme, &buffer)
  // On a low screen the field with the cursor stays in sight.
  let room = max(1, min(fields.count, inner.height - 1))
  let top = max(0, min(form.field.rawValue - room / 2, fields.count - room))
  for (row, field) in fields.dropFirst(top).prefix(room).enumerated() {
    let line = Rect(x: inner.x, y: inner.y + row, width: inner.width, height: 1)
    drawField(field, form, theme, in: line, &buffer)
  }
  drawReport(form, theme, in: inner, from: inner.y + room + 1, &buffer)
}

private func drawField(
  _ field: ComputeForm.Field, _ form: ComputeForm, _ theme: Theme, in line: Rect,
  _ buffer: inout CellBuffer
) {
  let isChosen = field == form.field
  if isChosen { buffer.fill(line, with: Cell(" ", theme.selection)) }
  func style(_ base: Style) -> Style {
    var style = base
    if isChosen {
      style.background = theme.selection.background
      style.attributes.formUnion(theme.selection.attributes)
    }
    return style
  }
  let labelWidth = 11
  buffer.write(field.label, x: line.x, y: line.y, width: labelWidth, style: style(theme.key))
  var x = line.x + labelWidth
  if let choices = field.choices {
    for (index, choice) in choices.enumerated() {
      let isPicked = index == form.choices[field] ?? 0
      x += buffer.write(
        isPicked ? "[\(choice)] " : " \(choice)  ", x: x, y: line.y, width: line.right - x,
        style: style(isPicked ? theme.strong : theme.faint))
    }
  } else {
    x += drawText(
      form.texts[field] ?? LineEditor(), isChosen: isChosen, theme, style(theme.strong),
      in: Rect(x: x, y: line.y, width: line.right - x, height: 1), &buffer)
  }
  let isEmpty = form.value(field).isEmpty
  guard isEmpty || isChosen, line.right - x > 12 else { return }
  buffer.write(
    theme.keepingStart(field.help, width: line.right - x - 2), x: x + 2, y: line.y,
    style: style(theme.faint))
}

/// A line of text with its cursor; the cells it takes.
private func drawText(
  _ line: LineEditor, isChosen: Bool, _ theme: Theme, _ style: Style, in rect: Rect,
  _ buffer: inout CellBuffer
) -> Int {
  guard rect.width > 1 else { return 0 }
  guard isChosen else {
    return buffer.write(
      theme.keepingEnd(line.text, width: rect.width), x: rect.x, y: rect.y, style: style)
  }
  let typed = line.visible(in: rect.width - 1, theme)
  let width = buffer.write(
    typed.text, x: rect.x, y: rect.y, width: rect.width, style: style)
  buffer.add(.reverse, in: Rect(x: rect.x + typed.cursor, y: rect.y, width: 1, height: 1))
  return max(width, typed.cursor + 1)
}

private func drawReport(
  _ form: ComputeForm, _ theme: Theme, in inner: Rect, from top: Int, _ buffer: inout CellBuffer
) {
  let room = inner.bottom - top
  guard room > 0 else { return }
  var lines = form.report
  if lines.count > room {
    lines = lines.prefix(room - 1) + ["\u{2026} and \(lines.count - room + 1) more"]
  }
  for (row, text) in lines.enumerated() {
    let isLast = form.ready != nil && row == lines.count - 1
    buffer.write(
      theme.keepingStart(text, width: inner.width), x: inner.x, y: top + row,
      style: isLast ? theme.good : theme.text)
  }
}
