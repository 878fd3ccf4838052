import Core
import Similarity

/// Finds the CKA results in what a reader found: torch_cka's dictionary, dictionaries and lists of
/// such dictionaries; where there is none, tables with names; and at last bare matrices and vectors.
enum ResultExtractor {
  /// All results in `value`, in its order.
  /// - Parameter file: the path for `ResultID`.
  /// - Throws: `FormatError` when there is none, or when one of them is broken.
  static func comparisons(
    from value: ReadValue, file: String
  ) throws(FormatError) -> [Comparison] {
    var search = ResultSearch(builder: ComparisonBuilder(file: file, source: value))
    try search.marked(value.value, key: "", depth: 0)
    if search.results.isEmpty { try search.tables(value.value, key: "", entries: [], depth: 0) }
    if search.results.isEmpty { try search.bare(value.value) }
    guard !search.results.isEmpty else { throw search.firstProblem ?? nothing(in: value.value) }
    return search.results
  }

  private static func nothing(in value: Value) -> FormatError {
    if let other = OtherContent(value) { return other.error }
    let remedy = "cka opens what torch_cka's export() gives, a table with names, or a bare matrix"
    guard case .dictionary(let entries) = value else {
      return FormatError("no CKA result in it: the file holds \(value.kind)", remedy: remedy)
    }
    for name in ["CKA", "cka"] {
      guard case .dictionary(let content)? = entries[name] else { continue }
      let what =
        content.isEmpty ? "an empty dictionary" : "a dictionary, and \(list(content.map(\.key)))"
      return FormatError(
        "the key '\(name)' holds \(what), not a matrix",
        remedy: "save a matrix there, or numbers under the names of rows and columns")
    }
    let keys = entries.isEmpty ? "it is empty" : list(entries.map(\.key))
    return FormatError("no key 'CKA': \(keys)", remedy: remedy)
  }

  private static func list(_ keys: [Value]) -> String {
    let shown = keys.prefix(6).map { "'\(SafeText.sanitise(String($0.label.prefix(40))))'" }
    let more = keys.count > shown.count ? " and \(keys.count - shown.count) more" : ""
    return "it has \(shown.joined(separator: ", "))\(more)"
  }
}

/// One search through a value. Only two levels lie between the top and a result.
struct ResultSearch {
  let builder: ComparisonBuilder
  private(set) var results: [Comparison] = []
  /// What was wrong with the first table that was none, below the top.
  private(set) var firstProblem: FormatError?
  private var keys: Set<String> = []
  /// A file may share one list a million times over; a search must end all the same.
  private var visitsLeft = 100_000
  /// Lists are copied, and results may share them: a small file must not grow without end.
  private var listCellsLeft = 100_000_000

  init(builder: ComparisonBuilder) { self.builder = builder }

  private mutating func countVisit() throws(FormatError) {
    visitsLeft -= 1
    guard visitsLeft > 0 else { throw FormatError("the file holds too many lists to search") }
  }
}

// MARK: Results under the key CKA

extension ResultSearch {
  /// Adds the results that stand under `CKA` or `cka`.
  mutating func marked(_ value: Value, key: String, depth: Int) throws(FormatError) {
    try countVisit()
    switch value {
    case .dictionary(let entries): try marked(entries, key: key, depth: depth)
    case .list(let elements), .tuple(let elements):
      for (index, element) in elements.enumerated() where depth < 2 {
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
    if depth < 2 {
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
      if results.count == found, case .dictionary(let members) = scores,
        !members.isEmpty, members.allSatisfy({ ($0.value.arrayRank ?? 0) >= 2 })
      {
        let matrices = Matrices(members, isNested: false)
        for matrix in matrices.all {
          let inner = key.isEmpty ? matrix.key : "\(key)/\(matrix.key)"
          try add(
            matrix.scores, entries: matrix.about + about, key: inner,
            place: "\(place)/'\(matrix.key)'")
        }
      }
      if results.count > found || scores.isDictionary { return results.count > found }
    }
    try add(scores, entries: about, key: key, place: place)
    return true
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

// MARK: Tables

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
        firstProblem = firstProblem ?? error.located("key '\(key)'")
      }
    }
    guard results.count == found, depth == 0, case .dictionary(let members) = value else { return }
    for member in members where member.value.isDictionary || member.value.isListOfTables {
      let about = members.filter { !$0.value.isDictionary }
      try tables(
        member.value, key: SafeText.sanitise(member.key.label), entries: about, depth: 1)
    }
  }

