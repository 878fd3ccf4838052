import Core
import Formats
import Foundation
import Runs
import Similarity
import TorchBackend

/// A comparison that is to run as a job, or runs as one.
struct BackgroundJob {
  /// What was asked for.
  let options: ComputeOptions
  /// Where its result goes.
  let output: String
  private let arguments: [String]

  /// Reads the command line `arguments`, `compute` first. No file of activations is opened yet.
  /// - Parameter isStored: the line is that of a job. One that says no weighting was submitted when
  ///   that meant `equal`, and still means it.
  /// - Throws: when the line is wrong, or the result cannot be written where it is to go.
  init(_ arguments: [String], isStored: Bool = false) throws {
    guard arguments.first == "compute" else {
      throw FormatError("a job runs 'compute', not '\(SafeText.sanitise(arguments.first ?? ""))'")
    }
    self.arguments = arguments
    var options = try ComputeCommand.parse(Array(arguments.dropFirst())).options
    if isStored { options.settleWeighting(StudyFile.weightingOfOldFiles) }
    self.options = options
    output = try ComputeCommand.output(of: options.recipe())
  }

  /// What it is asked for.
  func request() throws(FormatError) -> RunRequest {
    try options.request(command: ["cka"] + arguments)
  }

  /// The Python that runs its models was named by whoever asked.
  var namesPython: Bool { options.torch.python != nil }

  /// Starts a job that runs the command line `arguments` from this folder.
  /// - Throws: when the line is wrong or its files cannot be compared, and when no job can be made;
  ///   none is left behind.
  static func submit(_ arguments: [String], to store: JobStore) throws -> JobStatus {
    let job = try BackgroundJob(arguments)
    let folder = FileManager.default.currentDirectoryPath
    var environment = JobSpec.environment(from: ProcessInfo.processInfo.environment)
    if let torch = try job.torch() {
      // The same Python for every attempt, whatever is active by then.
      environment[PythonInterpreter.variable] = torch.interpreter.path
    }
    let spec = JobSpec(
      title: try job.title(), command: try settled(arguments), workingDirectory: folder,
      output: job.output.hasPrefix("/") ? job.output : "\(folder)/\(job.output)",
      environment: environment)
    return try store.submit(spec, worker: JobsCommand.worker)
  }

  /// `arguments` with the weighting said, so that the job means the same in every later version.
  static func settled(_ arguments: [String]) throws -> [String] {
    var options = try ComputeCommand.parse(Array(arguments.dropFirst())).options
    guard options.weighting == nil else { return arguments }
    options.settleWeighting(Weighting.standard.rawValue)
    return arguments + (options.weighting.map { ["--weighting=\($0)"] } ?? [])
  }

  /// What people call it. Opens the files, so that what is wrong with them is told at once; a
  /// backend is started only by the worker.
  private func title() throws -> String {
    if let backend = options.backend { return SafeText.sanitise(backend) }
    if let study = try options.recipe().models { return try TorchCheck.title(of: study) }
    return try Run(request()).title
  }

  /// The same for a machine that need not be able to compute it: no Python is started, and only
  /// files are opened.
  func titleWithoutPython() throws -> String { try title() }

  /// What it will compute, and what one should know before, in lines ready to show.
  ///
  /// Files of activations are opened; models are run on a minibatch, which may take a while.
  /// - Parameters:
  ///   - timeout: seconds that models get.
  ///   - shouldStop: asked a few times a second while they are waited for.
  /// - Throws: why it cannot be computed; `CancellationError` when `shouldStop` says so.
  func summary(
    timeout: Double = TorchCheck.timeout, shouldStop: @escaping () -> Bool = { false }
  ) throws -> [String] {
    let replaced = access(output, F_OK) == 0 ? ["replaces \(SafeText.sanitise(output))"] : []
    if let torch = try torch() {
      let check = TorchCheck(torch, recipe: try options.recipe())
      return try check.lines(timeout: timeout, shouldStop: shouldStop) + replaced
    }
    let run = try Run(request(), shouldStop: shouldStop)
    return run.outline + replaced + run.warnings
  }

  /// The call of Python that it makes; nil when no models are run.
  private func torch() throws -> TorchCommand? {
    let recipe = try options.recipe()
    guard recipe.models != nil else { return nil }
    return try TorchCommand(recipe, environment: ProcessInfo.processInfo.environment)
  }

  /// What went wrong, in one line.
  static func reason(_ error: any Error) -> String {
    let text = ComputeCommand.message(for: error)
    return SafeText.sanitise(text.split(separator: "\n").first.map(String.init) ?? text)
  }
}
