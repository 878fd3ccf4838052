import Core

/// Layer names out of whatever holds them: lists, tuples, numpy text arrays, bytes, numbers.
struct LayerNames {
  /// The names, safe to show; nil when the file gives none at all.
  let names: [String]?
  /// How many of them are missing (None) and numbered instead.
  let missing: Int

  /// The names in `value`.
  init(_ value: Value?) throws(FormatError) {
    let texts = try Self.texts(value)
    guard let texts, texts.isEmpty || texts.contains(where: { $0 != nil }) else {
      names = nil
      missing = 0
      return
    }
    names = texts.enumerated().map { index, text in
      text.map(SafeText.sanitise) ?? String(index + 1)
    }
    missing = texts.count { $0 == nil }
  }

  private static func texts(_ value: Value?) throws(FormatError) -> [String?]? {
    switch value {
    case .list(let elements)?, .tuple(let elements)?:
      try check(elements.count)
      return elements.map(\.text)
    case .strings(let names, _)?:
      try check(names.count)
      return names
    case .array(let array)?:
      guard array.shape.count == 1 else { return nil }
      try check(array.count)
      return array.values().map { Value.float($0).text }
    case .dictionary(let entries)?:
      try check(entries.count)
      return entries.map(\.key.text)
    case .string?, .bytes?: return [value?.text]
    default: return nil
    }
  }

  private static func check(_ count: Int) throws(FormatError) {
    guard count <= Limits.layers else {
      throw FormatError(.tooLarge, "\(count) layer names, more than \(Limits.layers)")
    }
  }
}

extension Value {
  /// A name as text, raw: numbers are spelled, bytes read as UTF-8; nil where there is no single
  /// name.
  var text: String? {
    switch self {
    case .string(let text): text
    case .bytes(let slice): String(decoding: slice.bytes, as: UTF8.self)
    case .int(let number): String(number)
    case .bool(let flag): flag ? "True" : "False"
    case .float(let number): Int(exactly: number).map(String.init) ?? String(number)
    case .strings(let texts, _): texts.count == 1 ? texts[0] : nil
    case .array(let array) where array.count == 1 && array.shape.count <= 2:
      array.values().first.flatMap { Value.float($0).text }
    default: nil
    }
  }
}
