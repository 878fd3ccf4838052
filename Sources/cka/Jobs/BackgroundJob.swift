import Core
import Formats
import Foundation
import Recipe
import Runs
import Similarity
import TorchBackend

/// A recipe that is to be carried out as a job, or is.
struct BackgroundJob {
  /// What was asked for.
  let recipe: Recipe
  /// Where its result goes.
  let output: String
  /// The Python that runs its models was named by whoever asked.
  var namesPython = false

  /// A job for `recipe`. No file of activations is opened yet.
  /// - Throws: when it cannot be carried out, or the result cannot be written where it is to go.
  init(_ recipe: Recipe) throws(FormatError) {
    do throws(RecipeError) { try recipe.check() } catch { throw FormatError(error) }
    _ = try ComputeChoices(recipe)
    self.recipe = recipe
    output = try ComputeCommand.output(of: recipe)
  }

  /// What a stored job is to do, from its own folder.
  /// - Throws: when that cannot be understood.
  init(_ spec: JobSpec) throws {
    self = try BackgroundJob(Self.recipe(of: spec))
    namesPython = true
  }

  /// The recipe of a stored job, which leads from the job's working folder. Jobs of earlier versions
  /// have a command line; one that says no weighting was submitted when that meant `equal`, and
  /// still means it.
  static func recipe(of spec: JobSpec) throws -> Recipe {
    if let text = spec.recipe {
      do throws(RecipeError) { return try Recipe(yaml: text) } catch { throw FormatError(error) }
    }
    guard spec.command.first == "compute" else {
      throw FormatError(
        .request, "a job runs 'compute', not '\(SafeText.sanitise(spec.command.first ?? ""))'")
    }
    var options = try ComputeCommand.parse(Array(spec.command.dropFirst())).options
    if options.features.count == 1, ComputeOptions.isRecipe(options.features[0]) {
      options.features[0] = Paths.joined(options.features[0], to: spec.workingDirectory)
    }
    var recipe = try options.recipe()
    if recipe[.weighting] == nil { try? recipe.say(.weighting, Recipe.weightingOfOldFiles) }
    return recipe
  }

  /// What it is asked for.
  var request: RunRequest { RunRequest(recipe, command: ["cka"] + recipe.command) }

  /// Starts a job that carries `recipe` out, from this folder.
  /// - Throws: when its files cannot be compared, and when no job can be made; none is left behind.
  /// - Parameter devices: those of the processes that it is split among; see `RunRequest`.
  static func submit(
    _ recipe: Recipe, devices: [String?] = [], to store: JobStore
  ) throws -> JobStatus {
    let job = try BackgroundJob(settled(recipe))
    let recipe = job.recipe
    let folder = FileManager.default.currentDirectoryPath
    var environment = JobSpec.environment(from: ProcessInfo.processInfo.environment)
    if let torch = try job.torch() {
      // The same Python for every attempt, whatever is active by then.
      environment[PythonInterpreter.variable] = torch.interpreter.path
    }
    var spec = JobSpec(
      title: try job.title(), command: recipe.command, recipe: recipe.yaml(),
      workingDirectory: folder,
      output: job.output.hasPrefix("/") ? job.output : "\(folder)/\(job.output)",
      environment: environment)
    spec.devices = devices.isEmpty ? nil : devices.map { $0 ?? "" }
    return try store.submit(spec, worker: JobsCommand.worker)
  }

  /// `recipe` with the weighting said, so that a job means the same in every later version.
  static func settled(_ recipe: Recipe) -> Recipe {
    var recipe = recipe
    if recipe[.weighting] == nil { try? recipe.say(.weighting, Weighting.standard.rawValue) }
    return recipe
  }

  /// What people call it. Opens the files, so that what is wrong with them is told at once; a
  /// backend is started only by the worker.
  private func title() throws -> String {
    switch recipe.subject {
    case .backend: SafeText.sanitise(recipe[.backend] ?? "")
    case .models: try TorchCheck.title(of: recipe)
    case .features, nil: try Run(request).title
    }
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
      let check = TorchCheck(torch, recipe: recipe)
      return try check.lines(timeout: timeout, shouldStop: shouldStop) + replaced
    }
    let run = try Run(request, shouldStop: shouldStop)
    return run.outline + replaced + run.warnings
  }

  /// The call of Python that it makes; nil when no models are run.
  private func torch() throws -> TorchCommand? {
    guard recipe.subject == .models else { return nil }
    return try TorchCommand(recipe, environment: ProcessInfo.processInfo.environment)
  }

  /// What went wrong, in one line.
  static func reason(_ error: any Error) -> String {
    if let error = error as? RecipeError { return error.line }
    let text = ComputeCommand.message(for: error)
    return SafeText.sanitise(text.split(separator: "\n").first.map(String.init) ?? text)
  }
}
