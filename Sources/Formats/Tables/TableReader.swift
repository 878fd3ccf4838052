import Core

/// Finds results in the forms in which pandas and plain Python keep tables: dictionaries of
/// dictionaries, dictionaries keyed by pairs, and the orients of `to_json` and `to_dict`.
struct TableReader {
  /// Whether a name says that the values are CKA: the key above them, or the file's own.
  let saysCKA: Bool

  /// The results that `value` spells as a table; nil when it is no table.
  /// - Throws: when it can be nothing but a table, and is broken.
  func tables(_ value: Value) throws(FormatError) -> [NamedTable]? {
    if let entries = value.fields {
      guard !entries.isEmpty else { return nil }
      if let table = try split(entries) { return table }
      if let table = try schema(entries) { return table }
      if let pairs = PairKeys(entries) { return try checked(pairs.table()) }
      if let frame = TableFrame(columnLists: entries) { return try tables(frame) }
      return try nested(entries)
    }
    if case .array = value { return nil }
    guard let elements = value.members, !elements.isEmpty else { return nil }
    if let frame = TableFrame(records: elements) { return try tables(frame) }
    return try triples(elements)
  }

  /// The results in `frame`, a table of pairs or a matrix beside its names; nil when it has neither.
  func tables(_ frame: TableFrame) throws(FormatError) -> [NamedTable]? {
    if let columns = LongColumns(header: frame.columns, kinds: frame.kinds) {
      var long = LongTable(columns: columns, header: frame.columns, saysCKA: saysCKA)
      for row in frame.rows {
        try long.add(row.map { $0.text ?? "" }, numbers: row.map(\.singleNumber))
      }
      return try long.tables()
    }
    return try frame.matrix().flatMap { (table) throws(FormatError) in try checked(table) }
  }

  /// `table` when its names and values may be CKA.
  /// - Throws: when they say that it is something else.
  private func checked(_ table: NamedTable) throws(FormatError) -> [NamedTable] {
    guard !saysCKA else { return [table] }
    if let name = MetricNames.first(in: (table.rows ?? []) + (table.columns ?? [])) {
      throw FormatError(
        .noResult,
        "a table of numbers under names such as '\(SafeText.sanitise(name))', not of CKA",
        remedy: "put a table of CKA under the key 'CKA'")
    }
    if case .array(let array) = table.scores, let values = ValueSample(array).foreign(least: 1) {
      throw FormatError(
        .noResult, "a table of numbers that are no CKA: \(values)",
        remedy: "put a table of CKA under the key 'CKA'")
    }
    return [table]
  }
}

// MARK: Nested dictionaries

extension TableReader {
  /// A dictionary of dictionaries of numbers: rows outside, columns inside, unless the keys say
  /// otherwise. With texts in it, it is a table of columns, or of rows, as pandas spells them.
  private func nested(_ entries: [(key: Value, value: Value)]) throws(FormatError) -> [NamedTable]?
  {
    guard let members = Self.members(entries) else { return nil }
    guard members.allSatisfy({ $0.entries.allSatisfy { !$0.value.isText } }) else {
      return try TableFrame(nested: members).flatMap(tables)
    }
    let innerCounts = members.allSatisfy { $0.entries.map(\.key).countFromZero }
    let outerCounts = entries.map(\.key).countFromZero
    var pairs = PairTable()
    let turns = innerCounts && !outerCounts && members[0].entries.count > 1
    for member in members {
      for cell in member.entries {
        guard let inner = cell.key.text, let value = cell.value.singleNumber else { return nil }
        try pairs.add(
          row: turns ? inner : member.name, column: turns ? member.name : inner, value: value)
      }
    }
    var table = try pairs.table()
    if turns { table.rows = nil }
    if outerCounts { table.rows = nil }
    if innerCounts, !turns { table.columns = nil }
    if turns {
      table.notes.append(.outerKeysAreColumns)
    } else if !outerCounts, !table.isSymmetric {
      table.notes.append(.outerKeysAreRows)
    }
    return try checked(table)
  }

  private typealias Member = (name: String, entries: [(key: Value, value: Value)])

  /// The dictionaries of texts and numbers in `entries`; nil where anything else stands.
  private static func members(_ entries: [(key: Value, value: Value)]) -> [Member]? {
    var members: [Member] = []
    for entry in entries {
      guard let inner = entry.value.fields, !inner.isEmpty, let name = entry.key.text,
        inner.allSatisfy({
          $0.key.text != nil && ($0.value.isText || $0.value.singleNumber != nil)
        })
      else { return nil }
      members.append((name, inner))
    }
    return members
  }
}

