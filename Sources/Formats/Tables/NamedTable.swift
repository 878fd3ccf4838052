import Core

/// One result as a table gives it: values, and a name for each row and column where there are some.
struct NamedTable {
  /// Which of several this is; empty where there is one.
  var key = ""
  /// Numbers, as `ScoreArray` takes them.
  var scores: Value
  /// Names of rows and columns, raw; nil where they are only counted.
  var rows: [String]?
  var columns: [String]?
  /// Further entries of torch_cka's dictionary, such as `model1_name`.
  var about: [String: String] = [:]
  /// How it was understood.
  var notes: [ResultNote] = []

  /// The table's names under torch_cka's keys, with what else is known.
  var entries: [(key: Value, value: Value)] {
    var entries = about.map { (key: Value.string($0.key), value: Value.string($0.value)) }
    for (key, names) in [("model1_layers", rows), ("model2_layers", columns)] {
      if let names { entries.append((.string(key), .strings(names, shape: [names.count]))) }
    }
    return entries
  }
}

extension Value {
  /// A single number, also as an array of one element; NaN for nothing; nil for anything else.
  var singleNumber: Double? {
    switch self {
    case .none: .nan
    case .int(let number): Double(number)
    case .float(let number): number
    case .array(let array) where array.count == 1 && array.shape.count <= 2 && array.type != .bool:
      array.values().first
    default: nil
    }
  }

  /// The elements of a list, a tuple or a one-dimensional array; nil for anything else.
  var members: [Value]? {
    switch self {
    case .list(let elements), .tuple(let elements): elements
    case .array(let array) where array.shape.count == 1: array.values().map { .float($0) }
    case .strings(let texts, let shape) where shape.count == 1: texts.map { .string($0) }
    default: nil
    }
  }

  /// The texts of a list of nothing else, at least one; nil for anything else.
  var textElements: [String]? {
    switch self {
    case .list(let elements), .tuple(let elements):
      guard !elements.isEmpty, elements.allSatisfy(\.isText) else { return nil }
      return elements.map { $0.text ?? "" }
    case .strings(let texts, let shape): return shape.count == 1 && !texts.isEmpty ? texts : nil
    default: return nil
    }
  }

  /// Text that is no number.
  var isText: Bool {
    switch self {
    case .string, .bytes: true
    case .strings(_, let shape): shape.isEmpty
    default: false
    }
  }
}
