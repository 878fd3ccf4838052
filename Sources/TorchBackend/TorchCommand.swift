import Core
import Formats
import Recipe

/// A call of the Python package that runs models.
public struct TorchCommand: Sendable, Equatable {
  /// The Python that runs it.
  public var interpreter: PythonInterpreter
  /// The folder that holds the package.
  public var package: String
  /// Where it works: the folder that paths in specifications lead from.
  public var folder: String
  /// What it is asked for, as words that people read.
  public var words: [String]
  /// The same as JSON, which is what it is told after `run` or `describe`.
  public var request: String
  /// Whose code it runs, beside that of packages; each safe to show.
  public var code: [String]
  /// Absolute paths of the files and folders that the specifications name, each once.
  public var files: [String]

  /// The call that `recipe`, which has models, asks for.
  /// - Throws: `FormatError` when there is no Python or no package, a specification is none, or a
  ///   file that it names is missing.
  public init(_ recipe: Recipe, environment: [String: String]) throws(FormatError) {
    let (models, data): ([Specification], [Specification])
    do throws(RecipeError) {
      (models, data) = try recipe.specifications()
      request = try TorchRequest(recipe).json
    } catch {
      throw FormatError(error)
    }
    for specification in models + data {
      guard let path = specification.missing(in: recipe.folder) else { continue }
      throw FormatError(
        .noSuchFile, "there is no such file or folder",
        remedy: "it is named by '\(SafeText.sanitise(specification.text))'",
        file: SafeText.sanitise(path))
    }
    interpreter = try PythonInterpreter(recipe[.python], environment: environment)
    package = try PythonPackage.folder(environment: environment)
    folder = recipe.folder
    words = recipe.identity
    code = (models + data).code
    var files: [String] = []
    for path in (models + data).flatMap(\.paths) {
      let file = path.hasPrefix("/") ? path : "\(folder)/\(path)"
      if !files.contains(file) { files.append(file) }
    }
    self.files = files
  }

  /// Its words: `run` sends Gram matrices, `describe` tells what would be run.
  public func arguments(_ verb: String) -> [String] {
    PythonPackage.call(interpreter, in: package, verb) + [request]
  }

  /// What identifies it in a result's record: the same text sends the same matrices.
  public var text: String { SafeText.sanitise((["torch"] + words).joined(separator: " ")) }
}