extension NamedTable {
  /// Whether rows and columns may change places without a change.
  fileprivate var isSymmetric: Bool {
    guard rows == columns, case .array(let array) = scores, let matrix = try? array.matrix() else {
      return false
    }
    return (0..<matrix.rows).allSatisfy { row in
      (0..<row).allSatisfy { column in
        let (a, b) = (matrix[row, column], matrix[column, row])
        return a == b || (a.isNaN && b.isNaN)
      }
    }
  }
}

extension Array where Element == Value {
  /// Whether these keys are 0, 1, 2, …: a count, as pandas numbers rows without names.
  var countFromZero: Bool {
    enumerated().allSatisfy { index, key in
      switch key {
      case .int(let number): number == index
      case .string(let text): text == String(index)
      case .float(let number): number == Double(index)
      default: false
      }
    }
  }
}

// MARK: Orients with names of their own

extension TableReader {
  /// pandas' `split` and `tight`: `columns`, `data`, and as a rule `index`. A Series has no columns.
  private func split(_ entries: [(key: Value, value: Value)]) throws(FormatError) -> [NamedTable]? {
    guard let data = entries["data"], let index = entries["index"]?.members ?? Optional([]),
      entries["index"] != nil || entries["columns"] != nil, data.members != nil || data.isMatrix
    else { return nil }
    let columns = entries["columns"]?.members
    guard let columns else {
      guard !index.isEmpty, index.allSatisfy({ $0.members?.count == 2 }),
        let values = data.members, values.count == index.count
      else { return nil }
      return try triples(zip(index, values).map { .list(($0.members ?? []) + [$1]) })
    }
    let rows = data.members ?? []
    let hasPairs = !index.isEmpty && index.allSatisfy { $0.members?.count == 2 }
    if hasPairs || rows.contains(where: { $0.members?.contains(where: \.isText) ?? false }) {
      return try TableFrame(
        columns: columns.map { $0.text ?? "" }, index: index, rows: rows
      ).flatMap(tables)
    }
    let names = { (keys: [Value]) in keys.isEmpty || keys.countFromZero ? nil : keys.labels }
    let table = NamedTable(scores: data, rows: names(index), columns: names(columns))
    return saysCKA ? [table] : try checked(table.packed())
  }

  /// pandas' `table`: a `schema` and records; the keys of a row are its index.
  private func schema(_ entries: [(key: Value, value: Value)]) throws(FormatError) -> [NamedTable]?
  {
    guard let fields = entries["schema"]?.fields?["fields"]?.members,
      let records = entries["data"]?.members, !records.isEmpty
    else { return nil }
    let names = fields.compactMap { $0.fields?["name"]?.text }
    let keys = (entries["schema"]?.fields?["primaryKey"]?.members ?? []).compactMap(\.text)
    guard names.count == fields.count, let frame = TableFrame(records: records) else {
      throw FormatError(
        .wrongType, "a table whose fields have no names or no records", at: "key 'schema'")
    }
    return try tables(frame.ordered(names, index: keys.count == 1 ? keys.first : nil))
  }

  /// A list of (row, column, value).
  private func triples(_ elements: [Value]) throws(FormatError) -> [NamedTable]? {
    var pairs = PairTable()
    for element in elements {
      guard let parts = element.members, parts.count == 3, parts[0].isText, parts[1].isText,
        let row = parts[0].text, let column = parts[1].text, let value = parts[2].singleNumber
      else { return nil }
      try pairs.add(row: row, column: column, value: value)
    }
    return try checked(pairs.table())
  }
}

extension NamedTable {
  /// The same with its values in one array.
  fileprivate func packed() throws(FormatError) -> NamedTable {
    var table = self
    table.scores = .array(try ScoreArray(scores, isText: true).array)
    return table
  }
}

extension Value {
  /// Whether it is an array of two dimensions.
  var isMatrix: Bool {
    if case .array(let array) = self { array.shape.count == 2 } else { false }
  }
}

extension Array where Element == Value {
  /// One label for each key: text, or the parts of a key of several levels.
  var labels: [String] { map { $0.label } }
}

extension Value {
  /// A key as one text: several parts are joined by slashes.
  var label: String {
    if let text { return text }
    guard let parts = members, !parts.isEmpty else { return "?" }
    return parts.map { $0.text ?? "?" }.joined(separator: "/")
  }
}
