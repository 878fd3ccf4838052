import Core

/// Lists of names that stand beside a matrix under keys of their own: `layers`, `rows`, `layers_a`.
struct NameLists {
  /// One such list.
  struct Found {
    /// Its key, safe to show.
    let key: String
    let names: [String]
  }

  /// In the order of the file.
  let lists: [Found]

  /// The lists in `entries`, those under torch_cka's own keys left out.
  init(_ entries: [(key: Value, value: Value)]) {
    lists = entries.flatMap { entry -> [Found] in
      guard let key = entry.key.text, !Self.known.contains(key) else { return [] }
      if let found = Self.found(key, entry.value) { return [found] }
      // `{"layers": {"x": […], "y": […]}}`.
      return (entry.value.fields ?? []).prefix(8).compactMap { inner in
        inner.key.text.flatMap { Self.found("\(key)/\($0)", inner.value) }
      }
    }
  }

  private static func found(_ key: String, _ value: Value) -> Found? {
    guard let elements = value.textElements, elements.count <= Limits.layers else { return nil }
    return Found(key: SafeText.sanitise(key), names: elements.map(SafeText.sanitise))
  }

  /// Which lists name the rows and the columns of a matrix, where there is no doubt.
  func sides(rows: Int, columns: Int) -> (rows: Found?, columns: Found?) {
    let fitting = lists.filter { $0.names.count == rows || $0.names.count == columns }
    guard rows == columns else {
      let (first, second) = (
        fitting.filter { $0.names.count == rows }, fitting.filter { $0.names.count == columns }
      )
      return (first.count == 1 ? first[0] : nil, second.count == 1 ? second[0] : nil)
    }
    switch fitting.count {
    case 1:
      let side = Side(fitting[0].key)
      return (side == .second ? nil : fitting[0], side == .first ? nil : fitting[0])
    case 2:
      let isTurned = Side(fitting[0].key) == .second && Side(fitting[1].key) != .second
      return isTurned ? (fitting[1], fitting[0]) : (fitting[0], fitting[1])
    default: return (nil, nil)
    }
  }

  private static let known: Set = [
    "model1_layers", "model2_layers", "model1_name", "model2_name", "dataset1_name",
    "dataset2_name",
  ]

  /// Which side a key means by its words.
  private enum Side {
    case first, second, unknown

    init(_ key: String) {
      let text = key.lowercased()
      let words = Set(text.split { "_ -./".contains($0) }.map(String.init))
      let digits = text.filter { "12".contains($0) }
      if digits == "1" || !words.isDisjoint(with: ["row", "rows", "a", "y", "index", "yticks"]) {
        self = .first
      } else if digits == "2"
        || !words.isDisjoint(with: ["col", "cols", "column", "columns", "b", "x", "xticks"])
      {
        self = .second
      } else {
        self = .unknown
      }
    }
  }
}
