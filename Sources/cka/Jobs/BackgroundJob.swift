import CKACore
import Formats
import Foundation
import Jobs

/// A comparison that is to run as a job, or runs as one.
struct BackgroundJob {
  /// What was asked for.
  let options: ComputeOptions
  /// Where its result goes.
  let output: String
  private let arguments: [String]

  /// Reads the command line `arguments`, `compute` first. No file of activations is opened yet.
  /// - Throws: when the line is wrong, or the result cannot be written where it is to go.
  init(_ arguments: [String]) throws {
    guard arguments.first == "compute" else {
      throw FormatError("a job runs 'compute', not '\(SafeText.sanitise(arguments.first ?? ""))'")
    }
    self.arguments = arguments
    options = try ComputeCommand.parse(Array(arguments.dropFirst())).options
    output = try ComputeCommand.output(of: options.recipe())
  }

  /// Opens the files, or starts the backend.
  /// - Parameter shouldStop: asked while a backend is waited for.
  func open(shouldStop: @escaping () -> Bool = { false }) throws -> ComputeRun {
    try ComputeRun(options, command: ["cka"] + arguments, shouldStop: shouldStop)
  }

  /// Starts a job that runs the command line `arguments` from this folder.
  /// - Throws: when the line is wrong or its files cannot be compared, and when no job can be made;
  ///   none is left behind.
  static func submit(_ arguments: [String], to store: JobStore) throws -> JobStatus {
    let job = try BackgroundJob(arguments)
    let folder = FileManager.default.currentDirectoryPath
    let spec = JobSpec(
      title: try job.title(), command: arguments, workingDirectory: folder,
      output: job.output.hasPrefix("/") ? job.output : "\(folder)/\(job.output)",
      environment: JobSpec.environment(from: ProcessInfo.processInfo.environment))
    return try store.submit(spec, worker: JobsCommand.worker)
  }

  /// What people call it. Opens the files, so that what is wrong with them is told at once; a backend is
  /// started only by the worker.
  private func title() throws -> String {
    if let backend = options.backend { return SafeText.sanitise(backend) }
    return try open().title
  }

  /// What it will compute, and what one should know before, in lines ready to show.
  /// - Parameter shouldStop: asked while something is waited for.
  /// - Throws: why it cannot be computed.
  func summary(shouldStop: @escaping () -> Bool = { false }) throws -> [String] {
    let run = try open(shouldStop: shouldStop)
    let replaced = access(output, F_OK) == 0 ? ["replaces \(SafeText.sanitise(output))"] : []
    return run.outline + replaced + run.warnings
  }

  /// What went wrong, in one line.
  static func reason(_ error: any Error) -> String {
    let text = ComputeCommand.message(for: error)
    return SafeText.sanitise(text.split(separator: "\n").first.map(String.init) ?? text)
  }
}
