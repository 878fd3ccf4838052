import Core

/// Reads comma- or tab-separated text: names in the first row and column, or bare numbers.
///
/// An empty cell, `nan`, `none` and `null` are missing values. One line or one column of bare
/// numbers, and columns headed `minibatch,score` or `rank,minibatch,score`, are the scores of
/// minibatches. Columns headed as `CurveColumns` has it are curves.
enum CSVReader {
  /// The table in `region`.
  static func read(region: ByteRegion) throws(FormatError) -> ReadValue {
    let delimiter = delimiter(of: region.bytes)
    var records = CSVRecords(bytes: region.bytes, delimiter: delimiter)
    guard let first = try records.next() else { throw FormatError("the table is empty") }
    let table = CSVTable(
      first: first, records: records, format: delimiter == 0x09 ? "TSV" : "CSV")
    return try withExtendedLifetime(region) { () throws(FormatError) -> ReadValue in
      try table.read()
    }
  }

  /// Tab when the first line holds one and no comma, comma otherwise.
  private static func delimiter(of bytes: UnsafeRawBufferPointer) -> UInt8 {
    let line = bytes.prefix { $0 != 0x0A && $0 != 0x0D }
    return line.contains(0x09) && !line.contains(UInt8(ascii: ",")) ? 0x09 : UInt8(ascii: ",")
  }

  /// The number in a cell: NaN for a missing value, nil for text that is none.
  static func number(_ cell: String) -> Double? {
    if let number = Double(cell) { return number }
    let text = cell.drop { $0 == " " }
    let trimmed = text.reversed().drop { $0 == " " }.reversed()
    switch String(trimmed).lowercased() {
    case "", "nan", "null", "none", "na", "n/a": return .nan
    case let word: return Double(word)
    }
  }
}

/// A table whose first record has been read: decides what the first row and column are.
private struct CSVTable {
  let first: CSVRecords.Record
  var records: CSVRecords
  let format: String

  consuming func read() throws(FormatError) -> ReadValue {
    if first.fields.map({ $0.lowercased() }) == ["minibatch", "score"] {
      return try scores(column: 1)
    }
    if first.fields.map({ $0.lowercased() }) == ["rank", "minibatch", "score"] {
      return try ranking()
    }
    if let curves = try CSVCurves.read(header: first.fields, records: records, format: format) {
      return curves
    }
    // A bare table has numbers only; a header has a word in it, or an empty corner before its
    // names.
    let isHeader =
      first.fields.contains { CSVReader.number($0) == nil }
      || (first.fields.count > 1 && first.fields[0].isEmpty)
    return isHeader ? try named() : try bare()
  }

  /// Column names in the first row, row names in the first column; the corner says nothing.
  private mutating func named() throws(FormatError) -> ReadValue {
    let columns = Array(first.fields.dropFirst())
    guard !columns.isEmpty else { return try scores(column: 0) }
    var rows: [String] = []
    var values: [Double] = []
    while let record = try records.next() {
      try expect(record, width: first.fields.count)
      rows.append(record.fields[0])
      try append(record, from: 1, to: &values)
    }
    guard !rows.isEmpty else { throw FormatError("the table has names but no rows") }
    return ReadValue(
      value: .dictionary([
        (.string("CKA"), .array(try NDArray(copying: values, shape: [rows.count, columns.count]))),
        (.string("model1_layers"), .list(rows.map { .string($0) })),
        (.string("model2_layers"), .list(columns.map { .string($0) })),
      ]), format: format)
  }

  private mutating func bare() throws(FormatError) -> ReadValue {
    let columns = first.fields.count
    var values: [Double] = []
    try append(first, from: 0, to: &values)
    var rows = 1
    while let record = try records.next() {
      try expect(record, width: columns)
      try append(record, from: 0, to: &values)
      rows += 1
    }
    let array =
      rows == 1 || columns == 1
      ? try NDArray(copying: values, shape: [values.count])
      : try NDArray(copying: values, shape: [rows, columns])
    return ReadValue(value: .array(array), format: format)
  }

  /// One score on each line under a header; the minibatches are numbered, whatever the first column
  /// says.
  private mutating func scores(column: Int) throws(FormatError) -> ReadValue {
    var values: [Double] = []
    while let record = try records.next() {
      try expect(record, width: first.fields.count)
      try append(record, from: column, to: &values)
    }
    guard !values.isEmpty else { throw FormatError("the table has names but no rows") }
    return ReadValue(
      value: .array(try NDArray(copying: values, shape: [values.count])), format: format)
  }

  /// Sorted scores go back to the order of their minibatches, which are numbered from 1.
  private mutating func ranking() throws(FormatError) -> ReadValue {
    var scores: [(minibatch: Int, score: Double)] = []
    while let record = try records.next() {
      try expect(record, width: 3)
      var values: [Double] = []
      try append(record, from: 1, to: &values)
      guard let minibatch = Int(exactly: values[0]) else {
        throw FormatError("the minibatch is no whole number", at: "line \(record.line), column 2")
      }
      scores.append((minibatch, values[1]))
    }
    scores.sort { $0.minibatch < $1.minibatch }
    guard !scores.isEmpty else { throw FormatError("the table has names but no rows") }
    guard scores.indices.allSatisfy({ scores[$0].minibatch == $0 + 1 }) else {
      throw FormatError(
        "the column 'minibatch' should hold each number from 1 to \(scores.count) once",
        remedy: "name the columns otherwise if they are something else")
    }
    return ReadValue(
      value: .array(try NDArray(copying: scores.map(\.score), shape: [scores.count])),
      format: format)
  }

  private func expect(_ record: CSVRecords.Record, width: Int) throws(FormatError) {
    guard record.fields.count == width else {
      throw FormatError(
        "the row has \(record.fields.count) fields, the first row has \(width)",
        at: "line \(record.line)")
    }
  }

  private func append(
    _ record: CSVRecords.Record, from start: Int, to values: inout [Double]
  ) throws(FormatError) {
    for (index, cell) in record.fields.enumerated().dropFirst(start) {
      guard let number = CSVReader.number(cell) else {
        throw FormatError(
          "'\(SafeText.sanitise(String(cell.prefix(40))))' is not a number",
          at: "line \(record.line), column \(index + 1)")
      }
      values.append(number)
    }
  }
}
