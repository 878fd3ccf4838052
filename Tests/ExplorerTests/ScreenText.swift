import Cells

@testable import Explorer

// Parts of a screen as text: its glyphs, its pixels, its styles.
extension Scene {
  /// The glyphs inside `rect`, one line a row, blanks at the ends removed.
  func text(in rect: Rect) -> String {
    let buffer = buffer
    var part = CellBuffer(size: Size(width: rect.width, height: rect.height))
    for y in 0..<rect.height {
      for x in 0..<rect.width { part[x, y] = buffer[rect.x + x, rect.y + y] }
    }
    return part.text
  }

  /// The half-block pixels inside `rect`, two lines a row: a palette index as a hexadecimal digit,
  /// and `.` for the terminal's own background.
  func pixels(in rect: Rect) -> String {
    let buffer = buffer
    return (0..<rect.height * 2).map { line in
      let row = (0..<rect.width).map { x in
        Self.digit(Self.halves(of: buffer[rect.x + x, rect.y + line / 2])[line % 2])
      }
      return String(row)
    }.joined(separator: "\n")
  }

  /// The style of each cell as the letter that `legend` gives it, `?` where it gives none.
  func styles(_ legend: KeyValuePairs<Character, Style>) -> String {
    let buffer = buffer
    return (0..<buffer.size.height).map { y in
      String(
        (0..<buffer.size.width).map { x in
          legend.first { $0.value == buffer[x, y].style }?.key ?? "?"
        })
    }.joined(separator: "\n")
  }

  /// Upper and lower colour of a cell.
  private static func halves(of cell: Cell) -> [Color] {
    let style = cell.style
    return switch Unicode.Scalar(cell.glyph) {
    case "▀": [style.foreground, style.background]
    case "▄": [style.background, style.foreground]
    default: [style.background, style.background]
    }
  }

  private static func digit(_ color: Color) -> Character {
    guard case .indexed(let index) = color else { return "." }
    return index < 16 ? Character(String(index, radix: 16)) : "?"
  }

  /// Where the layer view's pixels are.
  var heat: Rect { layerLayout?.heat ?? Rect(x: 0, y: 0, width: 0, height: 0) }
  /// Where the minibatch square's pixels are.
  var squareHeat: Rect {
    state.squarePlacement.flatMap { state.squareFrame($0) }?.heat
      ?? Rect(x: 0, y: 0, width: 0, height: 0)
  }
  /// Where everything of the layer view is.
  var layerLayout: HeatLayout? { state.placement.flatMap { state.heatLayout($0) } }
  /// The names beside the rows, from the top, without the crosshair's mark.
  var rowLabels: [String] {
    layerLayout.map {
      text(in: $0.names).split(separator: "\n", omittingEmptySubsequences: false).map { $0.trimmed }
    } ?? []
  }
  /// The first line of the names below the columns.
  var columnLabels: [String] {
    guard let rect = layerLayout?.columnNames else { return [] }
    return text(in: rect).split(separator: "\n").first?.split(separator: " ").map(String.init) ?? []
  }
}

extension Substring {
  /// Without the blanks before it.
  fileprivate var trimmed: String { String(drop { $0 == " " }) }
}
