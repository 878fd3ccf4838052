import Core

extension ResultSearch {
  /// Adds what is a matrix or vector without a word that it is CKA.
  /// - Throws: when the values or the names say that it is something else.
  mutating func bare(_ value: Value) throws(FormatError) {
    switch value {
    case .dictionary(let entries): try bare(entries)
    case .list(let elements), .tuple(let elements):
      guard !elements.isEmpty, !elements.contains(where: \.isDictionary) else { return }
      if !builder.isText, let other = OtherContent(value) { throw other.error }
      if let named = Self.withNames(elements) { return try bare(named) }
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

  /// A matrix and the lists of its names, `(matrix, rows, columns)`, under keys.
  private static func withNames(_ elements: [Value]) -> [(key: Value, value: Value)]? {
    let names = elements.filter { $0.textElements != nil }
    guard (1...2).contains(names.count), elements.count == names.count + 1,
      let matrix = elements.first(where: { $0.textElements == nil }), matrix.arrayRank == 2
    else { return nil }
    let keys = names.count == 1 ? ["layers"] : ["layers1", "layers2"]
    return [(.string("CKA"), matrix)] + zip(keys, names).map { (.string($0), $1) }
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
