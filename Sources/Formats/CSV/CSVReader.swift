import Core
import Similarity

/// Reads comma- or tab-separated text: names in the first row and column, or bare numbers.
///
/// An empty cell, `nan`, `none` and `null` are missing values. One line or one column of bare
/// numbers, and columns headed `minibatch,score` or `rank,minibatch,score`, are the scores of
/// minibatches. Columns headed as `LongColumns` has it are a table of pairs, a pair a row; headed as
/// `CurveColumns` has it they are curves.
enum CSVReader {
  /// The table in `region`.
  /// - Parameter saysCKA: whether the file's name says that its values are CKA.
  static func read(region: ByteRegion, saysCKA: Bool = false) throws(FormatError) -> ReadValue {
    let delimiter = delimiter(of: region.bytes)
    var records = CSVRecords(
      bytes: region.bytes, delimiter: delimiter, hasDecimalCommas: delimiter == UInt8(ascii: ";"))
    records.skipComments()
    guard var first = try records.next() else { throw FormatError(.empty, "the table is empty") }
    first.addCorner(before: records)
    let table = CSVTable(
      first: first, records: records, format: delimiter == 0x09 ? .tsv : .csv, saysCKA: saysCKA)
    return try withExtendedLifetime(region) { () throws(FormatError) -> ReadValue in
      try table.read()
    }
  }

  /// A comma when the first line holds one; else a tab or a semicolon, or blanks between numbers,
  /// as `numpy.savetxt` writes them.
  private static func delimiter(of bytes: UnsafeRawBufferPointer) -> UInt8 {
    let line = firstLine(of: bytes)
    let comma = UInt8(ascii: ",")
    if line.contains(comma) { return comma }
    if let other = [0x09, UInt8(ascii: ";")].first(where: line.contains) { return other }
    let words = line.prefix(100_000).split(separator: 0x20)
    let areNumbers = words.prefix(64).allSatisfy {
      Double(String(decoding: $0, as: UTF8.self)) != nil
    }
    return words.count > 1 && areNumbers
      && words.count
        == line.split(
          separator: 0x20, omittingEmptySubsequences: false
        ).count
      ? 0x20 : comma
  }

