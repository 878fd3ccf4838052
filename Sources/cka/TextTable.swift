import Cells
import Foundation

/// Columns of text that line up on a terminal.
enum TextTable {
  /// One line for each row; the columns in `right` are set flush right, and columns without any
  /// text take no room.
  static func lines(_ rows: [[String]], right: Set<Int>) -> [String] {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { column < $0.count ? TextWidth.width(of: $0[column]) : 0 }.max() ?? 0
    }
    return rows.map { row in
      var line = ""
      for (column, text) in row.enumerated() where column == 0 || widths[column] > 0 {
        let blanks = String(repeating: " ", count: widths[column] - TextWidth.width(of: text))
        line += (column > 0 ? "  " : "") + (right.contains(column) ? blanks + text : text + blanks)
      }
      while line.last == " " { line.removeLast() }
      return line
    }
  }

  /// The rows as RFC 4180 has them.
  static func csv(_ rows: [[String]]) -> String {
    rows.map { row in
      row.map { field in
        let isPlain = !field.contains { "\",\r\n".contains($0) }
        return isPlain ? field : "\"\(field.replacingOccurrences(of: "\"", with: "\"\""))\""
      }.joined(separator: ",")
    }.joined(separator: "\n")
  }
}

extension Double {
  /// The value, or nil for NaN and infinities, which JSON lacks.
  var known: Double? { isFinite ? self : nil }
}

extension String {
  /// The root module of a PyTorch model has the empty name.
  var named: String { isEmpty ? "(root)" : self }
}
