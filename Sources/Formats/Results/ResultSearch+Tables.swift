import Core

extension ResultSearch {
  /// Adds the tables in `value`, and in the dictionaries and lists right below it.
  mutating func tables(
    _ value: Value, key: String, entries: [(key: Value, value: Value)], depth: Int
  ) throws(FormatError) {
    try countVisit()
    let found = results.count
    let saysCKA = CKANames.say(builder.file) || CKANames.say(key) || builder.isKnownTable
    if depth == 0 {
      try addTables(value, key: key, entries: entries, saysCKA: saysCKA)
    } else {
      do throws(FormatError) {
        try addTables(value, key: key, entries: entries, saysCKA: saysCKA)
      } catch {
        note(error.located("key '\(key)'"))
      }
    }
    guard results.count == found, depth < Self.deepest, case .dictionary(let members) = value
    else { return }
    for member in members where member.value.isDictionary || member.value.isListOfTables {
      let about = members.filter { !$0.value.isDictionary }
      let name = SafeText.sanitise(member.key.label)
      try tables(
        member.value, key: key.isEmpty ? name : "\(key)/\(name)", entries: about + entries,
        depth: depth + 1)
    }
  }

  /// Adds the tables that `value` spells.
  mutating func addTables(
    _ value: Value, key: String, entries: [(key: Value, value: Value)], saysCKA: Bool
  ) throws(FormatError) {
    for table in try TableReader(saysCKA: saysCKA).tables(value) ?? [] {
      let table = try table.mirrored()
      let inner = [key, table.key].filter { !$0.isEmpty }.joined(separator: "/")
      try add(
        table.scores, entries: table.entries + entries, key: inner,
        place: key.isEmpty ? "" : "key '\(key)'",
        notes: table.notes)
    }
  }
}
