import Core
import Similarity

/// Reads curves from a table: a mean a row, or a value a row, from which means and deviations are
/// computed.
///
/// What may as well be a matrix of CKA is left alone: names of rows that all differ, more columns
/// than curves have.
enum CSVCurves {
  /// The curves as the value that their JSON form would be; nil when the table holds none.
  /// - Throws: `FormatError` when the table can be nothing else, and is broken.
  static func read(
    header: [String], records: CSVRecords, format: ResultFormat
  ) throws(FormatError) -> ReadValue? {
    var records = records
    var ahead = records
    // What is wrong with the first row is the matrix reader's to say, unless these are curves.
    guard let first = try? ahead.next(),
      let columns = CurveColumns(header: header, firstRow: first.fields)
    else { return nil }
    var rows = CurveRows(columns: columns, header: header)
    do throws(FormatError) {
      while let record = try records.next() { try rows.add(record) }
    } catch {
      if columns.isCertain { throw error }
      return nil
    }
    rows.finish()
    guard columns.isCertain || rows.lookLikeCurves else { return nil }
    return ReadValue(
      value: try rows.value(), format: format, warnings: rows.warnings.map(ResultNote.told))
  }
}

/// The rows of a table of curves, sorted into series.
private struct CurveRows {
  let columns: CurveColumns
  let header: [String]
  private var groups: [Group] = []
  private var places: [String: Int] = [:]
  private var rows = 0
  /// The x of each run, in a table without series.
  private var runs: [String: Set<Double>] = [:]

  /// The points of one series.
  private struct Group {
    let name: String
    var x: [Double] = []
    var mean: [Double] = []
    var errors: [Double] = []
    var counts: [Double] = []
  }

  init(columns: CurveColumns, header: [String]) {
    self.columns = columns
    self.header = header
  }

  /// Some series has several rows of one x.
  private var repeatsX = false
  /// They are to be averaged.
  private var isRaw: Bool { !columns.isCertain && repeatsX }

  /// A matrix has each name of a row once; curves have several points a series.
  var lookLikeCurves: Bool {
    if columns.series != nil { return rows >= 2 * groups.count }
    return columns.isNamedMean || runsShareX
  }

  /// Every run has the same x, several and each once: they were chosen. Numbers that were measured
  /// in each fold make a matrix.
  private var runsShareX: Bool {
    guard runs.count > 1, let first = runs.values.first, first.count > 1 else { return false }
    return rows == runs.count * first.count && runs.values.allSatisfy { $0 == first }
  }

  var warnings: [String] {
    var lines = columns.unusedErrors.map { "the column '\($0)' is not shown" }
    if isRaw { lines.append("means and sample standard deviations are computed from \(rows) rows") }
    return lines
  }

  mutating func add(_ record: CSVRecords.Record) throws(FormatError) {
    guard record.fields.count == header.count else {
      throw FormatError(
        .wrongShape, "the row has \(record.fields.count) fields, the first row has \(header.count)",
        at: "line \(record.line)")
    }
    let name = columns.series.map { record.fields[$0] } ?? ""
    let place = try place(of: name, record.line)
    let x = try number(record, columns.x)
    guard x.isFinite else {
      throw FormatError(
        .syntax, "x is not a finite number", at: "line \(record.line), column \(columns.x + 1)")
    }
    groups[place].x.append(x)
    if columns.series == nil, let run = columns.run {
      runs[record.fields[run], default: []].insert(x)
    }
    groups[place].mean.append(try number(record, columns.mean))
    if let error = columns.error { groups[place].errors.append(try number(record, error)) }
    if let count = columns.count { groups[place].counts.append(try number(record, count)) }
    rows += 1
  }

  /// All rows are there.
  mutating func finish() {
    repeatsX = groups.contains { Set($0.x).count < $0.x.count }
  }

  private mutating func place(of name: String, _ line: Int) throws(FormatError) -> Int {
    if let place = places[name] { return place }
    guard groups.count < Curves.mostSeries else {
      throw FormatError(.tooLarge, "more than \(Curves.mostSeries) series", at: "line \(line)")
    }
    places[name] = groups.count
    groups.append(Group(name: name))
    return groups.count - 1
  }

  private func number(
    _ record: CSVRecords.Record, _ column: Int
  ) throws(FormatError) -> Double {
    if let number = CSVReader.number(record.fields[column]) { return number }
    throw FormatError(
      .syntax, "'\(SafeText.sanitise(String(record.fields[column].prefix(40))))' is not a number",
      at: "line \(record.line), column \(column + 1)")
  }

  /// The curves in the form that JSON has them in.
  func value() throws(FormatError) -> Value {
    guard rows > 0 else { throw FormatError(.empty, "the table has names but no rows") }
    let yName = columns.isNamedMean ? "" : header[columns.mean]
    var series: [Value] = []
    for group in groups {
      series.append(
        isRaw ? try averaged(group) : try entry(group, columns.errorBar))
    }
    return .dictionary([
      (
        .string(CurvesExtractor.key),
        .dictionary([
          (.string("x"), .string(header[columns.x])), (.string("y"), .string(yName)),
          (.string("series"), .list(series)),
        ])
      )
    ])
  }

  private func entry(_ group: Group, _ bar: Curves.ErrorBar) throws(FormatError) -> Value {
    var entries: [(key: Value, value: Value)] = [(.string("name"), .string(group.name))]
    for (key, numbers) in [
      ("x", group.x), ("mean", group.mean), (bar.rawValue, group.errors), ("n", group.counts),
    ] where !numbers.isEmpty {
      entries.append(
        (.string(key), .array(try NDArray(copying: numbers, shape: [numbers.count]))))
    }
    return .dictionary(entries)
  }

  /// The mean and the sample standard deviation of the values of each x; NaN values are left out.
  private func averaged(_ group: Group) throws(FormatError) -> Value {
    var order: [Double] = []
    var values: [Double: [Double]] = [:]
    for (x, value) in zip(group.x, group.mean) {
      if values[x] == nil { order.append(x) }
      values[x, default: []].append(value)
    }
    var result = Group(name: group.name)
    for x in order {
      let known = (values[x] ?? []).filter { !$0.isNaN }
      let mean = known.reduce(0, +) / Double(known.count)
      let squares = known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      let deviation = (squares / Double(known.count - 1)).squareRoot()
      result.x.append(x)
      result.mean.append(mean)
      result.errors.append(known.count > 1 && deviation.isFinite ? deviation : .nan)
      result.counts.append(Double(known.count))
    }
    return try entry(result, .deviation)
  }
}
