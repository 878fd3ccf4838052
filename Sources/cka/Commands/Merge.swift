import ArgumentParser
import Core
import Formats
import Runs
import Similarity

/// Several parts of one run as one result.
struct Merge: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Put the parts of one run together: what --shard has computed.",
    discussion: """
      The result has the same bits as that of one run, for any number of parts and in any order. \
      Parts of another recipe, of other models, layers, samples or files, and parts that overlap \
      are refused; what is missing is named.

      Exit codes: 0 the result is whole (or --partial), 1 it is not, or cannot be, 64 the command \
      line is wrong.
      """)

  @Argument(help: "The parts, NAME.cka.safetensors.", completion: .file())
  var parts: [String]

  @Option(
    name: [.short, .long], help: "The bundle to write, NAME.cka.safetensors.", completion: .file())
  var output: String

  @Flag(help: "Merge what is there though minibatches are missing; the result is marked.")
  var partial = false

  @Flag(name: [.short, .long], help: "Say nothing of what was written.")
  var quiet = false

  func validate() throws {
    guard ComputeOptions.isBundle(output) else {
      throw ValidationError("-o must end in .cka.safetensors")
    }
  }

  func run() throws {
    do throws(FormatError) {
      let merged = try MergedParts(parts, partial: partial, command: CommandLine.arguments)
      try AtomicFile.write(try merged.encoded(), to: output)
      if let line = merged.missingLine { complain("partial: \(line)") }
      if !quiet { complain(TerminalSink.summary(of: merged.record.study, output: output)) }
    } catch {
      throw fail(error.description)
    }
  }
}
