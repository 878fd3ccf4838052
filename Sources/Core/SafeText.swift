/// Text from files made harmless for every surface: screen, standard error, titles, exports, file
/// names.
public enum SafeText {
  /// Longest name kept, in Unicode scalars; the middle of a longer one is left out.
  public static let longestName = 512

  /// `text` with everything that could steer a terminal or reorder the line shown as a visible
  /// escape (`\u{1B}`, `\n`), and the middle of an over-long text replaced by `…`. At most
  /// `longestName` scalars.
  ///
  /// Escaped: C0, DEL, C1, line and paragraph separators, bidirectional controls, zero-width and
  /// variation selectors, private use, tags, non-characters, and combining marks that do not
  /// compose. What was made harmless once is not changed again.
  public static func sanitise(_ text: String) -> String {
    if isPlain(text) { return text }
    // Cut first, so that the work is bounded however long the text; escapes may make it too long
    // again.
    return shortened(escaped(shortened(text).precomposed))
  }

  /// Longest paragraph kept, in Unicode scalars; the end of a longer one is left out.
  public static let longestParagraph = 4096

  /// `text` made harmless word by word: line breaks and runs of blanks become one blank, so that
  /// what is longer than a name keeps its middle. At most `longestParagraph` scalars.
  public static func sanitiseParagraph(_ text: String) -> String {
    let scalars = text.unicodeScalars
    let cut = scalars.index(
      scalars.startIndex, offsetBy: longestParagraph, limitedBy: scalars.endIndex)
    let kept = String(scalars[..<(cut ?? scalars.endIndex)])
    let words = kept.split { $0.isWhitespace }.map { sanitise(String($0)) }
    let isWhole = cut.map { $0 == scalars.endIndex } ?? true
    let line = words.joined(separator: " ") + (isWhole ? "" : "…")
    guard line.unicodeScalars.count > longestParagraph else { return line }
    return String(String.UnicodeScalarView(line.unicodeScalars.prefix(longestParagraph - 1))) + "…"
  }

  /// JSON text in which everything that could steer a terminal or reorder the line is written as
  /// `\uXXXX`; it means the same. Outside of its texts JSON has no such characters.
  public static func escaped(json: String) -> String {
    if json.utf8.allSatisfy({ $0 == 0x0A || $0 >= 0x20 && $0 < 0x7F }) { return json }
    var result = ""
    for scalar in json.unicodeScalars {
      if scalar == "\n" || isHarmless(scalar) {
        result.unicodeScalars.append(scalar)
      } else {
        for unit in Character(scalar).utf16 {
          let digits = String(unit, radix: 16)
          result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
      }
    }
    return result
  }

  /// The common case: short printable ASCII.
  private static func isPlain(_ text: String) -> Bool {
    text.utf8.count <= longestName && text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
  }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
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
    let start = scalars.startIndex
    guard scalars.index(start, offsetBy: longestName + 1, limitedBy: scalars.endIndex) != nil
    else { return text }
    let half = longestName / 2
    var result = String(scalars.prefix(half - 1))
    result.unicodeScalars.append("…")
    result.unicodeScalars.append(contentsOf: scalars.suffix(half))
    return result
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
