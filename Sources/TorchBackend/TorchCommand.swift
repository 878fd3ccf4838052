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

  /// The call that `recipe`, which has models, asks for.
  /// - Throws: `FormatError` when there is no Python or no package, a specification is none, or a
  ///   file that it names is missing.
  public init(_ recipe: StudyFile, environment: [String: String]) throws(FormatError) {
    guard let study = recipe.models else { throw FormatError(.request, "the study has no models") }
    let (models, data) = try Self.specifications(study)
    for specification in models + data {
      if let missing = specification.missing(in: study.folder) { throw missing }
    }
    interpreter = try PythonInterpreter(study.python, environment: environment)
    package = try PythonPackage.folder(environment: environment)
    folder = study.folder
    words = Self.words(recipe, study)
    request = try TorchRequest(recipe, study).json
    code = (models + data).code
  }

  /// Its words: `run` sends Gram matrices, `describe` tells what would be run.
  public func arguments(_ verb: String) -> [String] {
    PythonPackage.call(interpreter, in: package, verb) + [request]
  }

  /// What identifies it in a result's record: the same text sends the same matrices.
  public var text: String { SafeText.sanitise((["torch"] + words).joined(separator: " ")) }

  /// The models and data that `study` names.
  /// - Throws: `FormatError` for the first that is no specification.
  public static func specifications(
    _ study: ModelStudy
  ) throws(FormatError) -> (models: [Specification], data: [Specification]) {
    var (models, sets): ([Specification], [Specification]) = ([], [])
    for model in study.models { models.append(try Specification.read(model, as: .model)) }
    for data in [study.data, study.secondData] {
      if let data { sets.append(try Specification.read(data, as: .data)) }
    }
    return (models, sets)
  }

  /// Absolute paths of the files and folders that the specifications of `recipe` name, each once.
  public func files(of recipe: StudyFile) throws(FormatError) -> [String] {
    guard let study = recipe.models else { return [] }
    var files: [String] = []
    let (models, data) = try Self.specifications(study)
    for path in (models + data).flatMap(\.paths) {
      let file = path.hasPrefix("/") ? path : "\(folder)/\(path)"
      if !files.contains(file) { files.append(file) }
    }
    return files
  }

  private static func words(_ recipe: StudyFile, _ study: ModelStudy) -> [String] {
    var words = study.models
    func add(_ option: String, _ value: String?) {
      // One word, so that a value that begins with a dash is not taken for an option.
      if let value { words.append("--\(option)=\(value)") }
    }
    add("data", study.data)
    add("data2", study.secondData)
    switch recipe.batchSize {
    case .all: add("batch-size", "all")
    case .samples(let count): add("batch-size", "\(count)")
    case nil: break
    }
    add("max-batches", study.maxBatches.map(String.init))
    add("layers", recipe.layers)
    add("types", study.types)
    add("pool", recipe.pool?.rawValue)
    add("tokens", study.tokens)
    add("device", study.device)
    add("dtype", study.dtype)
    add("precision", recipe.precision)
    add("seed", study.seed.map(String.init))
    add("shuffle", recipe.shuffle.map(StudyFile.shuffleText))
    if study.tf32 == true { words.append("--tf32") }
    if study.keepDuplicates == true { words.append("--keep-duplicates") }
    return words
  }
}
