import Foundation
import TestSupport
import Testing

extension Fixture {
  /// The folder of networks and data in Python.
  static let torch = "\(project)/Tests/Fixtures/torch"
  /// A file of networks, as a specification names it.
  static let nets = "py:\(torch)/nets.py"
}

extension Place {
  /// The environment with a Python that has torch.
  func torchEnvironment() throws -> [String: String] {
    environment.merging([
      "CKA_PYTHON": try TestPython.path(), "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1",
    ]) { $1 }
  }

  /// Runs `cka` with a Python that has torch; one that hangs ends with status 124.
  func torch(_ arguments: [String]) throws -> Shell.Outcome {
    try Shell.outcome(
      of: ["timeout", "-k", "5", "300", Program.path] + arguments,
      environment: torchEnvironment(), folder: folder)
  }

  /// Runs `cka compute torch` into `output`.
  func computeTorch(
    _ arguments: [String], to output: String = "out.cka.safetensors"
  ) throws -> Shell.Outcome {
    try torch(["compute", "torch"] + arguments + ["-o", output])
  }

  /// Writes a program that stands in for Python: it notes how it was called, then runs `script`.
  /// - Returns: its path.
  func writePython(_ script: String, as name: String = "python") throws -> String {
    let text = """
      #!/bin/bash
      printf '%s\\n' "$@" > "\(folder)/called-with"
      pwd > "\(folder)/called-in"
      printf '%s' "$PYTHONPATH" > "\(folder)/called-path"
      \(script)
      """
    try Data(text.utf8).write(to: URL(filePath: path("\(name).sh")))
    // A process of its own writes it: a file that we had open, and some other test's child with us,
    // could not be run for a moment.
    try Shell.run(["install", "-m", "755", path("\(name).sh"), path(name)])
    return path(name)
  }

  /// The text of a file here.
  func text(_ name: String) throws -> String {
    String(decoding: try bytes(name), as: UTF8.self)
  }
}

extension BundleFile {
  /// The value of two layers, named with their models' places in the study.
  func value(_ row: (model: Int, layer: String), _ column: (model: Int, layer: String)) throws
    -> Double
  {
    let comparisons = try #require(study["comparisons"] as? [[String: Any]])
    let models = try #require(study["models"] as? [[String: Any]])
    let index = try #require(
      comparisons.firstIndex {
        $0["rows"] as? Int == row.model && $0["columns"] as? Int == column.model
      })
    let grid = try grid("cka.\(index)")
    let places = try [row, column].map { model, layer in
      let layers = try #require(models[model]["layers"] as? [String])
      return try #require(layers.firstIndex(of: layer), "\(layer)")
    }
    return grid.values[places[0] * grid.columns + places[1]]
  }

  /// The names of a model's layers.
  func layers(of model: Int) throws -> [String] {
    let models = try #require(study["models"] as? [[String: Any]])
    return try #require(models[model]["layers"] as? [String])
  }
}
