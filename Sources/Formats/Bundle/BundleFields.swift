import Core

// What the JSON texts of a bundle are made of and read with.

extension JSONText {
  /// An object; the values are JSON texts already.
  static func object(_ fields: [(key: String, value: String)]) -> String {
    "{" + fields.map { string($0.key) + ": " + $0.value }.joined(separator: ", ") + "}"
  }
}

extension Value {
  /// The entries of an object; nil for anything else.
  var fields: [(key: Value, value: Value)]? {
    if case .dictionary(let fields) = self { fields } else { nil }
  }

  /// The elements of a list; the elements of a list of numbers are floating-point. Nil for anything
  /// else.
  var list: [Value]? {
    switch self {
    case .list(let elements): elements
    case .array(let array) where array.shape.count == 1: array.values().map(Value.float)
    default: nil
    }
  }

  /// A text, made safe to show; nil for anything else.
  var safeText: String? {
    if case .string(let text) = self { SafeText.sanitise(text) } else { nil }
  }

  /// A whole number; nil for anything else.
  var integer: Int? {
    switch self {
    case .int(let number): number
    case .float(let number): Int(exactly: number)
    default: nil
    }
  }

  /// True or false; nil for anything else.
  var truth: Bool? {
    if case .bool(let truth) = self { truth } else { nil }
  }

  /// A finite number; nil for anything else.
  var number: Double? {
    switch self {
    case .int(let number): Double(number)
    case .float(let number): number.isFinite ? number : nil
    default: nil
    }
  }

  /// A list of whole numbers from 0 to 2³⁰, so that no sum of them overflows; nil for anything
  /// else.
  var counts: [Int]? {
    guard let list else { return nil }
    let counts = list.compactMap(\.integer)
    return counts.count == list.count && counts.allSatisfy { $0 >= 0 && $0 <= 1 << 30 }
      ? counts : nil
  }
}
