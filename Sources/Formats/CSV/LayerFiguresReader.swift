import Core
import Similarity

extension LayerFigures {
  /// Reads figures of layers from a table: a layer's name, then a number for each column.
  ///
  /// Fields are separated by commas, tabs or semicolons, whichever the first line has. A first line
  /// whose second field is no number names the columns; without one the figures are accuracies. An
  /// empty field has no figure.
  /// - Throws: `FormatError` with the line where a field is no number, or a line has another number
  ///   of fields.
  public static func read(path: String) throws(FormatError) -> LayerFigures {
    do throws(FormatError) {
      let region = try MappedFile.region(path: path)
      return try LayerFigures(csv: region.bytes)
    } catch {
      var error = error
      error.file = SafeText.sanitise(path)
      throw error
    }
  }

  init(csv bytes: UnsafeRawBufferPointer) throws(FormatError) {
    let firstLine = bytes.prefix { $0 != 0x0A && $0 != 0x0D }
    let delimiter = ",\t;".utf8.first { firstLine.contains($0) } ?? UInt8(ascii: ",")
    var records = CSVRecords(bytes: bytes, delimiter: delimiter)
    var columns: [String] = []
    var rows: [(layer: String, figures: [Double])] = []
    while let record = try records.next() {
      let fields = record.fields.map { SafeText.sanitise($0).trimmingBlanks }
      guard fields.count > 1 else {
        throw FormatError(
          .wrongShape, "a line needs a layer and a figure: layer,accuracy",
          at: "line \(record.line)")
      }
      if columns.isEmpty, rows.isEmpty {
        if !fields[1].isEmpty, Double(fields[1]) == nil {
          columns = Array(fields.dropFirst())
          continue
        }
        columns = fields.count == 2 ? ["accuracy"] : (1..<fields.count).map { "figure \($0)" }
      }
      guard fields.count == columns.count + 1 else {
        throw FormatError(
          .wrongShape, "\(fields.count) fields where \(columns.count + 1) are due",
          at: "line \(record.line)")
      }
      rows.append((fields[0], try Self.figures(fields.dropFirst(), line: record.line)))
      guard rows.count <= Limits.layers else {
        throw FormatError(.tooLarge, "more than \(Limits.layers) lines")
      }
    }
    guard !rows.isEmpty else {
      throw FormatError(.empty, "no layers and figures: layer,accuracy is due")
    }
    self.init(columns: columns, rows: rows)
  }

  private static func figures(
    _ fields: ArraySlice<String>, line: Int
  ) throws(FormatError) -> [Double] {
    var figures: [Double] = []
    for field in fields {
      let text = field.hasSuffix("%") ? String(field.dropLast()).trimmingBlanks : field
      guard let figure = text.isEmpty ? .nan : Double(text) else {
        throw FormatError(.syntax, "'\(field)' is no number", at: "line \(line)")
      }
      figures.append(figure)
    }
    return figures
  }
}

extension String {
  /// Without blanks at either end.
  fileprivate var trimmingBlanks: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
