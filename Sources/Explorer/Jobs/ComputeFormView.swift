import Cells

/// The form that starts a comparison: its fields, and below them what is known about it.
func drawForm(_ state: State, _ theme: Theme, _ buffer: inout CellBuffer) {
  let form = state.form
  let fields = form.fields
  let report = form.reportLines(width: state.formWidth)
  let rect = centred(
    state, width: state.formWidth + 4, height: fields.count + max(9, min(report.count + 1, 16)) + 3)
  let inner = openWindow(
    "new comparison", remark: form.isOfModels ? "of models" : "of saved activations",
    in: rect, theme, &buffer)
  // On a low screen the field with the cursor stays in sight, and so does the beginning of the
  // report.
  let kept = min(max(3, form.menu == nil ? report.count : 8), inner.height / 2)
  let room = max(1, min(fields.count, inner.height - 1 - kept))
  let chosen = fields.firstIndex(of: form.field) ?? 0
  let top = max(0, min(chosen - room / 2, fields.count - room))
  for (row, field) in fields.dropFirst(top).prefix(room).enumerated() {
    let line = Rect(x: inner.x, y: inner.y + row, width: inner.width, height: 1)
    drawField(field, form, theme, in: line, &buffer)
  }
  let divider = Rect(x: inner.x, y: inner.y + room, width: inner.width, height: 1)
  drawDivider(above: top, below: fields.count - top - room, theme, in: divider, &buffer)
  let below = Rect(
    x: inner.x, y: divider.y + 1, width: inner.width, height: inner.bottom - divider.y - 1)
  if let menu = form.menu {
    drawMenu(menu, theme, in: below, &buffer)
  } else {
    drawReport(report, from: form.reportTop, theme, in: below, &buffer)
  }
}

extension State {
  /// The room between the form's edges, in cells; keys reach the form even on a terminal that is
  /// too narrow to draw it.
  var formWidth: Int { max(1, min(96, terminal.size.width - 2) - 4) }
}

/// The line below the fields, which tells how many are out of sight.
private func drawDivider(
  above: Int, below: Int, _ theme: Theme, in rect: Rect, _ buffer: inout CellBuffer
) {
  for x in rect.x..<rect.right { buffer[x, rect.y] = Cell(theme.horizontal, theme.frame) }
  let parts = [above > 0 ? "\(above) more above" : nil, below > 0 ? "\(below) more below" : nil]
  let text = parts.compactMap(\.self).joined(separator: ", ")
  guard !text.isEmpty, rect.width > text.count + 4 else { return }
  buffer.write(" \(text) ", x: rect.right - text.count - 4, y: rect.y, style: theme.faint)
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
  buffer.write(
    field.traits.label, x: line.x, y: line.y, width: ComputeForm.labelWidth,
    style: style(theme.key))
  var x = line.x + ComputeForm.labelWidth
  if field == .advanced {
    let text = theme.keepingStart(form.foldText(theme), width: line.right - x)
    buffer.write(text, x: x, y: line.y, style: style(theme.faint))
    return
  }
  if let choices = form.choices(of: field) {
    drawChoices(
      choices, picked: form.choices[field] ?? 0, theme, style,
      in: Rect(x: x, y: line.y, width: line.right - x, height: 1), &buffer)
    return
  }
  x += drawText(
    form.texts[field] ?? LineEditor(), isChosen: isChosen, theme, style(theme.strong),
    in: Rect(x: x, y: line.y, width: line.right - x, height: 1), &buffer)
  guard form.value(field).isEmpty else { return }
  buffer.write(
    theme.keepingStart(field.traits.help, width: line.right - x - (isChosen ? 1 : 2)),
    x: x + (isChosen ? 1 : 2), y: line.y, style: style(theme.faint))
}

