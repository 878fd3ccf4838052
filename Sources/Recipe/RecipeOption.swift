/// One option of a recipe, said once: its row in `RecipeOption.table` gives `--name` on the command
/// line, `name:` in YAML, a field of the form, what Python is sent, the documentation and
/// completion.
public struct RecipeOption: Sendable {
  /// What can be asked for: saved activations, models, or a program that sends Gram matrices.
  public enum Subject: String, Sendable, CaseIterable {
    /// Files and folders of saved activations.
    case features
    /// Networks that are run.
    case models
    /// A command that speaks the protocol.
    case backend
  }

  /// What the text of an option may be.
  public enum Kind: Sendable {
    /// Any text that is not empty.
    case text
    /// A text that means something, or does not.
    case checked(Check)
    /// Words parted by commas; a list in YAML.
    case words
    /// One of several words, the default first; or another text that means something.
    case choice([String], orElse: Check? = nil)
    /// A whole number within bounds, or the one word that stands beside numbers.
    case whole(ClosedRange<Int>, or: String? = nil)
    /// A finite number above 0.
    case number
    /// Said or not: a flag on the command line, `true` or `false` in YAML, two words in the form.
    case truth(off: String = "off", on: String = "on")
    /// How a data set is named.
    case specification
    /// A file, which leads from the recipe's folder.
    case path
    /// A file, or with no slash in it a name that is looked for on PATH.
    case program
  }

  /// Which texts mean something.
  public struct Check: Sendable {
    /// What they are, to stand behind 'must be'.
    var expected: String
    /// Whether a text is one.
    var isValid: @Sendable (String) -> Bool
  }

  /// Where the form has it.
  public enum Place: Sendable {
    /// Always in sight.
    case main
    /// Below the fold.
    case advanced
    /// Not at all.
    case none
  }

  /// What Python reads it as.
  public struct Sending: Sendable {
    /// The key of the JSON request.
    public var key: String
    /// A run with another value sends other matrices, so that neither goes on from the other.
    public var identifies: Bool
  }

  /// The name: `batch-size`.
  public let name: String
  /// What it may say.
  public let kind: Kind
  /// What it is for.
  public let subjects: Set<Subject>
  /// What holds where nothing is said, as the help tells it; nil where the help says it itself.
  public let standard: String?
  /// The help of the command line: sentences.
  public let help: String
  /// Where the form has it.
  public let place: Place
  /// The name in the form, at most 11 characters.
  public let label: String
  /// What the form says that it takes.
  public let hint: String
  /// What an empty form has in it.
  public let prefilled: String?
  /// The key that Python reads it under, if it is sent by itself.
  public let sending: Sending?

  init(
    _ name: String, _ kind: Kind, for subjects: Set<Subject> = [.features, .models],
    standard: String? = nil, help: String, place: Place = .advanced, label: String? = nil,
    hint: String, prefilled: String? = nil, python key: String? = nil, identifies: Bool = true
  ) {
    (self.name, self.kind, self.subjects) = (name, kind, subjects)
    (self.standard, self.help, self.place, self.hint) = (standard, help, place, hint)
    self.prefilled = prefilled
    self.label = label ?? name.replacing("-", with: " ")
    sending = key.map { Sending(key: $0, identifies: identifies) }
  }

  /// Whether it stands alone on the command line.
  public var isFlag: Bool { if case .truth = kind { true } else { false } }

  /// What there is to choose from, the default first; nil where any text may stand.
  public var choices: [String]? {
    switch kind {
    case .choice(let words, _): words
    case .truth(let off, let on): [off, on]
    default: nil
    }
  }

  /// The help with the default behind it.
  public var fullHelp: String { help + (standard.map { " (default: \($0))" } ?? "") }
}

// MARK: Values

extension RecipeOption {
  /// What a value may be, to stand behind 'must be'.
  public var expected: String {
    switch kind {
    case .text, .path, .program: "a text"
    case .checked(let check), .choice(_, let check?): check.expected
    case .words: "words parted by commas"
    case .choice(let words, nil): Self.listed(words)
    case .whole(let range, let word):
      (word.map { "'\($0)' or " } ?? "")
        + (range.upperBound == .max
          ? "at least \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)")
    case .number: "a number above 0"
    case .truth: "true or false"
    case .specification: "how data are named, such as \(Specification.examples(.data)[0])"
    }
  }

  /// Whether `text` is such a value. A specification is looked at with the whole recipe.
  func accepts(_ text: String) -> Bool {
    switch kind {
    case .text, .path, .program, .specification, .words: !text.isEmpty
    case .checked(let check): check.isValid(text)
    case .choice(let words, let check):
      words.contains(text) || check?.isValid(text) == true
    case .whole(let range, let word): text == word || Int(text).map(range.contains) == true
    case .number: Double(text).map { $0 > 0 && $0.isFinite } == true
    case .truth: Bool(text) != nil
    }
  }

  private static func listed(_ words: [String]) -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " or " + last
  }
}

/// Options are the same when they have the same name.
extension RecipeOption: Hashable {
  /// Whether both have one name.
  public static func == (a: RecipeOption, b: RecipeOption) -> Bool { a.name == b.name }
  /// Feeds the name.
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
