/// What YAML text may ask of libyaml, which recurses with the nesting and multiplies aliases.
enum YAMLLimits {
  /// A larger text is none of ours.
  static let bytes = 10_000_000
  /// Columns of indentation and list marks before a line's text; block nesting needs one for each
  /// level.
  private static let indent = 128

  /// Checks `text` before libyaml runs.
  /// - Parameter mostAliases: asterisks that the text may have. An index has few: both models may
  ///   share one list of layers.
  static func check(_ text: String, mostAliases: Int = 16) throws(FormatError) {
    guard text.utf8.count <= bytes else {
      throw FormatError(.tooLarge, "the YAML text is too large")
    }
    var openBrackets = 0
    var aliases = 0
    for (number, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .enumerated()
    {
      let indent = line.utf8.prefix { " \t-?".utf8.contains($0) }.count
      openBrackets = max(0, openBrackets + line.bracketBalance)
      aliases += line.utf8.count { $0 == UInt8(ascii: "*") }
      guard indent <= Self.indent, openBrackets <= Limits.depth else {
        throw FormatError(.tooLarge, "the YAML nests too deep", at: "line \(number + 1)")
      }
      guard aliases <= mostAliases else {
        throw FormatError(
          .tooLarge, "the YAML has more than \(mostAliases) aliases", at: "line \(number + 1)")
      }
    }
  }
}

extension Substring {
  /// Flow brackets of YAML that this line opens, less those that it closes.
  fileprivate var bracketBalance: Int {
    utf8.count { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "{") }
      - utf8.count { $0 == UInt8(ascii: "]") || $0 == UInt8(ascii: "}") }
  }
}
