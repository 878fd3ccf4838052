/// A screen as text with SGR sequences, for standard output.
public enum ANSIText {
  /// `buffer` line by line; each line ends with the terminal's own colours.
  /// Blank cells at the end of a line are left out.
  public static func encode(_ buffer: CellBuffer) -> String {
    (0..<buffer.size.height).map { line(buffer, $0) }.joined(separator: "\n")
  }

  private static func line(_ buffer: CellBuffer, _ y: Int) -> String {
    var text = ""
    var style = Style.plain
    let end = (0..<buffer.size.width).last { buffer[$0, y] != .blank } ?? -1
    for x in 0..<(end + 1) {
      let cell = buffer[x, y]
      guard let scalar = Unicode.Scalar(cell.glyph), cell.glyph != 0 else { continue }
      if cell.style != style {
        text += sequence(cell.style)
        style = cell.style
      }
      text.unicodeScalars.append(scalar)
    }
    return style == .plain ? text : text + "\u{1B}[0m"
  }

  private static func sequence(_ style: Style) -> String {
    var codes = ["0"]
    let attributes: [(Attributes, String)] = [
      (.bold, "1"), (.dim, "2"), (.underline, "4"), (.reverse, "7"),
    ]
    codes += attributes.filter { style.attributes.contains($0.0) }.map(\.1)
    codes += parameters(style.foreground, base: 30) + parameters(style.background, base: 40)
    return "\u{1B}[\(codes.joined(separator: ";"))m"
  }

  /// - Parameter base: 30 for ink, 40 for paper.
  private static func parameters(_ color: Color, base: Int) -> [String] {
    switch color {
    case .standard: []
    case .indexed(let index) where index < 8: [String(base + Int(index))]
    case .indexed(let index) where index < 16: [String(base + 60 + Int(index) - 8)]
    case .indexed(let index): [String(base + 8), "5", String(index)]
    case .rgb(let rgb):
      [String(base + 8), "2", String(rgb.red), String(rgb.green), String(rgb.blue)]
    }
  }
}
