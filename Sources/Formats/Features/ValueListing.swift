import Core

/// A value taken apart into arrays with names; nested dictionaries become names with slashes.
/// Readers bound how deep values nest.
struct ValueListing {
  /// What stands behind an entry.
  enum Content: Sendable {
    case array(NDArray)
    case texts([String])
    case nothing
  }

  private(set) var entries: [FeatureEntry] = []
  private(set) var contents: [Content] = []

  /// Adds `value`, which is called `name`.
  /// - Parameter place: where it stands in a list, if it does; `name` is then the list's.
  mutating func add(_ value: Value, name: String, place: ListPlace?) {
    switch value {
    case .dictionary(let members):
      for member in members {
        let key = member.key.text ?? "?"
        add(member.value, name: name.isEmpty ? key : name + "/" + key, place: place)
      }
    case .array(let array):
      append(name, .numbers(array.type, shape: array.shape), .array(array), place)
    case .strings(let texts, _): append(name, .texts, .texts(texts), place)
    case .list(let values): addList(value, values, name: name, place: place, kind: .list)
    case .tuple(let values): addList(value, values, name: name, place: place, kind: .tuple)
    default: append(name, .other(value.kind), .nothing, place)
    }
  }

  private mutating func addList(
    _ value: Value, _ values: [Value], name: String, place: ListPlace?, kind: ListPlace.Kind
  ) {
    guard value.holdsArray(depth: 0) else {
      let texts = values.compactMap(\.text)
      let isTexts = texts.count == values.count && !texts.isEmpty
      return append(
        name, isTexts ? .texts : .other(value.kind), isTexts ? .texts(texts) : .nothing, place)
    }
    let isOfDictionaries = values.contains { if case .dictionary = $0 { true } else { false } }
    for (index, element) in values.enumerated() {
      // A model that lacks an output has None in its place.
      if case .none = element { continue }
      let step = ListPlace.Step(index: index, kind: isOfDictionaries ? .dictionaries : kind)
      add(element, name: name, place: ListPlace(steps: (place?.steps ?? []) + [step]))
    }
  }

  private mutating func append(
    _ name: String, _ content: FeatureEntry.Content, _ value: Content, _ place: ListPlace?
  ) {
    entries.append(FeatureEntry(name: name, content: content, list: place))
    contents.append(value)
  }
}

extension Value {
  /// Whether an array stands somewhere in it.
  func holdsArray(depth: Int) -> Bool {
    guard depth < Limits.depth else { return false }
    return switch self {
    case .array: true
    case .list(let values), .tuple(let values):
      values.contains { $0.holdsArray(depth: depth + 1) }
    case .dictionary(let members):
      members.contains { $0.value.holdsArray(depth: depth + 1) }
    default: false
    }
  }
}
