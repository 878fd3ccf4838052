import Foundation

extension Specification {
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

  /// The first file that it names and that is not to be found from `folder`; nil when all are there.
  public func missing(in folder: String) -> String? {
    paths.map { Paths.joined($0, to: folder) }
      .first { !FileManager.default.fileExists(atPath: $0) }
  }

  /// `text` with its paths, which lead from the folder `old`, leading from the folder `new`.
  static func rebased(_ text: String, as role: Role, from old: String, to new: String) -> String {
    var specification = Specification(text)
    guard old != new, specification.problem(as: role) == nil else { return text }
    let rebase = { Paths.relative(Paths.joined($0, to: old), to: new) }
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
    return FileManager.default.fileExists(atPath: Paths.joined(target, to: folder)) ? target : nil
  }
}