  private mutating func addTables(
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

// MARK: Bare arrays

extension ResultSearch {
  /// Adds what is a matrix or vector without a word that it is CKA.
  /// - Throws: when the values or the names say that it is something else.
  mutating func bare(_ value: Value) throws(FormatError) {
    switch value {
    case .dictionary(let entries): try bare(entries)
    case .list(let elements), .tuple(let elements):
      guard !elements.isEmpty, !elements.contains(where: \.isDictionary) else { return }
      if !builder.isText, let other = OtherContent(value) { throw other.error }
      guard elements.allSatisfy(\.isMatrix) else {
        return try add(value, entries: [], key: "", place: "")
      }
      for (index, element) in elements.enumerated() {
        try check(element)
        try add(element, entries: [], key: "[\(index)]", place: "element \(index)")
      }
    case .array, .int, .float:
      try check(value)
      try add(value, entries: [], key: "", place: "")
    default: return
    }
  }

  /// Matrices under names of their own: an npz, or a safetensors file of one tensor.
  private mutating func bare(_ entries: [(key: Value, value: Value)]) throws(FormatError) {
    let whole = Value.dictionary(entries)
    if let other = OtherContent(whole), other.isCertain { throw other.error }
    var matrices = Matrices(entries, isNested: true)
    if matrices.all.isEmpty, !builder.isText { matrices = Matrices(vectors: entries) }
    let isKnown = builder.isText || CKANames.say(builder.file)
    // Whole numbers beside activations are masks and labels.
    let hasForeign = matrices.all.contains { foreign($0.scores) != nil }
    let fitting = matrices.all.filter {
      isKnown || CKANames.say($0.key)
        || (foreign($0.scores) == nil && !(hasForeign && $0.scores.isOfWholeNumbers))
    }
    guard let only = fitting.first else {
      for matrix in matrices.all { try check(matrix.scores) }
      return
    }
    let kept = Set(fitting.map(\.key))
    let leftOut = matrices.all.map(\.key).filter { !kept.contains($0) }
    let notes: [ResultNote] = leftOut.isEmpty ? [] : [.arraysLeftOut(leftOut)]
    let about = entries.filter { $0.value.arrayRank ?? 0 < 1 }
    if matrices.all.count == 1 {
      return try add(
        only.scores, entries: only.about + about, key: only.about.isEmpty ? "" : only.key,
        place: "key '\(only.key)'", notes: notes)
    }
    for matrix in fitting {
      try add(
        matrix.scores, entries: matrix.about + about, key: matrix.key, place: "key '\(matrix.key)'",
        notes: notes, isStrict: false)
    }
  }

  private func foreign(_ scores: Value) -> String? {
    guard case .array(let array) = scores else { return nil }
    guard array.shape.count <= 3 else {
      return "\(array.shape.count) dimensions, where a result has at most 3"
    }
    return ValueSample(array).foreign(least: 64)
  }

  /// Checks that an array may be CKA by its values.
  private func check(_ scores: Value) throws(FormatError) {
    guard !builder.isText, !CKANames.say(builder.file), case .array(let array) = scores,
      let words = foreign(scores)
    else { return }
    throw OtherContent.arrays([array], words: words).error
  }
}

// MARK: Adding

extension ResultSearch {
  private mutating func add(
    _ scores: Value, entries: [(key: Value, value: Value)], key: String, place: String,
    notes: [ResultNote] = [], isStrict: Bool = true
  ) throws(FormatError) {
    let path = key.isEmpty || place.contains("'\(key)'") ? place : "\(key), \(place)"
    for var result in try builder.comparisons(
      scores: scores, entries: entries, key: key, place: path, isStrict: isStrict)
    {
      guard results.count < Limits.resultsPerFile else {
        throw FormatError("the file holds more than \(Limits.resultsPerFile) results")
      }
      if result.dtype == "list" { listCellsLeft -= result.matrix.rows * result.matrix.columns }
      guard listCellsLeft >= 0 else { throw FormatError("the file's lists hold too many values") }
      result.warnings = notes.map(\.description) + result.warnings
      // Two keys may look alike once they are safe to show.
      let name = result.id.key
      var count = 1
      while !keys.insert(result.id.key).inserted {
        count += 1
        result.id.key = "\(name) (\(count))"
      }
      results.append(result)
    }
  }
}

extension Value {
  /// Whether it is a dictionary.
  var isDictionary: Bool { fields != nil }

  /// Whether a result may stand inside: a dictionary, or a list with one.
  fileprivate var mayHoldResults: Bool {
    switch self {
    case .dictionary: true
    case .list(let elements), .tuple(let elements): elements.contains(where: \.isDictionary)
    default: false
    }
  }

  /// Whether it is a list of records, or of rows that begin with a name.
  fileprivate var isListOfTables: Bool {
    switch self {
    case .list(let elements), .tuple(let elements):
      elements.first.map { first in
        first.isDictionary || (first.members?.first?.isText ?? false)
      } ?? false
    default: false
    }
  }

  /// Whether it is one number among keys that are all pairs of names, one of which may be called
  /// so.
  fileprivate func singleValueAmongPairs(_ entries: [(key: Value, value: Value)]) -> Bool {
    singleNumber != nil && entries.count > 1 && PairKeys(entries) != nil
  }

  /// Whether it is an array of whole numbers or truth values.
  fileprivate var isOfWholeNumbers: Bool {
    if case .array(let array) = self { !array.type.isFloatingPoint } else { false }
  }

  /// Dimensions of an array, or of lists nested around numbers; nil for anything else.
  var arrayRank: Int? {
    switch self {
    case .array(let array): array.shape.count
    case .int, .float: 0
    case .list(let elements), .tuple(let elements): elements.first?.arrayRank.map { $0 + 1 }
    default: nil
    }
  }
}
