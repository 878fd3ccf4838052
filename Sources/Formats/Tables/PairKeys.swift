import Core

/// A dictionary whose keys are pairs of names, `{("conv1", "fc"): 0.5}`, also as JSON has them:
/// `"('conv1', 'fc')"` or `"conv1,fc"`.
struct PairKeys {
  private let pairs: [(row: String, column: String, value: Double)]

  /// The pairs; nil when the keys are no pairs, or the values no numbers.
  init?(_ entries: [(key: Value, value: Value)]) {
    guard !entries.isEmpty, let names = Self.names(entries.map(\.key)) else { return nil }
    var pairs: [(row: String, column: String, value: Double)] = []
    for (pair, entry) in zip(names, entries) {
      guard let value = entry.value.singleNumber else { return nil }
      pairs.append((pair.row, pair.column, value))
    }
    self.pairs = pairs
  }

  /// The matrix of all pairs.
  /// - Throws: as `PairTable.table()`.
  func table() throws(FormatError) -> NamedTable {
    var table = PairTable()
    for pair in pairs { try table.add(row: pair.row, column: pair.column, value: pair.value) }
    return try table.table()
  }

  /// The two names of each key; nil when one of them is no pair.
  /// - Parameter isCertain: only separators that names have none of count.
  static func names(
    _ keys: [Value], isCertain: Bool = false
  ) -> [(row: String, column: String)]? {
    let tuples = keys.map(pair)
    if let all = tuples.unwrapped() { return all }
    let texts = keys.map { key -> String? in if case .string(let text) = key { text } else { nil } }
    guard let texts = texts.unwrapped() else { return nil }
    if let all = texts.map(PythonPair.names).unwrapped() { return all }
    for separator in certainSeparators {
      if let all = split(texts, separator) { return all }
    }
    guard !isCertain else { return nil }
    // These occur in names too: they separate only where every row has every column.
    for separator in likelySeparators {
      if let all = split(texts, separator), isWhole(all) { return all }
    }
    return nil
  }

  private static let certainSeparators = [
    ", ", ",", " | ", "|", "; ", ";", " <-> ", "<->", " -> ", "->", " => ", "=>", " vs. ", " vs ",
    "_vs_",
    "-vs-", " & ", "&",
  ]
  private static let likelySeparators = [
    " × ", " x ", " - ", " and ", "::", "--", "__", "~", ":", "/",
  ]

  private static func pair(_ key: Value) -> (row: String, column: String)? {
    guard case .tuple(let parts) = key, parts.count == 2,
      !parts.contains(where: { $0.label == "?" })
    else { return nil }
    return (parts[0].label, parts[1].label)
  }

  private static func split(
    _ texts: [String], _ separator: String
  ) -> [(row: String, column: String)]? {
    var names: [(row: String, column: String)] = []
    for text in texts {
      let parts = text.components(around: separator)
      guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
      names.append((parts[0], parts[1]))
    }
    return names
  }

  private static func isWhole(_ names: [(row: String, column: String)]) -> Bool {
    let (rows, columns) = (Set(names.map(\.row)).count, Set(names.map(\.column)).count)
    return rows > 1 && columns > 1 && rows * columns == names.count
  }
}

/// Python's `repr` of a tuple of two texts or whole numbers: `('conv1', "it's")`.
private enum PythonPair {
  static func names(_ text: String) -> (row: String, column: String)? {
    guard text.hasPrefix("("), text.hasSuffix(")") else { return nil }
    var rest = text.dropFirst().dropLast()
    guard let row = next(&rest), rest.hasPrefix(",") else { return nil }
    rest = rest.dropFirst()
    while rest.first == " " { rest = rest.dropFirst() }
    guard let column = next(&rest), rest.isEmpty else { return nil }
    return (row, column)
  }

  /// The text or number that `rest` begins with.
  private static func next(_ rest: inout Substring) -> String? {
    guard let quote = rest.first, quote == "'" || quote == "\"" else {
      let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == "-") }
      guard !digits.isEmpty else { return nil }
      rest = rest[digits.endIndex...]
      return String(digits)
    }
    var name = ""
    rest = rest.dropFirst()
    while let character = rest.first {
      rest = rest.dropFirst()
      if character == quote { return name }
      guard character == "\\" else {
        name.append(character)
        continue
      }
      // Python escapes quotes and backslashes; what else it escapes no name has.
      guard let escaped = rest.first, "\\'\"".contains(escaped) else { return nil }
      name.append(escaped)
      rest = rest.dropFirst()
    }
    return nil
  }
}

extension String {
  /// The parts before, between and after each `separator`.
  fileprivate func components(around separator: String) -> [String] {
    split(separator: separator, omittingEmptySubsequences: false).map(String.init)
  }
}

extension Array {
  /// All elements, or nil when one of them is nil.
  fileprivate func unwrapped<Wrapped>() -> [Wrapped]? where Element == Wrapped? {
    let all = compactMap(\.self)
    return all.count == count ? all : nil
  }
}
