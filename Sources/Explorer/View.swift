import Cells
import Core

/// The screen, as a function of the state and nothing else.
public func view(_ state: State) -> CellBuffer {
  var buffer = CellBuffer(size: state.terminal.size)
  guard !state.isTooSmall else {
    drawTooSmall(state, &buffer)
    return buffer
  }
  let theme = Theme(state.terminal)
  let layout = Layout(state)
  if let rect = layout.results { drawResults(state, theme, in: rect, &buffer) }
  if let rect = layout.layers { drawLayers(state, theme, in: rect, &buffer) }
  if let rect = layout.minibatches { drawMinibatches(state, theme, in: rect, &buffer) }
  if let rect = layout.profile { drawProfilePane(state, theme, in: rect, &buffer) }
  if let rect = layout.curves { drawCurves(state, theme, in: rect, &buffer) }
  drawReadout(state, theme, in: layout.readout, &buffer)
  drawFooter(state, theme, in: layout.footer, &buffer)
  if let overlay = state.overlay { drawOverlay(overlay, state, theme, &buffer) }
  return buffer
}

/// Where the terminal's own cursor belongs: in the line being typed, else nowhere.
public func cursor(_ state: State) -> (x: Int, y: Int)? {
  guard !state.isTooSmall, case .prompt(let prompt) = state.overlay else { return nil }
  let start = 1 + TextWidth.width(of: prompt.label)
  let room = state.terminal.size.width - start
  let line = prompt.line.visible(in: room, Theme(state.terminal))
  return (start + line.cursor, state.terminal.size.height - 1)
}

extension State {
  var isTooSmall: Bool {
    terminal.size.width < Layout.smallest.width || terminal.size.height < Layout.smallest.height
  }
}

private func drawTooSmall(_ state: State, _ buffer: inout CellBuffer) {
  let size = state.terminal.size
  let lines = [
    "\(size.width) by \(size.height) is too small",
    "cka needs \(Layout.smallest.width) by \(Layout.smallest.height)",
    "make it larger, or q quits",
  ]
  let top = max(0, (size.height - lines.count) / 2)
  for (index, line) in lines.enumerated() {
    let shown = Theme(state.terminal).keepingStart(line, width: size.width)
    buffer.write(shown, x: max(0, (size.width - shown.count) / 2), y: top + index)
  }
}

/// A pane's frame: its title on the left, remarks on the right, and a line of its own at the
/// bottom.
struct Frame {
  var title = ""
  /// What must not be overlooked: it stands before the remarks, and a long title gives way to it.
  var warning = ""
  /// What is to be known about the picture, the most important first; those without room are left
  /// out.
  var remarks: [String] = []
  var footnote = ""
  /// Cells of the title that no remark may take.
  var titleRoom = 12
  var isFocused = false
  var isMarked = false

  func draw(_ theme: Theme, in rect: Rect, _ buffer: inout CellBuffer) {
    let style = isFocused ? theme.focusedFrame : theme.frame
    let corners = theme.corners
    for x in rect.x + 1..<max(rect.x + 1, rect.right - 1) {
      buffer[x, rect.y] = Cell(theme.horizontal, style)
      buffer[x, rect.bottom - 1] = Cell(theme.horizontal, style)
    }
    for y in rect.y + 1..<max(rect.y + 1, rect.bottom - 1) {
      buffer[rect.x, y] = Cell(theme.vertical, style)
      buffer[rect.right - 1, y] = Cell(theme.vertical, style)
    }
    buffer[rect.x, rect.y] = Cell(corners[0], style)
    buffer[rect.right - 1, rect.y] = Cell(corners[1], style)
    buffer[rect.x, rect.bottom - 1] = Cell(corners[2], style)
    buffer[rect.right - 1, rect.bottom - 1] = Cell(corners[3], style)
    drawTexts(theme, in: rect, &buffer)
  }

  private func drawTexts(_ theme: Theme, in rect: Rect, _ buffer: inout CellBuffer) {
    let room = max(0, rect.width - 4)
    let nameStyle = isFocused ? theme.accent : theme.strong
    let remark = theme.spell(self.remark(room: room, theme))
    let remarkWidth = TextWidth.width(of: remark)
    let shown = theme.keepingStart(title, width: room - remarkWidth - 2)
    if !shown.isEmpty { buffer.write(" \(shown) ", x: rect.x + 2, y: rect.y, style: nameStyle) }
    if !remark.isEmpty {
      buffer.write(
        remark, x: rect.right - 2 - remarkWidth, y: rect.y,
        style: isMarked ? theme.good : theme.faint)
    }
    let note = theme.keepingStart(footnote, width: room - 2)
    if !note.isEmpty {
      buffer.write(
        " \(note) ", x: rect.right - 4 - TextWidth.width(of: note), y: rect.bottom - 1,
        style: nameStyle)
    }
  }

  /// As many remarks as leave the title its room, with blanks at both ends.
  private func remark(room: Int, _ theme: Theme) -> String {
    let titleWidth = TextWidth.width(of: title)
    let titleRoom = min(titleWidth, warning.isEmpty ? titleRoom : 12) + 2
    let hasWarning = !warning.isEmpty && TextWidth.width(of: warning) + 8 <= room
    var chosen: [String] = hasWarning ? [warning] : []
    if isMarked { chosen.append(theme.glyph("✓ marked", "[marked]")) }
    for remark in remarks {
      let width = TextWidth.width(of: (chosen + [remark]).joined(separator: "  ")) + 2
      if width + titleRoom <= room { chosen.append(remark) }
    }
    return chosen.isEmpty ? "" : " \(chosen.joined(separator: "  ")) "
  }
}
