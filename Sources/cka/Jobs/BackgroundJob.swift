import CKACore
import Formats
import Foundation
import Jobs

/// A comparison that is to run as a job, or runs as one.
struct BackgroundJob {
  /// The comparison, its files open.
  let run: ComputeRun
  /// Where its result goes.
  let output: String

  /// Reads the command line `arguments`, `compute` first, and opens the files that it names.
  /// - Throws: when the line is wrong, or the files cannot be read or compared.
  init(_ arguments: [String]) throws {
    guard arguments.first == "compute" else {
      throw FormatError("a job runs 'compute', not '\(SafeText.sanitise(arguments.first ?? ""))'")
    }
    let command = try ComputeCommand.parse(Array(arguments.dropFirst()))
    let recipe = try command.options.recipe()
    output = try ComputeCommand.output(of: recipe)
    run = try ComputeRun(recipe, command: ["cka"] + arguments)
  }

  /// Starts a job that runs the command line `arguments` from this folder.
  /// - Throws: as `init` does, and when no job can be made; none is left behind.
  static func submit(_ arguments: [String], to store: JobStore) throws -> JobStatus {
    let job = try BackgroundJob(arguments)
    let folder = FileManager.default.currentDirectoryPath
    let spec = JobSpec(
      title: job.run.title, command: arguments, workingDirectory: folder,
      output: job.output.hasPrefix("/") ? job.output : "\(folder)/\(job.output)",
      environment: JobSpec.environment(from: ProcessInfo.processInfo.environment))
    return try store.submit(spec, worker: JobsCommand.worker)
  }

  /// What it will compute, and what one should know before, in lines ready to show.
  var summary: [String] {
    var lines = run.outline
    if access(output, F_OK) == 0 { lines.append("replaces \(SafeText.sanitise(output))") }
    return lines + run.warnings
  }

  /// What went wrong, in one line.
  static func reason(_ error: any Error) -> String {
    let text = ComputeCommand.message(for: error)
    return SafeText.sanitise(text.split(separator: "\n").first.map(String.init) ?? text)
  }
}
