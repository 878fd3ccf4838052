/// Whether `a` comes before `b` as a person would list them: "Teacher-4" before "Teacher-10".
///
/// Runs of ASCII digits compare as numbers of any length, ASCII letters without case, all else by
/// code point. Texts that differ only in case or in leading zeros are ordered by code point, so
/// that any two different texts have an order.
public func naturalOrder(_ a: String, _ b: String) -> Bool {
  let order = naturalComparison(a, b)
  return order == 0 ? a < b : order < 0
}

/// Negative, 0 or positive as `a` comes before, with or after `b`, case and leading zeros aside.
private func naturalComparison(_ a: String, _ b: String) -> Int {
  var left = a.utf8[...]
  var right = b.utf8[...]
  while let first = left.first, let second = right.first {
    if isDigit(first), isDigit(second) {
      let number = left.prefix(while: isDigit)
      let other = right.prefix(while: isDigit)
      let order = numericComparison(number, other)
      if order != 0 { return order }
      left = left[number.endIndex...]
      right = right[other.endIndex...]
    } else {
      let order = Int(folded(first)) - Int(folded(second))
      if order != 0 { return order }
      left = left.dropFirst()
      right = right.dropFirst()
    }
  }
  return (left.isEmpty ? 0 : 1) - (right.isEmpty ? 0 : 1)
}

private func numericComparison(_ a: Substring.UTF8View, _ b: Substring.UTF8View) -> Int {
  let a = a.drop { $0 == UInt8(ascii: "0") }
  let b = b.drop { $0 == UInt8(ascii: "0") }
  if a.count != b.count { return a.count - b.count }
  if a.elementsEqual(b) { return 0 }
  return a.lexicographicallyPrecedes(b) ? -1 : 1
}

private func isDigit(_ byte: UInt8) -> Bool {
  byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
}

private func folded(_ byte: UInt8) -> UInt8 {
  byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte + 32 : byte
}
