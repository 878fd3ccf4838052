import ArgumentParser
import Formats
import Foundation

/// Damages files and feeds them to every reader, to find what traps, hangs or takes too much memory.
@main struct Fuzz: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cka-fuzz",
    abstract: "Feed damaged files to every reader: results, activations, bundles, frames, recipes.",
    discussion: """
      A case is a file of the corpus with a few changes that its number decides, so that every \
      finding can be had again. Cases run in a process of their own: one that traps, takes longer \
      than \(Supervisor.deadline) seconds or more than \(FuzzWorker.memory >> 20) MiB is saved with \
      the reason, and the next one goes on.

      Exit codes: 0 nothing was found; 1 something was; 64 the command line is wrong.
      """,
    subcommands: [Run.self, FuzzWorker.self, HDF5Reading.self, Replay.self],
    defaultSubcommand: Run.self)

  /// The cases, for so many seconds.
  struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Run cases (the default).")

    @Option(help: "How long to go on.")
    var seconds = 60.0

    @Option(help: "Decides the cases; with the same seed they are the same.")
    var seed: UInt64 = UInt64.random(in: 0..<1_000_000_000)

    @Option(help: "A folder of sound files to damage.", completion: .directory)
    var corpus = "Tests/Fixtures"

    @Option(help: "A folder for what was found.", completion: .directory)
    var findings = "fuzz-findings"

    func validate() throws {
      guard seconds > 0 else { throw ValidationError("--seconds must be above zero") }
    }

    func run() throws {
      var supervisor = try Supervisor(seed: seed, corpus: corpus, findings: findings)
      try supervisor.run(seconds: seconds)
      if supervisor.found > 0 { throw ExitCode(1) }
    }
  }

  /// One saved input again, in this very process.
  struct Replay: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Read one saved input again, in this very process.")

    @Argument(help: "A file of the folder of findings.", completion: .file())
    var path: String

    func run() throws {
      let name = URL(filePath: path).lastPathComponent
      guard let target = FuzzTarget.allCases.first(where: { name.hasPrefix($0.rawValue) }) else {
        throw ValidationError("the name of a finding begins with what reads it")
      }
      print(target.read(path) ? "it can be read" : "it is refused")
    }
  }

  /// HDF5 is read by another run of this program, as `cka` does it.
  struct HDF5Reading: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "read-hdf5", shouldDisplay: false)

    @Argument var path: String

    func run() { HDF5Service.serve(path: path) }

    /// Has HDF5 files read so.
    static func isolate() { HDF5Service.use(["/proc/self/exe", "read-hdf5", "--"]) }
  }
}
