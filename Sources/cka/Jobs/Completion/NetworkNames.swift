import Core
import Formats
import Foundation
import Runs
import TorchBackend

/// The names of the networks that a Python library makes, as the torch backend lists them.
enum NetworkNames {
  /// Seconds that Python gets: importing torch may take several.
  private static let patience = 30.0

  /// All names that `library`, `torchvision` or `timm`, knows.
  /// - Parameter python: the interpreter; empty for the one that a comparison would use.
  /// - Parameter shouldStop: asked while Python is waited for.
  /// - Throws: `FormatError` or `ComputeError`, one line, when they cannot be had;
  ///   `CancellationError` when `shouldStop` says so.
  static func list(
    _ library: String, python: String, shouldStop: @escaping @Sendable () -> Bool
  ) throws -> [String] {
    let environment = ProcessInfo.processInfo.environment
    let interpreter = try PythonInterpreter(
      python.isEmpty ? nil : python, environment: environment)
    let package = try PythonPackage.folder(environment: environment)
    let answer = try PythonAnswer.data(
      PythonPackage.call(interpreter, in: package, "list") + [library], timeout: patience,
      shouldStop: shouldStop)
    return String(decoding: answer, as: UTF8.self).split(separator: "\n").map(String.init)
      .filter { SafeText.sanitise($0) == $0 }.sorted(by: naturalOrder)
  }
}
