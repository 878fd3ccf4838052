import Core
import Formats
import Foundation

/// The Python that runs models: the user's own, with the user's own packages.
public struct PythonInterpreter: Sendable, Equatable {
  /// The variable that names one.
  public static let variable = "CKA_PYTHON"

  /// Its absolute path; links are not followed, since a virtual environment is known by its link.
  public var path: String
  /// Who chose it: `--python`, `$CKA_PYTHON`, `$VIRTUAL_ENV` or `PATH`.
  public var choice: String

  /// The one that `wish` names, else `$CKA_PYTHON`, else that of an active virtual environment,
  /// else `python3`.
  /// - Parameters:
  ///   - wish: a path, or a name to look for on `PATH`; nil for no wish.
  ///   - folder: where relative paths lead from; the working folder unless it is absolute.
  /// - Throws: `FormatError` when the one that was chosen is not there.
  public init(
    _ wish: String? = nil, environment: [String: String],
    folder: String = FileManager.default.currentDirectoryPath
  ) throws(FormatError) {
    let variable = environment[Self.variable].flatMap { $0.isEmpty ? nil : $0 }
    let virtual = environment["VIRTUAL_ENV"].flatMap { $0.isEmpty ? nil : "\($0)/bin/python" }
    let choices = [
      (wish, "--python"), (variable, "$\(Self.variable)"), (virtual, "$VIRTUAL_ENV"),
      ("python3", "PATH"),
    ]
    let (name, choice) =
      choices.lazy.compactMap { name, choice in name.map { ($0, choice) } }
      .first ?? ("python3", "PATH")
    guard let path = Self.locate(name, environment["PATH"] ?? "", folder) else {
      throw FormatError(
        .process, "\(choice) names the Python '\(SafeText.sanitise(name))', which is not there",
        remedy: "name one that has torch with --python or $\(Self.variable)")
    }
    (self.path, self.choice) = (path, choice)
  }

  private static func locate(_ name: String, _ path: String, _ folder: String) -> String? {
    if name.contains("/") { return [absolute(name, folder)].first(where: isProgram) }
    return path.split(separator: ":").lazy.map { absolute("\($0)/\(name)", folder) }
      .first(where: isProgram)
  }

  private static func absolute(_ path: String, _ folder: String) -> String {
    path.hasPrefix("/") ? path : "\(folder)/\(path)"
  }

  private static func isProgram(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && !isFolder.boolValue && access(path, X_OK) == 0
  }
}
