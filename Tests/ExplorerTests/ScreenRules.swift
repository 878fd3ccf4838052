import Cells
import Testing

@testable import Explorer

/// What no screen may break, whatever is on it; one line for each breach.
func breaches(of state: State) -> [String] {
  let (buffer, terminal) = (view(state), state.terminal)
  var breaches: [String] = []
  if buffer.size != terminal.size
    || buffer.cells.count != terminal.size.width * terminal.size.height
  {
    breaches.append("\(buffer.cells.count) cells on a screen of \(terminal.size)")
  }
  for y in 0..<buffer.size.height {
    for x in 0..<buffer.size.width {
      if let breach = breach(buffer, x, y, terminal) { breaches.append("(\(x), \(y)): \(breach)") }
    }
  }
  if let cursor = cursor(state),
    !(0..<terminal.size.width).contains(cursor.x) || !(0..<terminal.size.height).contains(cursor.y)
  {
    breaches.append("the cursor is at \(cursor)")
  }
  return breaches
}

private func breach(_ buffer: CellBuffer, _ x: Int, _ y: Int, _ terminal: TerminalTraits) -> String?
{
  let cell = buffer[x, y]
  guard let scalar = Unicode.Scalar(cell.glyph) else { return "no scalar" }
  let width = TextWidth.width(of: scalar)
  if cell.glyph == 0 {
    let left = Unicode.Scalar(buffer[x - 1, y].glyph).map { TextWidth.width(of: $0) }
    return x > 0 && left == 2 ? nil : "half of a wide glyph, without its left half"
  }
  if width == 0 { return "a control character" }
  if width == 2, x + 1 >= buffer.size.width || buffer[x + 1, y].glyph != 0 {
    return "half of \(scalar), without its right half"
  }
  if !terminal.unicode, !scalar.isASCII { return "\(scalar) on an ASCII terminal" }
  return [cell.style.foreground, cell.style.background].lazy
    .compactMap { breach($0, terminal.depth) }.first
}

private func breach(_ color: Color, _ depth: ColorDepth) -> String? {
  switch (color, depth) {
  case (.standard, _), (.rgb, .trueColor), (.indexed, .indexed256): nil
  case (.indexed(let index), .ansi16): index < 16 ? nil : "colour \(index) of 16"
  case (.indexed(let index), .ansi8): index < 8 ? nil : "colour \(index) of 8"
  default: "\(color) on a terminal of depth \(depth)"
  }
}
