import Core
import Foundation
import Recipe

extension FormatError {
  /// The error that says what is wrong with a specification.
  public init(_ problem: SpecificationProblem) {
    self.init(.request, problem.problem, remedy: problem.remedy)
  }
}

extension Specification {
  /// The specification that `text` spells.
  /// - Throws: `FormatError`, ready to show, when it names no model, or no data.
  public static func read(_ text: String, as role: Role) throws(FormatError) -> Specification {
    let specification = Specification(text)
    if let problem = specification.problem(as: role) { throw FormatError(problem) }
    return specification
  }

  /// The file or folder that must be there; nil where none is named.
  public var path: String? {
    switch kind {
    case "py": parts?.place
    case "script", "imagefolder", "npz": target
    case "hub": self["source"] == .text("local") ? parts?.place : nil
    case "hf": target.flatMap { Self.isPath($0) ? $0 : nil }
    default: nil
    }
  }

  /// Everything that must be there: `path`, and a checkpoint.
  public var paths: [String] {
    [path].compactMap { $0 }
      + options.filter { $0.key == "checkpoint" }.compactMap(\.text)
  }

  /// Why a file that it names cannot be read from `folder`; nil when all are there.
  public func missing(in folder: String) -> FormatError? {
    for path in paths {
      let place = StudyFile.joined(path, to: folder)
      guard !FileManager.default.fileExists(atPath: place) else { continue }
      return FormatError(
        .noSuchFile, "there is no such file or folder",
        remedy: "it is named by '\(SafeText.sanitise(text))'",
        file: SafeText.sanitise(place))
    }
    return nil
  }

  /// `text` with its paths, which lead from the folder `old`, leading from the folder `new`.
  static func rebased(_ text: String, as role: Role, from old: String, to new: String) -> String {
    var specification = Specification(text)
    guard old != new, specification.problem(as: role) == nil else { return text }
    let rebase = { StudyFile.relative(StudyFile.joined($0, to: old), to: new) }
    if let path = specification.path ?? specification.localFolder(in: old) {
      specification.target = rebase(path) + (specification.target ?? "").dropFirst(path.count)
    }
    guard specification.query != nil else { return specification.text }
    specification.query = specification.options.map { option in
      guard ["checkpoint", "root"].contains(option.key), let path = option.text else {
        return option.written
      }
      return SpecificationOption(key: option.key, text: rebase(path)).written
    }.joined(separator: "&")
    return specification.text
  }

  /// A name that cannot be one of a hub.
  private static func isPath(_ name: String) -> Bool {
    ["/", "./", "../", "~"].contains { name.hasPrefix($0) }
  }

  /// A folder that transformers would take for the model, as it is there.
  private func localFolder(in folder: String) -> String? {
    guard kind == "hf", let target else { return nil }
    return FileManager.default.fileExists(atPath: StudyFile.joined(target, to: folder))
      ? target : nil
  }
}
