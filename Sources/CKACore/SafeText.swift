/// Text from files made harmless for every surface: screen, standard error, titles, exports, file names.
public enum SafeText {
  /// Longest name kept, in Unicode scalars; the middle of a longer one is left out.
  public static let longestName = 512

  /// `text` with everything that could steer a terminal or reorder the line shown as a visible escape
  /// (`\u{1B}`, `\n`), and the middle of an over-long text replaced by `…`.
  ///
  /// Escaped: C0, DEL, C1, line and paragraph separators, bidirectional controls, zero-width and
  /// variation selectors, private use, tags, non-characters, and combining marks that do not compose.
  public static func sanitise(_ text: String) -> String {
    var result = ""
    for scalar in shortened(text).precomposed.unicodeScalars {
      if isHarmless(scalar) {
        result.unicodeScalars.append(scalar)
      } else {
        result += escape(scalar)
      }
    }
    return result
  }

  private static func shortened(_ text: String) -> String {
    let scalars = text.unicodeScalars
    guard scalars.index(scalars.startIndex, offsetBy: longestName + 1, limitedBy: scalars.endIndex) != nil
    else { return text }
    let half = longestName / 2
    return String(scalars.prefix(half)) + "…" + String(scalars.suffix(half))
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\n": "\\n"
    case "\r": "\\r"
    case "\t": "\\t"
    default: "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
    }
  }

  private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x7F { return scalar.value >= 0x20 }
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator, .nonspacingMark, .enclosingMark, .spacingMark:
      return false
    default:
      return !scalar.properties.isVariationSelector
        && !scalar.properties.isDefaultIgnorableCodePoint
    }
  }
}

extension String {
  /// Canonical composition, so that é is one scalar however the file spells it.
  fileprivate var precomposed: String {
    guard unicodeScalars.contains(where: { $0.value >= 0x300 }) else { return self }
    // Swift compares and iterates Characters by canonical equivalence, but gives no composed form
    // without Foundation; composing a base and its mark pairwise covers the marks that names have.
    var result = ""
    for character in self {
      let scalars = character.unicodeScalars
      if scalars.count == 2, let composed = Self.composed[character] {
        result.unicodeScalars.append(composed)
      } else {
        result.unicodeScalars.append(contentsOf: scalars)
      }
    }
    return result
  }

  /// Latin letters with a mark that have a code point of their own, by canonical equivalence.
  private static let composed: [Character: Unicode.Scalar] = {
    var table: [Character: Unicode.Scalar] = [:]
    for value in Array(UInt32(0xC0)...0x24F) + Array(0x1E00...0x1EFF) {
      if let scalar = Unicode.Scalar(value) { table[Character(scalar)] = scalar }
    }
    return table
  }()
}
