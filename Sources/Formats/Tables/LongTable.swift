import Core

/// The rows of a table of pairs, sorted into results.
struct LongTable {
  private let columns: LongColumns
  private let header: [String]
  private let saysCKA: Bool
  private var rows: [Row] = []

  private struct Row {
    var row, column: String
    var values: [Double]
    /// Models, data sets, then the other columns.
    var about: [String]
  }

  init(columns: LongColumns, header: [String], saysCKA: Bool) {
    self.columns = columns
    self.header = header
    self.saysCKA = saysCKA || columns.values.contains { header[$0].lowercased().contains("cka") }
  }

  /// The columns that `Row.about` holds.
  private var aboutColumns: [Int] {
    columns.about
  }

  /// Adds a row of the table.
  /// - Parameters:
  ///   - numbers: the value of each cell; nil where it is no number.
  ///   - line: where the row stands in a text, for errors.
  mutating func add(
    _ cells: [String], numbers: [Double?], line: Int? = nil
  ) throws(FormatError) {
    var values: [Double] = []
    for column in columns.values {
      guard let number = numbers[column] else {
        throw FormatError(
          .syntax, "'\(SafeText.sanitise(String(cells[column].prefix(40))))' is not a number",
          at: (line.map { "line \($0), " } ?? "") + "column \(column + 1)")
      }
      values.append(number)
    }
    rows.append(
      Row(
        row: cells[columns.row], column: cells[columns.column], values: values,
        about: aboutColumns.map { cells[$0] }))
  }

  /// One result for each column of values, and for each group of rows that other columns tell apart.
  /// - Throws: when two rows give the same pair two values, or the values are no CKA.
  func tables() throws(FormatError) -> [NamedTable] {
    try check()
    let all = try groups()
    var tables: [NamedTable] = []
    for group in all {
      for (number, column) in columns.values.enumerated() {
        var pairs = PairTable()
        for row in group.rows {
          try pairs.add(row: row.row, column: row.column, value: row.values[number])
        }
        var table = try pairs.table()
        table.key = key(of: group, column)
        table.about = about(group.rows[0])
        let names = [columns.row, columns.column, column].map { SafeText.sanitise(header[$0]) }
        table.notes.insert(
          ResultNote.pairs(rows: names[0], columns: names[1], values: names[2]), at: 0)
        table.notes += leftOut(group.rows)
        tables.append(table)
      }
    }
    return tables
  }

  /// The name of one of several results: its column of values, and what tells its rows apart.
  private func key(of group: Group, _ column: Int) -> String {
    guard columns.values.count > 1 else { return group.key }
    let value = SafeText.sanitise(header[column])
    return group.key.isEmpty ? value : "\(value), \(group.key)"
  }

  private func check() throws(FormatError) {
    guard !rows.isEmpty else { throw FormatError(.empty, "the table has names but no rows") }
    guard !saysCKA else { return }
    let values = columns.values.map { header[$0] }
    if let name = MetricNames.first(in: values) {
      throw FormatError(
        .noResult, "a table of pairs whose values are called '\(SafeText.sanitise(name))', not CKA",
        remedy: "call the column of values 'cka'")
    }
    let numbers = rows.flatMap(\.values)
    if let words = ValueSample(numbers).foreign(least: 1) {
      throw FormatError(
        .noResult,
        "a table of pairs whose values in '\(SafeText.sanitise(values[0]))' are no CKA: \(words)",
        remedy: "call the column of values 'cka' if they are")
    }
  }

  /// torch_cka's names of models and data sets, where all rows agree on them.
  private func about(_ row: Row) -> [String: String] {
    var texts = row.about[...]
    var about: [String: String] = [:]
    for (name, isThere) in [("model", columns.models != nil), ("dataset", columns.datasets != nil)]
    where isThere {
      for (side, text) in zip(1...2, texts) { about["\(name)\(side)_name"] = text }
      texts = texts.dropFirst(2)
    }
    return about
  }

  private func leftOut(_ members: [Row]) -> [ResultNote] {
    let known = [columns.row, columns.column] + columns.values + aboutColumns
    let unused = header.indices.filter {
      !known.contains($0) && !LongColumns.isIndex(header[$0], $0)
    }
    // Of the others, those that vary within a group say nothing of the matrix.
    let varying = columns.others.filter { column in
      let place = aboutColumns.firstIndex(of: column) ?? 0
      return members.contains { $0.about[place] != members[0].about[place] }
    }
    let names = (unused + varying).sorted().map { SafeText.sanitise(header[$0]) }
    return names.isEmpty ? [] : [.columnsLeftOut(names)]
  }
}

// MARK: Groups

extension LongTable {
  /// Rows of one result.
  private struct Group {
    var key = ""
    var rows: [Row]
  }

  /// The rows by model and data set; where pairs are repeated there, by what else tells them apart.
  private func groups() throws(FormatError) -> [Group] {
    let all = aboutColumns
    let fixed = all.indices.filter { !columns.others.contains(all[$0]) && varies($0) }
    let plain = grouped(by: Array(fixed))
    guard hasRepeats(plain) else { return plain }
    let others = all.indices.filter { columns.others.contains(all[$0]) && varies($0) }
    let finer = grouped(by: Array(fixed) + others)
    // Where even those leave a pair twice, or tell every row from every other, they do not help.
    guard !others.isEmpty, !hasRepeats(finer), finer.count < rows.count else { return plain }
    guard finer.count <= Limits.resultsPerFile else {
      throw FormatError(.tooLarge, "the table holds more than \(Limits.resultsPerFile) results")
    }
    return finer
  }

  private func varies(_ place: Int) -> Bool {
    rows.contains { $0.about[place] != rows[0].about[place] }
  }

  private func hasRepeats(_ groups: [Group]) -> Bool {
    groups.contains { group in
      var seen: Set<[String]> = []
      return !group.rows.allSatisfy { seen.insert([$0.row, $0.column]).inserted }
    }
  }

  private func grouped(by places: [Int]) -> [Group] {
    guard !places.isEmpty else { return [Group(rows: rows)] }
    let all = aboutColumns
    var order: [[String]] = []
    var members: [[String]: [Row]] = [:]
    for row in rows {
      let key = places.map { row.about[$0] }
      if members[key] == nil { order.append(key) }
      members[key, default: []].append(row)
    }
    return order.map { key in
      let words = zip(places, key).map { place, text in
        let name = header[all[place]]
        return SafeText.sanitise(Double(text) == nil ? text : "\(name) \(text)")
      }
      return Group(key: words.joined(separator: ", "), rows: members[key] ?? [])
    }
  }
}
