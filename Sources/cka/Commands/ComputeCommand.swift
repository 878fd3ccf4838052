import ArgumentParser
import Core
import Formats
import Foundation
import Recipe
import Runs
import Similarity

/// CKA of every two layers from saved activations, or from models that are run.
struct ComputeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compute",
    abstract: "Compute CKA of every two layers, from saved activations or from models.",
    usage: """
      cka compute FEATURES… -o OUTPUT [OPTIONS]
      cka compute torch MODEL… --data DATA [--data2 DATA] -o OUTPUT [OPTIONS]
      cka compute RECIPE.yaml [OPTIONS]
      cka compute --backend COMMAND -o OUTPUT [OPTIONS]
      """,
    discussion: """
      Every two models are compared, and each with itself, in one pass. Arrays are named MODEL/LAYER \
      and hold all samples on their first axis; or a folder holds a file for each minibatch. What is \
      saved otherwise can be said with --axes and --layout; `cka info` shows what would be taken.

        cka compute resnet18.safetensors resnet34.npz -o depth.cka.safetensors
        cka compute bert.pt --axes layers,samples,tokens,features -o bert.cka.safetensors

      Models are run by your own Python with PyTorch (`cka doctor` says which), and every layer is \
      compared while they run. Their code is executed: name only what you trust.

        cka compute torch torchvision:resnet18 torchvision:resnet34 \\
          --data digits -o depth.cka.safetensors
        cka compute torch 'net=py:nets.py:build?width=64&checkpoint=net.pt' \\
          --data npz:clean.npz --data2 npz:noisy.npz -o noise.cka.safetensors

      A MODEL, which may have a name (NAME=MODEL), is one of
        torchvision:NAME[?weights=DEFAULT]      timm:NAME[?pretrained=true]
        hf:NAME                                 hub:OWNER/REPO:NAME
        script:FILE.pt                          py:FILE.py:FUNCTION[?KEY=VALUE&…]
      each with checkpoint=FILE for a state dict; and DATA is one of
        digits[?size=32]                        npz:FILE
        imagefolder:FOLDER[?size=224]           py:FILE.py:FUNCTION[?KEY=VALUE&…]
        torchvision:CIFAR10[?root=…&split=test]

      The unbiased minibatch estimator of linear CKA is the default. While it runs, what is there is \
      saved to OUTPUT.partial now and then; after an interruption the same command goes on from it, \
      and ends with the same bits.

      Exit codes: 0 all is well, 1 it failed, 64 the command line is wrong, 130 and 143 it was \
      stopped by SIGINT or SIGTERM.
      """)

  @OptionGroup var options: ComputeOptions

  @Flag(name: [.short, .long], help: "Show no progress.")
  var quiet = false

  @Flag(
    name: .customLong("dry-run"),
    help: """
      Print the recipe, and what it takes: models, layers, minibatches, memory, time; compute nothing.
      """)
  var dryRun = false

  @Flag(help: "Run as a job, which outlives the terminal; `cka jobs` and the explorer show it.")
  var background = false

  func run() throws {
    // Not in `validate`: a form that is still being filled in is parsed too.
    if let problem = options.outputProblem { throw ValidationError(problem) }
    if dryRun { return try outline() }
    if background { return try submit() }
    do {
      try compute()
    } catch let error as FormatError {
      throw fail(error.description)
    } catch let error as ComputeError {
      throw fail(error.description)
    } catch is CancellationError {
      throw ExitCode(128 + SIGINT)
    }
  }

  /// Prints the recipe, and as comments what it takes, so that the whole is a recipe again.
  private func outline() throws {
    do {
      // What is printed means the same when it is read.
      let recipe = BackgroundJob.settled(try options.recipe())
      if let note = try CodeNote.line(recipe, namesPython: options.namesPython) { complain(note) }
      let lines = try BackgroundJob(recipe).summary()
      try StandardOutput.print(recipe.yaml() + lines.map { "# \($0)" }.joined(separator: "\n"))
    } catch let error as FormatError {
      throw fail(error.description)
    } catch let error as ComputeError {
      throw fail(error.description)
    }
  }

  private func compute() throws {
    let request = try options.request()
    let output = try Self.output(of: request.recipe)
    let namesPython = options.namesPython
    if !quiet, let note = try CodeNote.line(request.recipe, namesPython: namesPython) {
      complain(note)
    }
    let sink = TerminalSink(output: output, isQuiet: quiet)
    let isWhole = try Self.perform(request, output: output, sink: sink)
    guard isWhole else { throw ExitCode(128 + (sink.signal ?? SIGINT)) }
    if !sink.isInPlace { throw ExitCode(1) }
  }

  /// Runs `request` here, or in the processes that it is split among.
  static func perform(
    _ request: RunRequest, output: String, sink: some RunSink
  ) throws -> Bool {
    guard !request.devices.isEmpty else { return try Run.perform(request, sink: sink) }
    let recipe = BackgroundJob.settled(request.recipe)
    let spec = JobSpec(
      title: output, command: recipe.command, recipe: recipe.yaml(),
      workingDirectory: FileManager.default.currentDirectoryPath, output: output)
    let launch = ShardLaunch(
      folder: output + ".shards", devices: request.devices, spec: spec,
      program: [JobsCommand.worker.executable])
    return try Run.perform(request, in: launch, sink: sink)
  }

  /// Where the result goes; checked before an hour is spent on it.
  static func output(of recipe: Recipe) throws(FormatError) -> String {
    guard let output = recipe[.output] else {
      throw FormatError(
        .request, "nothing says where the result goes", remedy: "add -o NAME.cka.safetensors")
    }
    guard ComputeOptions.isBundle(output) else {
      throw FormatError(
        .request, "a bundle's name ends in .cka.safetensors", file: SafeText.sanitise(output))
    }
    let folder = output.lastIndex(of: "/").map { String(output[...$0]) } ?? "."
    guard access(folder, W_OK | X_OK) == 0 else {
      throw FormatError(
        .unwritable, "cannot be written: \(String(cString: strerror(errno)))",
        remedy: "make the folder first, or write to one of your own",
        file: SafeText.sanitise(output))
    }
    return output
  }
}