  /// The first line that is no comment, or the first of all.
  private static func firstLine(of bytes: UnsafeRawBufferPointer)
    -> UnsafeRawBufferPointer.SubSequence
  {
    var rest = bytes[...]
    while rest.first == UInt8(ascii: "#") {
      guard let end = rest.firstIndex(of: 0x0A), end + 1 < bytes.count else { break }
      rest = bytes[(end + 1)...]
    }
    return rest.prefix { $0 != 0x0A && $0 != 0x0D }
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
  let format: ResultFormat
  let saysCKA: Bool

  consuming func read() throws(FormatError) -> ReadValue {
    if first.fields.map({ $0.lowercased() }) == ["minibatch", "score"] {
      return try scores(column: 1)
    }
    if first.fields.map({ $0.lowercased() }) == ["rank", "minibatch", "score"] {
      return try ranking()
    }
    if let pairs = try longTable() { return pairs }
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
    guard first.fields.count > 1 else { return try scores(column: 0) }
    let start = firstValue()
    let columns = Array(first.fields.dropFirst(start))
    var rows: [String] = []
    var values: [Double] = []
    var count = 0
    while let record = try records.next() {
      try expect(record, width: first.fields.count)
      if start > 0 { rows.append(record.fields[start - 1]) }
      try append(record, from: start, to: &values)
      count += 1
    }
    guard count > 0 else { throw FormatError(.empty, "the table has names but no rows") }
    if !saysCKA, let name = MetricNames.log(first.fields) {
      throw FormatError(
        .noResult,
        "a table of numbers under names such as '\(SafeText.sanitise(name))', not of CKA",
        remedy: "call the file cka_….csv if it is CKA")
    }
    let table = NamedTable(
      scores: .array(try NDArray(copying: values, shape: [count, columns.count])),
      rows: start > 0 ? rows : nil, columns: columns,
      notes: start > 0 ? [] : [.firstColumnIsValues])
    return ReadValue(tables: [try table.mirrored()], format: format)
  }

  /// The first column of values: after the names of the rows; after pandas' index and the names;
  /// or the very first, where that holds fractions under a name as the others do.
  private func firstValue() -> Int {
    let (kinds, counts) = ahead()
    guard kinds.count == first.fields.count else { return 1 }
    if LongColumns.isIndex(first.fields[0], 0), counts, kinds.count > 2, kinds[1] == .text,
      !kinds.dropFirst(2).contains(.text)
    {
      return 2
    }
    let name = first.fields[0]
    return kinds[0] == .real && !name.isEmpty && CSVReader.number(name) == nil ? 0 : 1
  }

  /// What the columns hold, by the first rows, and whether the first counts them from 0.
  private func ahead() -> (kinds: [ColumnKind], counts: Bool) {
    var records = records
    var kinds: [ColumnKind] = []
    var counts = true
    for index in 0..<Self.rowsAhead {
      guard let record = try? records.next(), record.fields.count == first.fields.count else {
        break
      }
      if kinds.isEmpty { kinds = record.fields.map { _ in .whole } }
      counts = counts && record.fields[0] == String(index)
      for (column, cell) in record.fields.enumerated() where kinds[column] != .text {
        guard let number = CSVReader.number(cell) else {
          kinds[column] = .text
          continue
        }
        if number.isFinite, Int(cell) == nil { kinds[column] = .real }
      }
    }
    return (kinds, counts)
  }

  private static let rowsAhead = 100

  /// The table as one of pairs, a row for each; nil when its columns are something else.
  private func longTable() throws(FormatError) -> ReadValue? {
    let header = first.fields
    guard (3...LongColumns.most).contains(header.count) else { return nil }
    var records = records
    let kinds = ahead().kinds
    guard let columns = LongColumns(header: header, kinds: kinds), !areCurves(besides: columns)
    else { return nil }
    var table = LongTable(columns: columns, header: header, saysCKA: saysCKA)
    while let record = try records.next() {
      try expect(record, width: header.count)
      try table.add(
        record.fields, numbers: record.fields.map(CSVReader.number), line: record.line)
    }
    return ReadValue(tables: try table.tables(), format: format)
  }

  /// Whether the columns are those of curves with error bars, where no two headings say that they
  /// name rows and columns: then a word among the numbers is a fault, not a name.
  private func areCurves(besides pairs: LongColumns) -> Bool {
    var records = records
    guard !pairs.isNamed(in: first.fields), let row = try? records.next() else { return false }
    return CurveColumns(header: first.fields, firstRow: row.fields)?.isCertain == true
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
    guard !values.isEmpty else { throw FormatError(.empty, "the table has names but no rows") }
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
        throw FormatError(
          .syntax, "the minibatch is no whole number", at: "line \(record.line), column 2")
      }
      scores.append((minibatch, values[1]))
    }
    scores.sort { $0.minibatch < $1.minibatch }
    guard !scores.isEmpty else { throw FormatError(.empty, "the table has names but no rows") }
    guard scores.indices.allSatisfy({ scores[$0].minibatch == $0 + 1 }) else {
      throw FormatError(
        .wrongShape,
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
        .wrongShape, "the row has \(record.fields.count) fields, the first row has \(width)",
        at: "line \(record.line)")
    }
  }

  private func append(
    _ record: CSVRecords.Record, from start: Int, to values: inout [Double]
  ) throws(FormatError) {
    for (index, cell) in record.fields.enumerated().dropFirst(start) {
      guard let number = CSVReader.number(cell) else {
        throw FormatError(
          .syntax, "'\(SafeText.sanitise(String(cell.prefix(40))))' is not a number",
          at: "line \(record.line), column \(index + 1)")
      }
      values.append(number)
    }
  }
}
