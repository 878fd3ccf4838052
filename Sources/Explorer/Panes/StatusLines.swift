import Cells
import Core

/// The line that tells what is under the crosshair, or which file is under the list's cursor.
func drawReadout(_ state: State, _ theme: Theme, in line: Rect, _ buffer: inout CellBuffer) {
  guard let readout = state.readout else { return }
  var x = line.x + 1
  let separator = theme.glyph(" │ ", " | ")
  // Rewritten at every move of the crosshair: colours of its own would cost bytes, and so would all
  // that stands behind a value that is longer than the last one.
  let value = line.width >= 110 ? readout.value.padded(to: 21) : readout.value(in: line.width)
  var parts: [(String, Style)] = [(value, theme.strong), (separator, theme.frame)]
  // On a narrow screen the names say more than the numbers, and doubts more than places.
  if line.width >= (readout.marks.isEmpty ? 72 : 110), readout.reason.isEmpty {
    parts += [(readout.place, theme.text), (separator, theme.frame)]
  }
  if !readout.marks.isEmpty {
    parts += [(readout.marks, theme.warning), (separator, theme.frame)]
  }
  // What one result's interval does not hold; where there is no room, `i` tells it.
  if line.width >= 110, !readout.seeds.isEmpty {
    parts += [(readout.seeds, theme.text), (separator, theme.frame)]
  }
  for (text, style) in parts {
    x += buffer.write(theme.spell(text), x: x, y: line.y, width: line.right - x, style: style)
  }
  let room = max(0, line.right - x - 1)
  guard readout.reason.isEmpty else {
    // The reason names the layer at fault.
    buffer.write(
      theme.keepingStart(readout.reason, width: room), x: x, y: line.y, width: room,
      style: theme.warning)
    return
  }
  let names =
    readout.keepsStart
    ? theme.keepingStart(readout.names, width: room) : theme.keepingEnd(readout.names, width: room)
  x += buffer.write(names, x: x, y: line.y, width: room, style: theme.text)
  let kinds = theme.spell(readout.kinds)
  if x + 2 + TextWidth.width(of: kinds) < line.right {
    buffer.write(kinds, x: x + 2, y: line.y, style: theme.faint)
  }
}

extension Readout {
  /// The value for a line of `width` cells: where the names have no room beside all its digits,
  /// rounded.
  fileprivate func value(in width: Int) -> String {
    let room = width - TextWidth.width(of: names) - 5
    guard width < 72, reason.isEmpty, let rounded, value.count > room else { return value }
    return rounded
  }
}

/// The last line: a prompt, a message, or the keys of what holds the focus.
func drawFooter(_ state: State, _ theme: Theme, in line: Rect, _ buffer: inout CellBuffer) {
  if case .prompt(let prompt) = state.overlay {
    drawPrompt(prompt, theme, in: line, &buffer)
  } else if let message = state.message {
    let style = message.isError ? theme.error : theme.good
    buffer.write(
      theme.keepingStart(message.text, width: line.width - 2), x: line.x + 1,
      y: line.y, width: line.width - 2, style: style)
  } else {
    drawHints(state, theme, in: line, &buffer)
  }
}

extension LineEditor {
  /// The text around the cursor that fits in `width` cells, spelt for the terminal, and the cell of
  /// the cursor in it.
  func visible(in width: Int, _ theme: Theme) -> (text: String, cursor: Int) {
    let pieces = text.map { theme.spell(String($0)) }
    var before = pieces.prefix(cursor).reduce(0) { $0 + TextWidth.width(of: $1) }
    var hidden = 0
    while hidden < cursor, before >= width {
      before -= TextWidth.width(of: pieces[hidden])
      hidden += 1
    }
    return (pieces.dropFirst(hidden).joined(), before)
  }
}

private func drawPrompt(
  _ prompt: Prompt, _ theme: Theme, in line: Rect, _ buffer: inout CellBuffer
) {
  var x = line.x + 1
  x += buffer.write(prompt.label, x: x, y: line.y, style: theme.key)
  let typed = prompt.line.visible(in: line.right - x, theme)
  x += buffer.write(typed.text, x: x, y: line.y, width: line.right - x, style: theme.strong)
  let room = line.right - x - 4
  guard !prompt.hint.isEmpty, room > 8 else { return }
  buffer.write(
    theme.keepingStart(prompt.hint, width: room), x: x + 3, y: line.y,
    style: prompt.isRefused ? theme.error : theme.faint)
}

private func drawHints(
  _ state: State, _ theme: Theme, in line: Rect, _ buffer: inout CellBuffer
) {
  var x = line.x + 1
  for hint in state.hints(width: line.right - x) {
    x += buffer.write(theme.spell(hint.key), x: x, y: line.y, style: theme.key) + 1
    x += buffer.write(theme.spell(hint.word), x: x, y: line.y, style: theme.faint) + 2
  }
}
