import Core
import Foundation

/// A model or a data set as the user names it: `[NAME=]KIND[:BODY][?KEY=VALUE&…]`, such as
/// `wide=py:nets.py:resnet?width=2&checkpoint=wide.pt`.
///
/// It is read only as far as mistakes can be told early; what it means is for Python to know.
public struct ModelSpecification: Sendable, Equatable {
  /// What a specification names.
  public enum Role: Sendable {
    /// A network.
    case model
    /// Samples.
    case data
  }

  /// The name that was given; nil where there is none.
  public var givenName: String?
  /// `torchvision`, `py`, ….
  public var kind: String
  /// What follows the kind: a name, a path, or `FILE:FUNCTION`.
  public var body: String
  /// What follows the question mark, in order.
  public var query: [String]
  /// What it names.
  public let role: Role

  /// Reads `text`.
  /// - Throws: `FormatError`, ready to show, when it has no known kind or lacks a part.
  public init(_ text: String, as role: Role) throws(FormatError) {
    self.role = role
    let (name, rest) = Self.split(text)
    givenName = name
    let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let colon = parts[0].firstIndex(of: ":")
    kind = String(parts[0][..<(colon ?? parts[0].endIndex)])
    body = colon.map { String(parts[0][parts[0].index(after: $0)...]) } ?? ""
    query = parts.count > 1 ? parts[1].split(separator: "&").map(String.init) : []
    guard let form = Self.forms(role).first(where: { $0.kind == kind }) else {
      throw Self.unknown(text, role)
    }
    guard form.needsBody != body.isEmpty, kind != "py" || function?.isEmpty == false else {
      throw FormatError(
        "'\(SafeText.sanitise(text))' is not complete", remedy: "write \(form.example)")
    }
    if let wrong = query.first(where: { !$0.dropFirst().contains("=") }) {
      throw FormatError(
        "'\(SafeText.sanitise(wrong))' in '\(SafeText.sanitise(text))' is no KEY=VALUE")
    }
  }

  /// The name that was given, or the one that it is called by, safe to show.
  public var name: String {
    if let givenName { return SafeText.sanitise(givenName) }
    let last = { (separator: Character) in String(body.split(separator: separator).last ?? "") }
    switch kind {
    case "py", "hub": return SafeText.sanitise(last(":"))
    case "torchvision", "timm": return SafeText.sanitise(body)
    case "digits": return kind
    default:
      return SafeText.sanitise(((last("/")) as NSString).deletingPathExtension)
    }
  }

  /// The file or folder that must be there; nil where none is named.
  public var path: String? {
    switch kind {
    case "py": body.lastIndex(of: ":").map { String(body[..<$0]) }
    case "script", "imagefolder", "npz": body
    default: nil
    }
  }

  /// Everything that must be there: `path`, and a checkpoint.
  public var paths: [String] {
    [path].compactMap { $0 }
      + query.filter { $0.hasPrefix("checkpoint=") }.compactMap(Self.queryPath)
  }

  /// The specification as text again.
  public var text: String {
    (givenName.map { "\($0)=" } ?? "") + kind + (body.isEmpty ? "" : ":\(body)")
      + (query.isEmpty ? "" : "?\(query.joined(separator: "&"))")
  }

  private var function: Substring? {
    body.lastIndex(of: ":").map { body[body.index(after: $0)...] }
  }

  /// The path that an entry of the query gives, where `%26` is an `&`; nil for any other entry.
  private static func queryPath(_ entry: String) -> String? {
    for key in ["checkpoint=", "root="] where entry.hasPrefix(key) {
      let value = String(entry.dropFirst(key.count))
      return value.removingPercentEncoding ?? value
    }
    return nil
  }
}

// MARK: Kinds

extension ModelSpecification {
  private typealias Form = (kind: String, needsBody: Bool, example: String)

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

  private static func unknown(_ text: String, _ role: Role) -> FormatError {
    let examples = forms(role).map(\.example).joined(separator: ", ")
    let noun = role == .model ? "model" : "data"
    return FormatError(
      "'\(SafeText.sanitise(text))' is no specification of \(role == .model ? "a " : "")\(noun)",
      remedy: "write \(examples)")
  }

  /// The name before `=`, which stands before any colon, question mark or slash, and what follows
  /// it.
  private static func split(_ text: String) -> (name: String?, rest: String) {
    guard let mark = text.firstIndex(where: { "=:?/".contains($0) }), text[mark] == "=",
      mark > text.startIndex
    else { return (nil, text) }
    return (String(text[..<mark]), String(text[text.index(after: mark)...]))
  }
}

// MARK: Paths

extension ModelSpecification {
  /// Why a file that it names cannot be read from `folder`; nil when all are there.
  public func missing(in folder: String) -> FormatError? {
    for path in paths {
      let place = StudyFile.joined(path, to: folder)
      guard !FileManager.default.fileExists(atPath: place) else { continue }
      return FormatError(
        "there is no such file or folder", remedy: "it is named by '\(SafeText.sanitise(text))'",
        file: SafeText.sanitise(place))
    }
    return nil
  }

  /// `text` with its paths, which lead from the folder `old`, leading from the folder `new`.
  static func rebased(_ text: String, as role: Role, from old: String, to new: String) -> String {
    guard old != new, var specification = try? ModelSpecification(text, as: role) else {
      return text
    }
    let rebase = { StudyFile.relative(StudyFile.joined($0, to: old), to: new) }
    if let path = specification.path {
      specification.body = rebase(path) + specification.body.dropFirst(path.count)
    }
    specification.query = specification.query.map { entry in
      guard let path = queryPath(entry) else { return entry }
      let value = rebase(path).replacing("%", with: "%25").replacing("&", with: "%26")
      return entry.prefix { $0 != "=" } + "=" + value
    }
    return specification.text
  }
}
