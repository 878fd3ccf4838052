import ArgumentParser
import Core
import Formats
import Foundation
import Similarity

/// CKA of every two layers from saved activations, or from models that are run.
struct ComputeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compute",
    abstract: "Compute CKA of every two layers, from saved activations or from models.",
    usage: """
      cka compute FEATURES… -o OUTPUT [OPTIONS]
      cka compute torch MODEL… --data DATA [--data2 DATA] -o OUTPUT [OPTIONS]
      cka compute STUDY.yaml [OPTIONS]
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

  @Flag(help: "Run as a job, which outlives the terminal; `cka jobs` and the explorer show it.")
  var background = false

  func run() throws {
    // Not in `validate`: a form that is still being filled in is parsed too.
    if let problem = options.outputProblem { throw ValidationError(problem) }
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

  private func compute() throws {
    let output = try Self.output(of: try options.recipe())
    let partial = PartialBundle(output: output)
    if !quiet, let note = try CodeNote.line(options) { complain(note) }
    let stop = StopRequest()
    let line = ProgressLine(isQuiet: quiet)
    let resumption = try Resumption(of: partial.path) { seen in
      try ComputeRun(options, seen: seen) {
        stop.signal != nil
      } hear: {
        line.hear($0)
      }
    }
    let run = resumption.run
    line.clear()
    run.warnings.forEach(complain)
    if let note = resumption.note { complain(note) }
    let study = try study(of: resumption, partial: partial, line: line, stop: stop)
    line.clear()
    if let signal = stop.signal, study.minibatches.count < run.total {
      try keep(study, in: partial, run: run)
      throw ExitCode(128 + signal)
    }
    let isInPlace = try write(study, of: run, to: output)
    partial.remove()
    if !isInPlace { throw ExitCode(1) }
  }

  /// Computes to the end, or until `stop`; of a run that fails what there is is kept.
  private func study(
    of resumption: Resumption, partial: PartialBundle, line: ProgressLine, stop: StopRequest
  ) throws -> Study {
    let run = resumption.run
    var pace = CheckpointPace()
    var last = resumption.start
    var isTold = false
    do {
      return try run.run(from: last) { study, progress in
        last = study
        line.show(progress)
        if progress.done < progress.total {
          pace.saveIfDue {
            do throws(FormatError) {
              try partial.write(study, of: run)
            } catch {
              // What was computed is worth more than the copy of it.
              line.clear()
              if !isTold { complain("\(error.description); the run goes on without a copy") }
              isTold = true
            }
          }
        }
        return stop.signal == nil
      }
    } catch {
      line.clear()
      if let last { try keep(last, in: partial, run: run) }
      throw error
    }
  }

  /// Writes the whole result, and says what was written and what has no value.
  /// - Returns: whether it is where it was to go.
  private func write(_ study: Study, of run: ComputeRun, to output: String) throws -> Bool {
    guard study.countedMinibatches > 0 else {
      throw FormatError(
        .request,
        "no minibatch could be counted: HSIC needs at least \(StudyOptions.fewestSamples) samples")
    }
    let place = try Self.rescue(try run.encode(study), from: output)
    if !quiet || place != output { complain(Self.summary(of: study, output: place)) }
    if !quiet { StudyWarning.lines(study.warnings).forEach { complain("warning: \($0)") } }
    let dead = (0..<study.layerCount).count { study.reason($0) != nil }
    guard dead > 0 else { return place == output }
    complain(
      "\(dead) of \(study.layerCount) layers \(dead == 1 ? "has" : "have") no value; "
        + "cka info \(SafeText.sanitise(place)) tells why")
    return place == output
  }

  /// Writes the result where it was to go; where that is no longer possible, beside other temporary
  /// files, rather than lose it.
  /// - Returns: where it was written.
  private static func rescue(_ file: EncodedFile, from output: String) throws -> String {
    do throws(FormatError) {
      try AtomicFile.write(file, to: output)
      return output
    } catch {
      let name = output.split(separator: "/").last.map(String.init) ?? "result.cka.safetensors"
      // Nobody else has this process's number.
      let place = FileManager.default.temporaryDirectory.path + "/\(getpid())-\(name)"
      guard (try? AtomicFile.write(file, to: place)) != nil else { throw error }
      complain("\(error.description); the result is in \(SafeText.sanitise(place)) instead")
      return place
    }
  }

  /// Where the result goes; checked before an hour is spent on it.
  static func output(of recipe: StudyFile) throws(FormatError) -> String {
    guard let output = recipe.output else {
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

  /// Saves what there is of a run that ends early, and says so.
  private func keep(_ study: Study, in partial: PartialBundle, run: ComputeRun) throws {
    guard !study.minibatches.isEmpty else { return }
    try partial.write(study, of: run)
    complain(
      "\(study.minibatches.count) of \(run.total) minibatches are in \(partial.path); the same "
        + "command goes on from there")
  }

  private static func summary(of study: Study, output: String) -> String {
    let pairs = study.models.count * (study.models.count + 1) / 2
    let counted = study.countedMinibatches
    return
      "wrote \(pairs) \(pairs == 1 ? "comparison" : "comparisons") of "
      + "\(StudyOutline.count(study.layerCount, "layer")) over "
      + "\(StudyOutline.count(counted, "minibatch", "minibatches")), "
      + "\(study.countedSamples) samples, to \(output)"
  }
}
