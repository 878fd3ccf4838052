import Core

/// Makes a `Value` of what a pickle machine built: each container once, cycles and bombs refused.
struct PickleResolver {
  /// A finished container, and how many values it is when shared ones are counted wherever they
  /// stand.
  private struct Resolved {
    var value: Value
    var weight: Int
  }

  private enum State {
    case untouched
    case underway
    case done(Resolved)
  }

  private let nodes: [PickleNode]
  private let source: String
  private var states: [State]

  /// The value of `item`, which `machine` left.
  static func value(
    of item: PickleItem, in machine: PickleMachine
  ) throws(FormatError) -> Value {
    var resolver = PickleResolver(machine)
    return try resolver.resolve(item, depth: 0).value
  }

  private init(_ machine: PickleMachine) {
    nodes = machine.nodes
    source = machine.cursor.source
    states = Array(repeating: .untouched, count: machine.nodes.count)
  }

  private mutating func resolve(_ item: PickleItem, depth: Int) throws(FormatError) -> Resolved {
    switch item {
    case .none: return Resolved(value: .none, weight: 1)
    case .bool(let value): return Resolved(value: .bool(value), weight: 1)
    case .int(let value): return Resolved(value: .int(value), weight: 1)
    case .float(let value): return Resolved(value: .float(value), weight: 1)
    case .string(let text):
      return Resolved(value: .string(text), weight: 1 + text.utf8.count / 64)
    case .bytes(let slice):
      return Resolved(value: .bytes(slice), weight: 1 + slice.count / 64)
    case .symbol:
      throw FormatError(
        .unsafe, "the pickle holds a class or function", at: source,
        remedy: "save plain dictionaries, lists, tensors and arrays")
    case .node(let index): return try resolve(node: index, depth: depth)
    }
  }

  private mutating func resolve(node index: Int, depth: Int) throws(FormatError) -> Resolved {
    switch states[index] {
    case .done(let resolved): return resolved
    case .underway:
      throw FormatError(
        .damaged, "\(nodes[index].kind) in the pickle holds itself", at: source,
        remedy: "save a result without cycles")
    case .untouched: break
    }
    guard depth < Limits.depth else {
      throw FormatError(
        .tooLarge, "values in the pickle nest deeper than \(Limits.depth)", at: source,
        remedy: "save the result flatter")
    }
    states[index] = .underway
    let resolved = try make(nodes[index], depth: depth + 1)
    guard resolved.weight <= PickleLimits.values else {
      throw FormatError(
        .tooLarge, "the pickle unfolds to more than \(PickleLimits.values) values", at: source,
        remedy: "save fewer results in one file")
    }
    states[index] = .done(resolved)
    return resolved
  }

  private mutating func make(_ node: PickleNode, depth: Int) throws(FormatError) -> Resolved {
    switch node {
    case .list(let items):
      let (values, weight) = try resolve(items, depth: depth)
      return Resolved(value: .list(values), weight: weight)
    case .tuple(let items):
      let (values, weight) = try resolve(items, depth: depth)
      return Resolved(value: .tuple(values), weight: weight)
    case .dictionary(let entries): return try makeDictionary(entries, depth: depth)
    case .tensor(let tensor): return Resolved(value: .array(try tensor.array()), weight: 1)
    case .storage(let storage): return Resolved(value: .array(try storage.array()), weight: 1)
    case .value(.strings(let texts, let shape)):
      return Resolved(value: .strings(texts, shape: shape), weight: 1 + texts.count)
    case .value(let value): return Resolved(value: value, weight: 1)
    case .dtype, .objectType, .emptyArray:
      throw FormatError(
        .wrongType, "the pickle holds \(node.kind) where a value should be", at: source,
        remedy: "save the result again; the file is damaged")
    }
  }

  private mutating func resolve(
    _ items: [PickleItem], depth: Int
  ) throws(FormatError) -> ([Value], weight: Int) {
    var values: [Value] = []
    values.reserveCapacity(items.count)
    var weight = 1
    for item in items {
      let resolved = try resolve(item, depth: depth)
      values.append(resolved.value)
      weight += resolved.weight  // at most 50 million each, so no sum in memory overflows
    }
    return (values, weight)
  }

  /// As in Python, a key met again keeps its first place and takes the last value.
  private mutating func makeDictionary(
    _ entries: [(key: PickleItem, value: PickleItem)], depth: Int
  ) throws(FormatError) -> Resolved {
    var result: [(key: Value, value: Value)] = []
    result.reserveCapacity(entries.count)
    var places: [PickleKey: Int] = [:]
    var weight = 1
    for entry in entries {
      let key = try resolve(entry.key, depth: depth)
      let value = try resolve(entry.value, depth: depth)
      weight += key.weight + value.weight
      try check(weight, ofKey: key.weight)
      guard let hashed = PickleKey(key.value) else {
        throw FormatError(
          .damaged, "a dictionary in the pickle has a key that Python could not have", at: source,
          remedy: "save the result again; the file is damaged")
      }
      if let place = places[hashed] {
        result[place].value = value.value
      } else {
        places[hashed] = result.count
        result.append((key.value, value.value))
      }
    }
    return Resolved(value: .dictionary(result), weight: weight)
  }

  /// A key is unfolded each time it is compared: before that, it must be small, and the dictionary
  /// so far within bounds.
  private func check(_ weight: Int, ofKey keyWeight: Int) throws(FormatError) {
    guard keyWeight <= PickleLimits.keyValues, weight <= PickleLimits.values else {
      throw FormatError(
        .tooLarge,
        keyWeight > PickleLimits.keyValues
          ? "a dictionary's key in the pickle unfolds to more than \(PickleLimits.keyValues) values"
          : "the pickle unfolds to more than \(PickleLimits.values) values", at: source,
        remedy: "save dictionaries with short texts as keys")
    }
  }
}

/// A dictionary key as Python compares it: 1, 1.0 and True are one key, text is compared by code
/// points.
private enum PickleKey: Hashable {
  case none
  case int(Int)
  case float(Double)
  case text([UInt8])
  case bytes([UInt8])
  case tuple([PickleKey])

  /// nil for what Python cannot hash.
  init?(_ value: Value) {
    switch value {
    case .none: self = .none
    case .bool(let value): self = .int(value ? 1 : 0)
    case .int(let value): self = .int(value)
    case .float(let value): self = Int(exactly: value).map { .int($0) } ?? .float(value)
    case .string(let text): self = .text(Array(text.utf8))
    case .bytes(let slice): self = .bytes(slice.array)
    case .array(let array) where array.shape.isEmpty:
      guard let number = array.values().first else { return nil }
      self = Int(exactly: number).map { .int($0) } ?? .float(number)
    case .strings(let texts, let shape) where shape.isEmpty && texts.count == 1:
      self = .text(Array(texts[0].utf8))
    case .tuple(let values):
      var keys: [PickleKey] = []
      for value in values {
        guard let key = PickleKey(value) else { return nil }
        keys.append(key)
      }
      self = .tuple(keys)
    case .list, .dictionary, .array, .strings: return nil
    }
  }
}
