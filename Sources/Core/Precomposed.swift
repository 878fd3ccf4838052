extension String {
  /// Canonical composition, so that é is one scalar however the file spells it.
  ///
  /// Swift compares Characters by canonical equivalence but gives no composed form without
  /// Foundation. This covers the letters that have a code point of their own in Latin, Greek,
  /// Cyrillic and Japanese script, and Korean syllables; the marks that are left over are escaped
  /// by `SafeText`.
  var precomposed: String {
    guard unicodeScalars.contains(where: { $0.value >= 0x300 }) else { return self }
    var result = ""
    for character in self {
      let scalars = character.unicodeScalars
      if scalars.count > 1, let whole = Self.composed[character] ?? hangulSyllable(scalars) {
        result.unicodeScalars.append(whole)
      } else if scalars.count > 1 {
        result.unicodeScalars.append(contentsOf: partlyComposed(scalars))
      } else {
        result.unicodeScalars.append(contentsOf: scalars)
      }
    }
    return result
  }

  /// The first two scalars composed if they can be, for letters that carry a second mark in vain.
  private func partlyComposed(_ scalars: UnicodeScalarView) -> [Unicode.Scalar] {
    var pair = ""
    pair.unicodeScalars.append(contentsOf: scalars.prefix(2))
    guard let character = pair.first, let whole = Self.composed[character], scalars.count > 2
    else { return Array(scalars) }
    return [whole] + scalars.dropFirst(2)
  }

  /// The syllable that two or three conjoining jamo spell, by the arithmetic of the Unicode
  /// Standard, section 3.12.
  private func hangulSyllable(_ scalars: UnicodeScalarView) -> Unicode.Scalar? {
    let values = scalars.map(\.value)
    guard values.count <= 3, (0x1100..<0x1113).contains(values[0]),
      (0x1161..<0x1176).contains(values[1])
    else { return nil }
    var trailing: UInt32 = 0
    if values.count == 3 {
      guard (0x11A8..<0x11C3).contains(values[2]) else { return nil }
      trailing = values[2] - 0x11A7
    }
    return Unicode.Scalar(
      0xAC00 + ((values[0] - 0x1100) * 21 + values[1] - 0x1161) * 28 + trailing)
  }

  /// Letters with marks that have a code point of their own, found by canonical equivalence.
  private static let composed: [Character: Unicode.Scalar] = {
    let blocks: [ClosedRange<UInt32>] = [
      0xC0...0x24F, 0x386...0x4F9, 0x1E00...0x1FFF, 0x304C...0x30FE,
    ]
    var table: [Character: Unicode.Scalar] = [:]
    for value in blocks.joined() {
      guard let scalar = Unicode.Scalar(value) else { continue }
      // Some, such as U+1F71, are second names of a letter that the table has already.
      let character = Character(scalar)
      if table[character] == nil { table[character] = scalar }
    }
    return table
  }()
}
