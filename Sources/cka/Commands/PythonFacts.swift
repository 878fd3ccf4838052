import Core
import Formats
import Foundation
import Runs
import TorchBackend

/// What `cka doctor` says of the Python that runs models.
enum PythonFacts {
  /// Seconds that Python gets: all packages are imported, perhaps from a slow disk or while the
  /// machine is busy.
  private static let timeout = 240.0
  /// Packages in the order in which they are told.
  private static let packages = [
    "torch", "numpy", "torchvision", "timm", "transformers", "safetensors",
  ]

  /// Which Python, its packages and GPUs, and what to do where something is missing.
  static func all(python: String?, _ environment: [String: String]) -> [Fact] {
    var known: [Fact] = []
    do {
      let interpreter = try PythonInterpreter(python, environment: environment)
      let python = "\(interpreter.path) (by \(interpreter.choice))"
      known = [Fact(name: "python", value: python)]
      let package = try PythonPackage.folder(environment: environment)
      let answer = try PythonAnswer.data(
        PythonPackage.call(interpreter, in: package, "doctor"), timeout: timeout)
      let report = try PythonReport(json: answer)
      return [Fact(name: "python", value: "\(report.python), \(python)")]
        + facts(report, package: package)
    } catch {
      let reason = (error as? FormatError)?.description ?? "\(error)"
      let advice = "models need a Python with torch; saved activations need none"
      return known + [Fact(name: "models", value: "cannot be run: \(reason)", advice: advice)]
    }
  }

  private static func facts(_ report: PythonReport, package: String) -> [Fact] {
    let versions = packages.map { name in
      let version = (report.packages[name] ?? nil) ?? "not installed"
      guard let reason = report.failures[name] else { return Fact(name: name, value: version) }
      return Fact(
        name: name, value: "\(version), cannot be imported: \(reason)",
        advice: "install a \(name) that fits the other packages here; saved activations need none")
    }
    let devices = report.devices.isEmpty ? "none" : report.devices.joined(separator: ", ")
    let models =
      report.problems.isEmpty
      ? [Fact(name: "models", value: "can be run (\(package))")]
      : report.problems.map {
        Fact(
          name: "models", value: "cannot be run; nothing else needs Python",
          advice: "\($0); or name another Python in $\(PythonInterpreter.variable)")
      }
    return versions + [Fact(name: "CUDA", value: devices)] + models
  }
}
