import Core

/// What is wrong with a specification; the texts in it are those that were typed.
public enum SpecificationProblem: Error, Sendable, Equatable {
  /// There is no such kind of model or data.
  case unknownKind(text: String, Specification.Role)
  /// A part is missing, or there is one too many.
  case incomplete(text: String, example: String)
  /// A part of the query is no `KEY=VALUE`.
  case noOption(part: String, text: String)
  /// A key occurs twice, and it is not said which counts.
  case twice(key: String, text: String)

  /// What is wrong, one line safe to show.
  public var problem: String {
    switch self {
    case .unknownKind(let text, let role):
      "\(Self.quoted(text)) is no specification of \(role == .model ? "a model" : "data")"
    case .incomplete(let text, _): "\(Self.quoted(text)) is not complete"
    case .noOption(let part, let text):
      "\(Self.quoted(part)) in \(Self.quoted(text)) is no KEY=VALUE"
    case .twice(let key, let text): "\(Self.quoted(text)) says \(Self.quoted(key)) twice"
    }
  }

  /// What to do about it.
  public var remedy: String {
    switch self {
    case .unknownKind(_, let role): "write \(Specification.examples(role).joined(separator: ", "))"
    case .incomplete(_, let example): "write \(example)"
    case .noOption: "write an = between them"
    case .twice: "keep one of them"
    }
  }

  private static func quoted(_ text: String) -> String { "'\(SafeText.sanitise(text))'" }
}

extension Specification {
  private typealias Form = (kind: String, needsTarget: Bool, example: String)

  private static func forms(_ role: Role) -> [Form] {
    switch role {
    case .model:
      [
        ("torchvision", true, "torchvision:NAME"), ("timm", true, "timm:NAME"),
        ("hf", true, "hf:NAME"), ("hub", true, "hub:OWNER/REPO:NAME"),
        ("script", true, "script:FILE.pt"), ("py", true, "py:FILE.py:FUNCTION"),
      ]
    case .data:
      [
        ("digits", false, "digits"), ("npz", true, "npz:FILE"),
        ("imagefolder", true, "imagefolder:FOLDER"), ("torchvision", true, "torchvision:NAME"),
        ("py", true, "py:FILE.py:FUNCTION"),
      ]
    }
  }

  static func examples(_ role: Role) -> [String] { forms(role).map(\.example) }

  /// The first thing that keeps it from naming a model, or data; nil when nothing does.
  public func problem(as role: Role) -> SpecificationProblem? {
    guard let form = Self.forms(role).first(where: { $0.kind == kind }) else {
      return .unknownKind(text: text, role)
    }
    let isTwofold = kind == "py" || kind == "hub"
    let isWhole = !isTwofold || parts.map { !$0.place.isEmpty && !$0.function.isEmpty } == true
    guard form.needsTarget != (target ?? "").isEmpty, isWhole else {
      return .incomplete(text: text, example: form.example)
    }
    let parts = (query ?? "").split(separator: "&").map(String.init)
    if let wrong = parts.first(where: { !$0.dropFirst().contains("=") }) {
      return .noOption(part: wrong, text: text)
    }
    var seen: Set<String> = []
    if let key = options.map(\.key).first(where: { !seen.insert($0).inserted }) {
      return .twice(key: key, text: text)
    }
    return nil
  }
}
