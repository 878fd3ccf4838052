/// What YAML text may ask of libyaml, which recurses with the nesting and multiplies aliases.
public enum YAMLLimits {
  /// A larger text is none of ours.
  public static let bytes = 10_000_000
  /// Flow brackets that may be open.
  private static let depth = 64
  /// Columns of indentation and list marks before a line's text; block nesting needs one for each
  /// level.
  private static let indent = 128

  /// What is too much in a text.
  public enum Excess: Error, Sendable, Equatable {
    /// More than `bytes`.
    case tooLarge
    /// Too deep, from this line on, counted from 1.
    case tooDeep(line: Int)
    /// More aliases than so many, from this line on.
    case tooManyAliases(Int, line: Int)

    /// What is wrong, in a line.
    public var problem: String {
      switch self {
      case .tooLarge: "the YAML text is too large"
      case .tooDeep: "the YAML nests too deep"
      case .tooManyAliases(let most, _): "the YAML has more than \(most) aliases"
      }
    }

    /// "line 3"; empty for the whole text.
    public var place: String {
      switch self {
      case .tooLarge: ""
      case .tooDeep(let line), .tooManyAliases(_, let line): "line \(line)"
      }
    }
  }

  /// Checks `text` before libyaml runs.
  /// - Parameter mostAliases: asterisks that the text may have. An index has few: both models may
  ///   share one list of layers.
  public static func check(_ text: String, mostAliases: Int = 16) throws(Excess) {
    guard text.utf8.count <= bytes else { throw .tooLarge }
    var openBrackets = 0
    var aliases = 0
    for (number, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .enumerated()
    {
      let indent = line.utf8.prefix { " \t-?".utf8.contains($0) }.count
      openBrackets = max(0, openBrackets + line.bracketBalance)
      aliases += line.utf8.count { $0 == UInt8(ascii: "*") }
      guard indent <= Self.indent, openBrackets <= depth else {
        throw .tooDeep(line: number + 1)
      }
      guard aliases <= mostAliases else {
        throw .tooManyAliases(mostAliases, line: number + 1)
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
