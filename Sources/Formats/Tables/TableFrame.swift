/// A table with a name for each column, as pandas keeps one.
struct TableFrame {
  private(set) var columns: [String]
  /// A row of cells for each name of `columns`.
  private(set) var rows: [[Value]]

  /// Most cells of such a table.
  private static let most = 10_000_000

  /// A table of these rows, with the keys of `index` before them where they are more than a count.
  /// - Returns: nil when rows and names are not of one length.
  init?(columns: [String], index: [Value], rows: [Value]) {
    guard index.isEmpty || index.count == rows.count,
      columns.count * rows.count <= Self.most
    else {
      return nil
    }
    self.columns = columns
    self.rows = []
    let isNamed = !index.isEmpty && !index.countFromZero
    let width = isNamed ? index[0].members?.count ?? 1 : 0
    if width == 1 { self.columns.insert("", at: 0) }
    if width > 1 { self.columns.insert(contentsOf: (0..<width).map { "level_\($0)" }, at: 0) }
    for (number, row) in rows.enumerated() {
      guard let cells = row.members, cells.count == columns.count else { return nil }
      let keys = isNamed ? index[number].members ?? [index[number]] : []
      guard keys.count == width else { return nil }
      self.rows.append(keys + cells)
    }
    guard !self.rows.isEmpty else { return nil }
  }

  /// The records of `to_dict('records')`: dictionaries of numbers and texts that share keys.
  init?(records: [Value]) {
    let records = records.map { Self.spread($0) }
    guard let first = records.first?.fields, !first.isEmpty,
      first.count * records.count <= Self.most
    else { return nil }
    columns = first.map { $0.key.text ?? "" }
    rows = []
    let places = Dictionary(
      columns.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { first, _ in first })
    for record in records {
      guard let entries = record.fields else { return nil }
      // What a record leaves out is missing; what only it has makes it another kind of list.
      var cells = [Value](repeating: .none, count: columns.count)
      for entry in entries {
        guard let place = entry.key.text.flatMap({ places[$0] }),
          entry.value.isText || entry.value.singleNumber != nil || entry.value.isFlag
        else { return nil }
        cells[place] = entry.value
      }
      rows.append(cells)
    }
  }

  /// A record in which a pair of texts, `"layers": ["conv1", "fc"]`, is two fields.
  private static func spread(_ record: Value) -> Value {
    guard let entries = record.fields,
      entries.contains(where: { $0.value.textElements?.count == 2 })
    else { return record }
    return .dictionary(
      entries.flatMap { entry -> [(key: Value, value: Value)] in
        guard let key = entry.key.text, let pair = entry.value.textElements, pair.count == 2 else {
          return [entry]
        }
        return [(.string(key + "1"), .string(pair[0])), (.string(key + "2"), .string(pair[1]))]
      })
  }

  /// A dictionary of columns of one length, `to_dict('list')`; nil without a column of text.
  init?(columnLists entries: [(key: Value, value: Value)]) {
    guard entries.count >= 3, entries.contains(where: { $0.value.textElements != nil }) else {
      return nil
    }
    var lists: [[Value]] = []
    for entry in entries {
      guard entry.key.text != nil, let list = entry.value.members, !list.isEmpty,
        list.count == lists.first?.count ?? list.count, entries.count * list.count <= Self.most,
        list.allSatisfy({ $0.isText || $0.singleNumber != nil })
      else { return nil }
      lists.append(list)
    }
    columns = entries.map { $0.key.text ?? "" }
    rows = lists[0].indices.map { row in lists.map { $0[row] } }
    let kinds = kinds
    guard kinds.contains(.text), kinds.contains(where: { $0 != .text }) else { return nil }
  }

  /// A dictionary of columns, or of rows, each a dictionary with the same keys and texts in it:
  /// rows when each of them holds both texts and numbers.
  init?(nested members: [(name: String, entries: [(key: Value, value: Value)])]) {
    guard let first = members.first else { return nil }
    let inner = first.entries.map { $0.key.text ?? "" }
    var cells: [[Value]] = []
    for member in members {
      guard member.entries.count == inner.count,
        zip(member.entries, inner).allSatisfy({ $0.key.text == $1 })
      else { return nil }
      cells.append(member.entries.map(\.value))
    }
    let names = members.map(\.name)
    let holdsRows = cells.allSatisfy { row in
      row.contains(where: \.isText) && row.contains { !$0.isText }
    }
    let keys = holdsRows ? names : inner
    columns = holdsRows ? inner : names
    rows = holdsRows ? cells : inner.indices.map { row in cells.map { $0[row] } }
    let isNamed = !keys.map({ Value.string($0) }).countFromZero
    guard isNamed else { return }
    columns.insert("", at: 0)
    for row in rows.indices { rows[row].insert(.string(keys[row]), at: 0) }
  }

  /// What each column holds.
  var kinds: [ColumnKind] {
    columns.indices.map { column in
      var kind = ColumnKind.whole
      for row in rows {
        if row[column].isText || row[column].isFlag { return .text }
        let number = row[column].singleNumber ?? .nan
        if number != number.rounded(), !number.isNaN { kind = .real }
      }
      return kind
    }
  }

  /// The columns in the order of `names`, `index` in front under no name, or left out where it
  /// counts.
  func ordered(_ names: [String], index: String?) -> TableFrame {
    var frame = self
    let order = ([index].compactMap(\.self) + names.filter { $0 != index })
      .compactMap { columns.firstIndex(of: $0) }
    frame.columns = order.map { columns[$0] }
    frame.rows = rows.map { row in order.map { row[$0] } }
    guard let index, frame.columns.first == index, !frame.rows.isEmpty else { return frame }
    if frame.rows.map({ $0[0] }).countFromZero {
      frame.columns.removeFirst()
      frame.rows = frame.rows.map { Array($0.dropFirst()) }
    }
    return frame
  }

  /// The matrix of the columns of numbers, named by the one column of texts; nil where there is
  /// none, or more than one.
  func matrix() throws(FormatError) -> NamedTable? {
    let kinds = kinds
    let texts = columns.indices.filter { kinds[$0] == .text }
    let numbers = columns.indices.filter { column in
      let isCount =
        LongColumns.isIndex(columns[column], column) && kinds[column] == .whole
        && rows.map { $0[column] }.countFromZero
      return kinds[column] != .text && !isCount
    }
    guard texts.count <= 1, !numbers.isEmpty else { return nil }
    let values = rows.flatMap { row in numbers.map { row[$0].singleNumber ?? .nan } }
    return NamedTable(
      scores: .array(try NDArray(copying: values, shape: [rows.count, numbers.count])),
      rows: texts.first.map { column in rows.map { $0[column].text ?? "" } },
      columns: numbers.map { columns[$0] })
  }
}

extension Value {
  /// Whether it is True or False.
  fileprivate var isFlag: Bool { if case .bool = self { true } else { false } }
}
