import Core
import Similarity

/// Finds the CKA results in what a reader found: torch_cka's dictionary, dictionaries and lists of
/// such dictionaries, or bare matrices and vectors.
enum ResultExtractor {
  /// All results in `value`, in its order.
  /// - Parameter file: the path for `ResultID`.
  /// - Throws: `FormatError` when there is none, or when one of them is broken.
  static func comparisons(
    from value: ReadValue, file: String
  ) throws(FormatError) -> [Comparison] {
    var search = Search(builder: ComparisonBuilder(file: file, source: value))
    try search.visit(value.value, key: "", depth: 0)
    guard !search.results.isEmpty else { throw nothing(in: value.value) }
    return search.results
  }

  private static func nothing(in value: Value) -> FormatError {
    let remedy = "cka opens what torch_cka's export() gives, or a bare matrix"
    guard case .dictionary(let entries) = value else {
      return FormatError("no CKA result in it: the file holds \(value.kind)", remedy: remedy)
    }
    let shown = entries.prefix(6).map { entry in
      "'\(SafeText.sanitise(String((entry.key.text ?? "?").prefix(40))))'"
    }
    let more = entries.count > shown.count ? " and \(entries.count - shown.count) more" : ""
    let keys = shown.isEmpty ? "it is empty" : "it has \(shown.joined(separator: ", "))\(more)"
    return FormatError("no key 'CKA': \(keys)", remedy: remedy)
  }
}

/// One walk over a value. Only two levels lie between the top and a result.
private struct Search {
  let builder: ComparisonBuilder
  var results: [Comparison] = []
  private var keys: Set<String> = []
  /// A file may share one list a million times over; a walk must end all the same.
  private var visitsLeft = 100_000
  /// Lists are copied, and results may share them: a small file must not grow without end.
  private var listCellsLeft = 100_000_000

  init(builder: ComparisonBuilder) { self.builder = builder }

  mutating func visit(_ value: Value, key: String, depth: Int) throws(FormatError) {
    visitsLeft -= 1
    guard visitsLeft > 0 else { throw FormatError("the file holds too many lists to search") }
    switch value {
    case .dictionary(let entries): try visit(entries, key: key, depth: depth)
    case .list(let elements), .tuple(let elements):
      try visit(elements, of: value, key: key, depth: depth)
    case .array, .int, .float:
      guard depth == 0 else { return }
      try add(value, entries: [], key: key, place: "")
    default: return
    }
  }

  private mutating func visit(
    _ entries: [(key: Value, value: Value)], key: String, depth: Int
  ) throws(FormatError) {
    for name in ["CKA", "cka"] {
      guard let scores = entries[name] else { continue }
      if case .dictionary = scores { continue }
      return try add(scores, entries: entries, key: key, place: "key '\(name)'")
    }
    let found = results.count
    if depth < 2 {
      for entry in entries where entry.value.mayHoldResults {
        let name = SafeText.sanitise(entry.key.text ?? "?")
        try visit(entry.value, key: key.isEmpty ? name : "\(key)/\(name)", depth: depth + 1)
      }
    }
    guard results.count == found, depth == 0 else { return }
    for (name, group) in Self.grouped(entries) {
      try visit(group, key: SafeText.sanitise(name), depth: depth + 1)
    }
    if results.count == found { try addBareArrays(entries) }
  }

  private mutating func visit(
    _ elements: [Value], of list: Value, key: String, depth: Int
  ) throws(FormatError) {
    let holdsMatrices = !elements.isEmpty && elements.allSatisfy(\.isMatrix)
    for (index, element) in elements.enumerated() where depth < 2 {
      if element.mayHoldResults, element.isDictionary || depth == 0 {
        try visit(element, key: "\(key)[\(index)]", depth: depth + 1)
      } else if holdsMatrices, depth == 0 {
        try add(element, entries: [], key: "[\(index)]", place: "element \(index)")
      }
    }
    guard results.isEmpty, depth == 0, !elements.isEmpty,
      !elements.contains(where: \.isDictionary)
    else { return }
    try add(list, entries: [], key: key, place: "")
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

  /// Matrices under names of their own: an npz, or a safetensors file of one tensor.
  private mutating func addBareArrays(
    _ entries: [(key: Value, value: Value)]
  ) throws(FormatError) {
    var bare = entries.filter { $0.value.arrayRank == 2 || $0.value.arrayRank == 3 }
    if bare.isEmpty, !builder.isText {
      bare = entries.filter { entry in
        entry.value.isVector && entry.key.text?.hasSuffix("_layers") != true
      }
    }
    if bare.count == 1 {
      return try add(
        bare[0].value, entries: entries, key: "", place: "key '\(name(of: bare[0].key))'")
    }
    for entry in bare {
      let name = name(of: entry.key)
      try add(entry.value, entries: [], key: name, place: "key '\(name)'")
    }
  }

  private func name(of key: Value) -> String { SafeText.sanitise(key.text ?? "?") }

  private mutating func add(
    _ scores: Value, entries: [(key: Value, value: Value)], key: String, place: String
  ) throws(FormatError) {
    let path = key.isEmpty || place.contains("'\(key)'") ? place : "\(key), \(place)"
    for var result in try builder.comparisons(
      scores: scores, entries: entries, key: key, place: path)
    {
      guard results.count < Limits.resultsPerFile else {
        throw FormatError("the file holds more than \(Limits.resultsPerFile) results")
      }
      if result.dtype == "list" { listCellsLeft -= result.matrix.rows * result.matrix.columns }
      guard listCellsLeft >= 0 else { throw FormatError("the file's lists hold too many values") }
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
  fileprivate var isDictionary: Bool {
    if case .dictionary = self { true } else { false }
  }

  /// Whether a result may stand inside: a dictionary, or a list with one.
  fileprivate var mayHoldResults: Bool {
    switch self {
    case .dictionary: true
    case .list(let elements), .tuple(let elements): elements.contains(where: \.isDictionary)
    default: false
    }
  }

  fileprivate var isMatrix: Bool {
    if case .array(let array) = self { array.shape.count == 2 } else { false }
  }

  fileprivate var isVector: Bool {
    if case .array(let array) = self { array.shape.count == 1 } else { false }
  }

  /// Dimensions of an array, or of lists nested around numbers; nil for anything else.
  fileprivate var arrayRank: Int? {
    switch self {
    case .array(let array): array.shape.count
    case .int, .float: 0
    case .list(let elements), .tuple(let elements): elements.first?.arrayRank.map { $0 + 1 }
    default: nil
    }
  }
}