/// All choices with the picked one in brackets, or that one alone, with its number, where not all
/// fit.
private func drawChoices(
  _ choices: [String], picked: Int, _ theme: Theme, _ style: (Style) -> Style, in rect: Rect,
  _ buffer: inout CellBuffer
) {
  guard choices.reduce(0, { $0 + $1.count + 3 }) - 1 <= rect.width else {
    guard choices.indices.contains(picked) else { return }
    let text = theme.glyph("‹ ", "< ") + choices[picked] + theme.glyph(" ›", " >")
    let x =
      rect.x
      + buffer.write(
        text, x: rect.x, y: rect.y, width: rect.width, style: style(theme.strong))
    buffer.write(
      " \(picked + 1)/\(choices.count)", x: x, y: rect.y, width: max(0, rect.right - x),
      style: style(theme.faint))
    return
  }
  var x = rect.x
  for (index, choice) in choices.enumerated() {
    let isPicked = index == picked
    x += buffer.write(
      isPicked ? "[\(choice)] " : " \(choice)  ", x: x, y: rect.y, width: rect.right - x,
      style: style(isPicked ? theme.strong : theme.faint))
  }
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
  _ report: [ReportLine], from first: Int, _ theme: Theme, in rect: Rect,
  _ buffer: inout CellBuffer
) {
  // Warning and last word stay while the lines between them scroll.
  let fixed = report.filter { $0.mood.isFixed }
  let lines = report.filter { !$0.mood.isFixed }
  let room = rect.height - fixed.count
  var shown = lines.dropFirst(max(0, min(first, lines.count - room))).prefix(max(0, room))
  let left = lines.count - shown.endIndex
  if left > 0, shown.count > 1 {
    shown.removeLast()
    shown.append(ReportLine("\u{2026} and \(left + 1) more (PgDn)"))
  }
  let all = fixed.filter { $0.mood == .warning } + shown + fixed.filter { $0.mood != .warning }
  for (row, line) in all.prefix(max(0, rect.height)).enumerated() {
    let style =
      switch line.mood {
      case .plain: theme.text
      case .error: theme.error
      case .warning: theme.warning
      case .waiting: theme.accent
      case .good: theme.good
      case .help: theme.faint
      }
    buffer.write(
      theme.keepingStart(line.text, width: rect.width), x: rect.x, y: rect.y + row, style: style)
  }
}

/// A line below the form.
struct ReportLine: Sendable, Equatable {
  enum Mood: Sendable {
    case plain, error, warning, waiting, good, help

    /// It stays in sight while others scroll.
    var isFixed: Bool { self == .warning || self == .waiting || self == .good }
  }
  var text: String
  var mood = Mood.plain

  init(_ text: String, _ mood: Mood = .plain) { (self.text, self.mood) = (text, mood) }
}

extension ComputeForm {
  /// What is known about the comparison, and what to know before Enter, in lines of at most `width`
  /// cells where words allow it.
  func reportLines(width: Int) -> [ReportLine] {
    let warning = codeWarning.map { [ReportLine($0, .warning)] } ?? []
    if checking != nil {
      let time = JobLine.clock(Double(secondsChecking))
      return warning + [ReportLine("checking\u{2026} \(time), Esc stops it", .waiting)]
    }
    if looking != nil {
      return warning + [ReportLine("looking\u{2026} Esc stops it", .waiting)]
    }
    guard !report.isEmpty else { return warning + helpLines(width: width) }
    let lines = report.enumerated().flatMap { index, text in
      // The reason comes first; what is behind it only tells where it happened.
      Reader.fold(text, width: width).map {
        ReportLine($0, isRefused && index == 0 ? .error : .plain)
      }
    }
    return warning + lines
      + (ready == nil ? [] : [ReportLine("Enter starts it", .good)])
  }

  /// Cells for the names of the fields.
  static let labelWidth = 13

  /// What the field with the cursor takes, where its own line does not say all of it.
  private func helpLines(width: Int) -> [ReportLine] {
    let help = field.traits.help
    let isEmpty = field.traits.choices == nil && value(field).isEmpty
    if isEmpty, help.count + 2 <= width - Self.labelWidth { return [] }
    return Reader.fold(help, width: width).map { ReportLine($0, .help) }
  }

  /// What stands behind the fold: how to open it, and what it hides that matters.
  fileprivate func foldText(_ theme: Theme) -> String {
    if isUnfolded { return theme.glyph("▾", "v") + " Space folds these away" }
    let said = advancedFields.filter { !isStandard($0) }.map {
      "\($0.traits.label) \(value($0).trimmed)"
    }
    let names = said.isEmpty ? advancedFields.map(\.traits.label) : said
    return theme.glyph("▸ ", "> ") + names.joined(separator: ", ")
  }
}
