/// Why a filter cannot be used: one line, ready to show.
public struct LayerFilterError: Error, Equatable, CustomStringConvertible {
  /// What is wrong, where, and what to do.
  public let description: String
}

/// Chooses layers by name.
///
/// A filter is a list of terms with spaces between them; a name must match all of them.
///
/// - `conv`: names that contain it, in upper or lower case.
/// - `layer?.*.conv[12]`: whole names, in upper or lower case; `*` is any text, `?` any one
///   character, `[12]`, `[a-c]` and `[!0]` one character of a set.
/// - `/bn\d+$/`: names in which the regular expression is found; `(?i)` ignores case, `\/` is a
///   slash.
/// - `!term`: names that do not match the term: `!*.bn* !relu` hides batch norms and ReLUs.
///
/// A lone `!` and a `/` without its partner are still being typed: the first is ignored, the second
/// is looked for as it stands. To match a space, write `?` or a regular expression.
public struct LayerFilter: Sendable, Equatable {
  /// The filter as it was written.
  public let text: String
  private let terms: [Term]

  /// Reads a filter; the empty text matches all names.
  /// - Throws: when a regular expression cannot be read.
  public init(_ text: String) throws(LayerFilterError) {
    self.text = text
    var terms: [Term] = []
    for word in FilterWords(text) { terms.append(try Term(word)) }
    self.terms = terms
  }

  /// Two filters are equal when they are written alike.
  public static func == (a: LayerFilter, b: LayerFilter) -> Bool { a.text == b.text }

  /// Whether every name matches because there is no term.
  public var isEmpty: Bool { terms.isEmpty }

  /// Whether `name` matches all terms.
  public func matches(_ name: String) -> Bool {
    let folded = Array(name.lowercased().unicodeScalars)
    return terms.allSatisfy { $0.matches(name, folded: folded) }
  }

  /// Positions of the names that match, ascending.
  public func indices(of names: [String]) -> [Int] {
    names.indices.filter { matches(names[$0]) }
  }

  /// The nearest match after (or, backward, before) position `index`, going round at the end;
  /// `index` itself when it is the only one, and nil when nothing matches.
  public func next(after index: Int, in names: [String], backward: Bool = false) -> Int? {
    let matches = indices(of: names)
    return backward
      ? matches.last { $0 < index } ?? matches.last : matches.first { $0 > index } ?? matches.first
  }
}

/// One term of a filter.
private struct Term: Sendable {
  private enum Pattern {
    case substring([Unicode.Scalar])
    case glob(Glob)
    case regex(Regex<AnyRegexOutput>)
  }

  // Proof: the pattern is never changed after `init`. Regex is not declared Sendable because one
  // built in code may hold closures; ours are built from text, and compile their program once,
  // atomically.
  private nonisolated(unsafe) let pattern: Pattern
  private let excludes: Bool

  init(_ word: FilterWords.Word) throws(LayerFilterError) {
    excludes = word.excludes
    if let source = word.regex {
      pattern = .regex(try Term.regex(source))
    } else {
      let scalars = Array(word.text.lowercased().unicodeScalars)
      pattern =
        scalars.contains(where: { "*?[]".unicodeScalars.contains($0) })
        ? .glob(Glob(scalars)) : .substring(scalars)
    }
  }

  func matches(_ name: String, folded: [Unicode.Scalar]) -> Bool {
    let found =
      switch pattern {
      case .substring(let part): Term.contains(folded, part)
      case .glob(let glob): glob.matches(folded)
      case .regex(let regex): (try? regex.firstMatch(in: name)) != nil
      }
    return found != excludes
  }

  /// Written out because the library's search of collections takes 4 µs a name, and a filter is
  /// applied at each key.
  private static func contains(_ text: [Unicode.Scalar], _ part: [Unicode.Scalar]) -> Bool {
    guard text.count >= part.count else { return false }
    return (0...text.count - part.count).contains { text[$0...].starts(with: part) }
  }

  private static func regex(_ source: String) throws(LayerFilterError) -> Regex<AnyRegexOutput> {
    do {
      return try Regex(source)
    } catch {
      let reason = String(describing: error).split(separator: "\n").first ?? "it cannot be read"
      throw LayerFilterError(
        description: SafeText.sanitise("regular expression /\(source)/: \(reason)"))
    }
  }
}

/// Splits the text of a filter at spaces, except inside a regular expression.
private struct FilterWords: Sequence, IteratorProtocol {
  struct Word {
    var excludes = false
    /// The term without its `!`.
    var text = ""
    /// What stands between the slashes of a regular expression.
    var regex: String?
  }

  private var rest: Substring

  init(_ text: String) { rest = text[...] }

  mutating func next() -> Word? {
    while true {
      rest = rest.drop { $0 == " " }
      guard let first = rest.first else { return nil }
      var word = Word()
      if first == "!" {
        word.excludes = true
        rest.removeFirst()
      }
      if let source = regexSource() {
        word.regex = source
        return word
      }
      word.text = String(rest.prefix { $0 != " " })
      rest = rest.dropFirst(word.text.count)
      if !word.text.isEmpty { return word }
    }
  }

  /// Takes `/…/` from the front, if its second slash ends a word; `\/` does not end it.
  private mutating func regexSource() -> String? {
    guard rest.first == "/" else { return nil }
    let body = rest.dropFirst()
    var isEscaped = false
    for index in body.indices {
      let character = body[index]
      let after = body[body.index(after: index)...]
      if character == "/", !isEscaped, after.isEmpty || after.first == " " {
        guard index > body.startIndex else { return nil }
        rest = after
        return String(body[..<index])
      }
      isEscaped = character == "\\" && !isEscaped
    }
    return nil
  }
}
