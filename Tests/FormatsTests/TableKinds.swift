import Foundation
import Testing

/// The same matrix in every kind of table that the readers know, written plainly.
enum TableKind: String, CaseIterable, CustomTestStringConvertible {
  case matrixCSV, matrixTSV, longCSV, longTSV
  case nested, split, records, index, columns, list, schema, pairs, tuples, triples

  var testDescription: String { rawValue }

  var isJSON: Bool { ![.matrixCSV, .matrixTSV, .longCSV, .longTSV].contains(self) }

  /// The end of a file's name.
  var ending: String {
    switch self {
    case .matrixCSV, .longCSV: "csv"
    case .matrixTSV, .longTSV: "tsv"
    default: "json"
    }
  }

  /// The text for `values`, row by row.
  func text(rows: [String], columns: [String], values: [[Double]]) -> String {
    let cells = rows.indices.flatMap { row in
      columns.indices.map { (rows[row], columns[$0], values[row][$0]) }
    }
    switch self {
    case .matrixCSV, .matrixTSV:
      let lines = [[""] + columns] + rows.indices.map { [rows[$0]] + values[$0].map { "\($0)" } }
      return table(lines)
    case .longCSV, .longTSV:
      return table([["layer1", "layer2", "cka"]] + cells.map { [$0.0, $0.1, "\($0.2)"] })
    default: return json(rows, columns, values, cells)
    }
  }

  private func table(_ lines: [[String]]) -> String {
    let separator = ending == "csv" ? "," : "\t"
    return lines.map { line in
      line.map { "\"\($0.replacing("\"", with: "\"\""))\"" }.joined(separator: separator)
    }.joined(separator: "\n") + "\n"
  }

  private func json(
    _ rows: [String], _ columns: [String], _ values: [[Double]],
    _ cells: [(String, String, Double)]
  ) -> String {
    let body = values.map { "[\($0.map { "\($0)" }.joined(separator: ","))]" }
    let matrix = "[\(body.joined(separator: ","))]"
    switch self {
    case .nested, .index:
      return object(
        rows.indices.map { row in
          (rows[row], object(columns.indices.map { (columns[$0], "\(values[row][$0])") }))
        })
    case .columns:
      return object(
        columns.indices.map { column in
          (columns[column], object(rows.indices.map { (rows[$0], "\(values[$0][column])") }))
        })
    case .split:
      return object([("columns", list(columns)), ("index", list(rows)), ("data", matrix)])
    case .records, .schema:
      let records = rows.indices.map { row in
        object(
          [("index", quoted(rows[row]))]
            + columns.indices.map { (columns[$0], "\(values[row][$0])") })
      }
      let data = "[\(records.joined(separator: ","))]"
      guard self == .schema else { return data }
      let fields = (["index"] + columns).map { object([("name", quoted($0))]) }
      let schema = object([
        ("fields", "[\(fields.joined(separator: ","))]"), ("primaryKey", list(["index"])),
      ])
      return object([("schema", schema), ("data", data)])
    case .list:
      return object(
        [("layer1", list(cells.map(\.0))), ("layer2", list(cells.map(\.1)))] + [
          ("cka", "[\(cells.map { "\($0.2)" }.joined(separator: ","))]")
        ])
    case .pairs: return object(cells.map { ("\($0.0),\($0.1)", "\($0.2)") })
    case .tuples: return object(cells.map { ("('\($0.0)', '\($0.1)')", "\($0.2)") })
    default:
      let triples = cells.map { "[\(quoted($0.0)),\(quoted($0.1)),\($0.2)]" }
      return "[\(triples.joined(separator: ","))]"
    }
  }

  private func object(_ entries: [(String, String)]) -> String {
    "{\(entries.map { "\(quoted($0.0)):\($0.1)" }.joined(separator: ","))}"
  }

  private func list(_ texts: [String]) -> String {
    "[\(texts.map(quoted).joined(separator: ","))]"
  }

  /// A JSON text; control characters have to be escaped.
  private func quoted(_ text: String) -> String {
    let scalars = text.unicodeScalars.map { scalar -> String in
      switch scalar {
      case "\"", "\\": "\\\(scalar)"
      case "\u{0}"..<" ": "\\u" + String(format: "%04x", scalar.value)
      default: String(scalar)
      }
    }
    return "\"\(scalars.joined())\""
  }
}
