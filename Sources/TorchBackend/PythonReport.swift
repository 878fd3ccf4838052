import Core
import Formats
import Foundation

/// What the Python package finds installed: its answer to `doctor`.
public struct PythonReport: Sendable, Equatable {
  /// Python's own version.
  public var python: String
  /// The version of each package that may matter; nil for one that is missing.
  public var packages: [String: String?]
  /// Why a package that is installed cannot be imported, by its name; one line each.
  public var failures: [String: String]
  /// Names of the GPUs that can be used.
  public var devices: [String]
  /// What keeps models from being run, a line each, with what to do.
  public var problems: [String]

  /// The report that `json` holds; all texts are made safe to show.
  /// - Throws: `FormatError` when it is none.
  public init(json: Data) throws(FormatError) {
    let answer: Answer
    do {
      answer = try JSONDecoder().decode(Answer.self, from: json)
    } catch {
      throw FormatError(.process, "Python's report of what is installed cannot be understood")
    }
    python = SafeText.sanitise(answer.python)
    packages = Dictionary(
      answer.packages.map { (SafeText.sanitise($0.key), $0.value.map(SafeText.sanitise)) },
      uniquingKeysWith: { first, _ in first })
    failures = Dictionary(
      (answer.failures ?? [:]).map { (SafeText.sanitise($0.key), SafeText.sanitise($0.value)) },
      uniquingKeysWith: { first, _ in first })
    devices = answer.cuda.map(SafeText.sanitise)
    problems = answer.problems.map(SafeText.sanitise)
  }

  private struct Answer: Decodable {
    var python: String
    var packages: [String: String?]
    var failures: [String: String]?
    var cuda: [String]
    var problems: [String]
  }
}
