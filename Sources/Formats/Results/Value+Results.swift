extension Value {
  /// Whether it is a dictionary.
  var isDictionary: Bool { fields != nil }

  /// Whether a result may stand inside: a dictionary, or a list with one.
  var mayHoldResults: Bool {
    switch self {
    case .dictionary: true
    case .list(let elements), .tuple(let elements): elements.contains(where: \.isDictionary)
    default: false
    }
  }

  /// Whether it is a list of records, or of rows that begin with a name.
  var isListOfTables: Bool {
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
  func singleValueAmongPairs(_ entries: [(key: Value, value: Value)]) -> Bool {
    singleNumber != nil && entries.count > 1 && PairKeys(entries) != nil
  }

  /// Whether it is an array of whole numbers or truth values.
  var isOfWholeNumbers: Bool {
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
