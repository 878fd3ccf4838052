/// What names a model or data, `[NAME=]KIND[:REST][?KEY=VALUE&…]`, as far as the form must
/// understand it: what may follow, and whose code it runs.
public struct Specification: Sendable, Equatable {
  /// What it is to be called, with the `=` behind it; empty when nothing is said.
  public var name = ""
  /// `torchvision`, `py` and so on: all before the first colon.
  public var kind: String
  /// What follows the colon; nil when there is none yet.
  public var rest: String?
  /// What follows the question mark; nil when there is none.
  public var arguments: String?

  /// Takes `text` apart; any text is one.
  public init(_ text: String) {
    var body = text[...]
    if let equals = body.firstIndex(of: "="),
      !body[..<equals].contains(where: { $0 == ":" || $0 == "?" })
    {
      name = String(body[...equals])
      body = body[body.index(after: equals)...]
    }
    if let mark = body.firstIndex(of: "?") {
      arguments = String(body[body.index(after: mark)...])
      body = body[..<mark]
    }
    guard let colon = body.firstIndex(of: ":") else {
      kind = String(body)
      return
    }
    kind = String(body[..<colon])
    rest = String(body[body.index(after: colon)...])
  }

  /// The text again.
  public var text: String {
    name + kind + (rest.map { ":" + $0 } ?? "") + (arguments.map { "?" + $0 } ?? "")
  }

  /// The file before the function in `py:FILE.py:FUNCTION`, and the function as far as it is typed;
  /// nil while there is no colon behind the file.
  public var pythonParts: (file: String, function: String)? {
    guard kind == "py", let rest, let end = rest.lastRange(of: ".py:") else { return nil }
    return (String(rest[..<end.upperBound].dropLast()), String(rest[end.upperBound...]))
  }

  /// Whose code runs when it is opened; nil where none does but that of installed packages.
  public var code: String? {
    guard let rest, !rest.isEmpty else { return nil }
    switch kind {
    case "py": return pythonParts?.file ?? rest
    case "script": return rest
    case "hf": return trustsRemoteCode ? rest : nil
    case "hub":
      let repository = rest.prefix { $0 != ":" }
      return repository.isEmpty ? nil : "github.com/\(repository)"
    default: return nil
    }
  }
}

extension Specification {
  /// transformers is told to run the code that comes with the weights.
  private var trustsRemoteCode: Bool {
    (arguments ?? "").split(separator: "&").contains {
      let parts = $0.split(separator: "=", maxSplits: 1)
      guard parts.first == "trust_remote_code" else { return false }
      return parts.count < 2 || !["false", "0", "none"].contains(parts[1].lowercased())
    }
  }
}

extension String {
  /// Where `other` occurs last.
  fileprivate func lastRange(of other: String) -> Range<String.Index>? { ranges(of: other).last }
}
