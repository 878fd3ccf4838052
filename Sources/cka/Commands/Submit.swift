import ArgumentParser
import Core
import Formats
import Foundation
import Recipe
import Runs
import TorchBackend

/// Hands a comparison to a cluster's scheduler.
struct Submit: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run a comparison on a cluster: shards as a Slurm array, and a merge at the end.",
    usage: """
      cka submit --slurm --shards COUNT RECIPE.yaml [OPTIONS]
      cka submit --slurm --shards COUNT [OPTIONS] FEATURES… -o OUTPUT [OPTIONS OF compute]
      cka submit --slurm --shards COUNT [OPTIONS] torch MODEL… --data DATA -o OUTPUT
      """,
    discussion: """
      Minibatches are split into shards, each a task of an array; a job that depends on the array \
      puts their parts together, with the same bits as one run. `cka jobs` and the explorer show \
      it as one job. Folders must be seen by all nodes. docs/cluster.md tells more.

      Settings `slurm-options` (such as '--partition=gpu --time=4:00:00') and `slurm-preamble` \
      (lines such as 'module load cuda') hold for every job; options given here win.

      Exit codes: 0 it is in the queue (or --dry-run), 1 it is not, 64 the command line is wrong.
      """)

  @Flag(help: "Slurm is the scheduler; there is no other yet.")
  var slurm = false

  @Option(help: "How many shards.")
  var shards: Int

  @Option(help: "Most shards at once. (default: as many as the cluster lets)")
  var atOnce: Int?

  @Option(help: "Slurm's partition.")
  var partition: String?

  @Option(help: "The time that a shard may take, such as 4:00:00.")
  var time: String?

  @Option(help: "Generic resources of a shard, such as gpu:1.")
  var gres: String?

  @Option(help: "Processors of a shard.")
  var cpusPerTask: Int?

  @Option(help: "Memory of a shard, such as 32G.")
  var mem: String?

  @Option(
    name: .customLong("sbatch"), parsing: .unconditionalSingleValue,
    help: "Any other option of sbatch, such as '--account=vision'; may be given again.")
  var further: [String] = []

  @Flag(help: "Print the scripts, and submit nothing.")
  var dryRun = false

  @Flag(name: [.short, .long], help: "Print the job's name alone.")
  var quiet = false

  @OptionGroup var options: ComputeOptions

  func validate() throws {
    guard slurm else { throw ValidationError("say --slurm: there is no other scheduler yet") }
    guard options.shard == nil, options.workers == nil, options.devices == nil else {
      throw ValidationError(
        "--shard, --workers and --devices are for cka compute; say --shards COUNT, and --gres")
    }
    guard (1...ShardChoice.most).contains(shards) else {
      throw ValidationError("--shards must be from 1 to \(ShardChoice.most)")
    }
    guard atOnce.map({ $0 > 0 }) ?? true, cpusPerTask.map({ $0 > 0 }) ?? true else {
      throw ValidationError("--at-once and --cpus-per-task must be at least 1")
    }
    let all = [partition, time, gres, mem].compactMap(\.self) + further
    guard !all.contains(where: { $0.contains(where: \.isNewline) }) else {
      throw ValidationError("an option of sbatch is one line")
    }
    if let bad = further.first(where: { !$0.hasPrefix("-") }) {
      throw ValidationError("--sbatch takes an option with its dashes, not '\(bad)'")
    }
  }

  func run() throws {
    if let problem = options.outputProblem { throw ValidationError(problem) }
    do {
      let recipe = try self.recipe()
      let spec = try self.spec(recipe)
      if dryRun { return try show(spec) }
      try JobsCommand.perform(startsWorker: false) { store in
        // Whose code runs is told before it can run.
        if !quiet, let note = try CodeNote.line(recipe, namesPython: options.namesPython) {
          complain(note)
        }
        let status = try store.submitToSlurm(spec)
        try StandardOutput.print(status.id.description)
        guard !quiet else { return }
        complain(
          "\(shards) shards and a merge are in the queue; cka jobs shows how far they are, "
            + "\(SafeText.sanitise(status.folder))/job.sh is what they run")
      }
    } catch let error as FormatError {
      throw fail(error.description)
    }
  }

  private func spec(_ recipe: Recipe) throws -> JobSpec {
    let job = try BackgroundJob(BackgroundJob.settled(recipe))
    let folder = FileManager.default.currentDirectoryPath
    let environment = ProcessInfo.processInfo.environment
    let settings = Configuration.load(
      path: Configuration.path(environment: environment)
    ).preferences
    let usual = SlurmRequest.options(in: settings.slurmOptions)
    if let first = usual.first, !first.hasPrefix("-") {
      throw FormatError(
        .request, "slurm-options begin with '\(SafeText.sanitise(first))', which is no option",
        remedy: "write options with their dashes, such as --partition=gpu")
    }
    var request = SlurmRequest(
      program: realProgram, atOnce: atOnce,
      options: usual + own + further,
      preamble: settings.slurmPreamble)
    // What changes figures goes with the job; a Python does only where the user chose it.
    for (name, value) in environment where name.hasPrefix("CKA_") {
      request.environment[name] = value
    }
    var spec = JobSpec(
      title: try job.titleWithoutPython(), command: job.recipe.command,
      recipe: job.recipe.yaml(), workingDirectory: folder,
      output: job.output.hasPrefix("/") ? job.output : "\(folder)/\(job.output)",
      environment: JobSpec.environment(from: environment))
    spec.shards = shards
    spec.slurm = request
    return spec
  }

  /// What is asked for; it has to be something that can be split, on another machine.
  private func recipe() throws(FormatError) -> Recipe {
    let recipe = try options.recipe()
    guard recipe.subject != .backend else {
      throw FormatError(
        .request, "a --backend is a command of this machine", remedy: "name a recipe")
    }
    guard recipe[.untilCI] == nil else { throw RunRequest.stopsEarly }
    return recipe
  }

  private var own: [String] {
    [
      ("partition", partition), ("time", time), ("gres", gres),
      ("cpus-per-task", cpusPerTask.map(String.init)), ("mem", mem),
    ].compactMap { name, value in value.map { "--\(name)=\($0)" } }
  }

  private var realProgram: String { JobsCommand.worker.executable }

  private func show(_ spec: JobSpec) throws {
    guard let request = spec.slurm else { return }
    let script = SlurmScript(
      request, folder: "JOB", title: spec.title, workingDirectory: spec.workingDirectory)
    try StandardOutput.print(
      "# JOB/job.sh\n" + script.shards(Array(1...shards), of: shards)
        + "\n# JOB/merge.sh, once all shards have ended well\n" + script.merge())
  }
}
