import Similarity

/// What a reader makes of a file: its content, before anyone asks whether it is a CKA result.
struct ReadValue {
  /// The content.
  var value: Value
  /// The container.
  var format: ResultFormat
  /// What the user should know.
  var warnings: [ResultNote] = []
}

extension ReadValue {
  /// What a table holds: torch_cka's dictionary, or one for each of several results.
  init(tables: [NamedTable], format: ResultFormat) {
    let members = tables.map { table in
      (
        key: Value.string(table.key),
        value: Value.dictionary([(.string("CKA"), table.scores)] + table.entries)
      )
    }
    var warnings: [ResultNote] = []
    for note in tables.flatMap(\.notes) where !warnings.contains(note) {
      warnings.append(note)
    }
    self.init(
      value: members.count == 1 && tables[0].key.isEmpty ? members[0].value : .dictionary(members),
      format: format, warnings: warnings)
  }
}
