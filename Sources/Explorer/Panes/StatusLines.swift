import CKACore
import Cells

/// The line that tells what is under the crosshair, or which file is under the list's cursor.
func drawReadout(_ state: State, _ theme: Theme, in line: Rect, _ buffer: inout CellBuffer) {
  guard let readout = state.readout else { return }
  var x = line.x + 1
  let separator = theme.glyph(" │ ", " | ")
  // Rewritten at every move of the crosshair: colours of its own would cost bytes, and so would all that
  // stands behind a value that is longer than the last one.
  let value = line.width >= 110 ? readout.value.padded(to: 21) : readout.value
  var parts: [(String, Style)] = [(value, theme.strong), (separator, theme.frame)]
  // On a narrow screen the names say more than the numbers.
  if line.width >= 72, readout.reason.isEmpty {
    parts += [(readout.place, theme.text), (separator, theme.frame)]
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
  buffer.write(
    names, x: x, y: line.y, width: room,
    style: theme.text)
}

/// The last line: a prompt, a message, or the keys that matter here.
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
  /// The text around the cursor that fits in `width` cells, spelt for the terminal, and the cell of the
  /// cursor in it.
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
  let order = ["help", "quit", "next-pair", "pairs", "next-pane", "find"]
  let commands = Command.all.filter {
    $0.hint != nil && $0.panes.contains(state.focus) && $0.isEnabled(state)
  }
  let sorted =
    order.compactMap { name in commands.first { $0.name == name } }
    + commands.filter { !order.contains($0.name) }
  for command in sorted {
    guard let hint = command.hint, let key = command.keys.first else { continue }
    let label = command.name == "next-pair" ? "[ ]" : key.name
    let width = label.count + 1 + hint.count
    guard x + width <= line.right else { break }
    x += buffer.write(label, x: x, y: line.y, style: theme.key) + 1
    x += buffer.write(hint, x: x, y: line.y, style: theme.faint) + 2
  }
}
