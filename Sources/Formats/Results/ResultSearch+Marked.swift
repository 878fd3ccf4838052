import Core
import Similarity

extension ResultSearch {
  /// Adds the results that stand under `CKA` or `cka`.
  mutating func marked(_ value: Value, key: String, depth: Int) throws(FormatError) {
    try countVisit()
    switch value {
    case .dictionary(let entries): try marked(entries, key: key, depth: depth)
    case .list(let elements), .tuple(let elements):
      if Self.isLongTable(elements) {
        return try tables(value, key: key, entries: [], depth: depth)
      }
      for (index, element) in elements.enumerated() where depth < Self.deepest {
        guard element.mayHoldResults, element.isDictionary || depth == 0 else { continue }
        try marked(element, key: "\(key)[\(index)]", depth: depth + 1)
      }
    default: return
    }
  }

  private mutating func marked(
    _ entries: [(key: Value, value: Value)], key: String, depth: Int
  ) throws(FormatError) {
    if isLongTable(entries) {
      return try tables(.dictionary(entries), key: key, entries: [], depth: 1)
    }
    for name in ["CKA", "cka"] {
      guard let scores = entries[name], !scores.singleValueAmongPairs(entries) else { continue }
      if try content(of: scores, entries: entries, key: key, name: name) { return }
    }
    let found = results.count
    if depth < Self.deepest {
      for entry in entries where entry.value.mayHoldResults {
        let name = SafeText.sanitise(entry.key.label)
        try marked(entry.value, key: key.isEmpty ? name : "\(key)/\(name)", depth: depth + 1)
      }
    }
    guard results.count == found, depth == 0 else { return }
    for (name, group) in Self.grouped(entries) {
      try marked(.dictionary(group), key: SafeText.sanitise(name), depth: depth + 1)
    }
  }

  /// Records of a pair of names and its value, where `cka` is one of the keys.
  private static func isLongTable(_ elements: [Value]) -> Bool {
    guard elements.count > 1, let first = elements[0].fields, first["model1_layers"] == nil,
      let frame = TableFrame(records: elements)
    else { return false }
    return LongColumns(header: frame.columns, kinds: frame.kinds) != nil
  }

  /// Columns of names and of values in one dictionary, where `cka` is one of the columns.
  private func isLongTable(_ entries: [(key: Value, value: Value)]) -> Bool {
    guard entries["model1_layers"] == nil, let frame = TableFrame(columnLists: entries)
    else { return false }
    return LongColumns(header: frame.columns, kinds: frame.kinds) != nil
  }

  /// Adds what stands under the key `name`; false for a dictionary in which results may stand
  /// further down.
  private mutating func content(
    of scores: Value, entries: [(key: Value, value: Value)], key: String, name: String
  ) throws(FormatError) -> Bool {
    let place = "key '\(name)'"
    let about = entries.filter { entry in
      if case .string(name) = entry.key { false } else { true }
    }
    if scores.isDictionary || scores.isListOfTables {
      let found = results.count
      do throws(FormatError) {
        try addTables(scores, key: key, entries: about, saysCKA: true)
      } catch { throw error.located(key.isEmpty ? place : "\(key), \(place)") }
      if results.count == found, case .dictionary(let members) = scores {
        try matrices(members, about: about, key: key, place: place)
      }
      if results.count > found || scores.isDictionary { return results.count > found }
    }
    try add(scores, entries: about, key: key, place: place)
    return true
  }

  /// Adds the matrices of a dictionary under `CKA`, which may hold their names too.
  private mutating func matrices(
    _ members: [(key: Value, value: Value)], about: [(key: Value, value: Value)], key: String,
    place: String
  ) throws(FormatError) {
    let others = members.filter { ($0.value.arrayRank ?? 0) < 2 }
    guard others.allSatisfy({ $0.value.textElements != nil || $0.value.text != nil }) else {
      return
    }
    let matrices = Matrices(members, isNested: false).all
    for matrix in matrices {
      // A key that only says "values" tells one matrix from nothing.
      let name = matrices.count == 1 && !others.isEmpty ? "" : matrix.key
      try add(
        matrix.scores, entries: matrix.about + others + about,
        key: [key, name].filter { !$0.isEmpty }.joined(separator: "/"),
        place: "\(place)/'\(matrix.key)'", isStrict: others.isEmpty)
    }
  }

  /// Flat keys such as "run A/CKA", which is how an npz holds several results, by what stands
  /// before the last slash.
  private static func grouped(
    _ entries: [(key: Value, value: Value)]
  ) -> [(name: String, entries: [(key: Value, value: Value)])] {
    var order: [String] = []
    var groups: [String: [(key: Value, value: Value)]] = [:]
    for (key, value) in entries {
      guard let text = key.text, let slash = text.lastIndex(of: "/") else { continue }
      let name = String(text[..<slash])
      if groups[name] == nil { order.append(name) }
      groups[name, default: []].append((.string(String(text[text.index(after: slash)...])), value))
    }
    return order.map { ($0, groups[$0] ?? []) }
  }
}
