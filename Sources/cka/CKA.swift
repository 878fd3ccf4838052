import ArgumentParser
import CKACore
import Glibc

@main
struct CKA: ParsableCommand {
  /// The version of this program.
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "cka",
    abstract: "Explore saved CKA (Centered Kernel Alignment) results in the terminal.",
    discussion: """
      `cka PATH…` opens the explorer on files and folders of results that torch_cka, ckatorch, numpy \
      and others saved; ? inside it shows the keys. Nothing in a file is ever executed.

      Exit codes: 0 all is well, 1 a file could not be read or written, 64 the command line is wrong.
      """,
    version: version,
    subcommands: [
      Explore.self, ComputeCommand.self, JobsCommand.self, VerifyCommand.self, Compare.self,
      Freeze.self, Match.self, BackendGroup.self, Info.self, Show.self, Export.self, Convert.self,
      Keys.self, Doctor.self, BenchGroup.self, ReadHDF5.self, Worker.self,
    ],
    defaultSubcommand: Explore.self)

  static func main() {
    ReadHDF5.isolate()
    // At a limit on the size of files, a write fails with an error that can be told instead.
    signal(SIGXFSZ, SIG_IGN)
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      end(after: error)
    }
  }

  /// Ends as ArgumentParser would, but with what came from the command line made safe to show.
  private static func end(after error: any Error) -> Never {
    let code = exitCode(for: error)
    // Help, version and completions are our own words.
    guard !code.isSuccess else { exit(withError: error) }
    let message = fullMessage(for: error)
    if !message.isEmpty {
      let lines = message.split(separator: "\n", omittingEmptySubsequences: false)
      let safe = lines.map { SafeText.sanitise(String($0)) }.joined(separator: "\n")
      StandardOutput.write(Array("\(safe)\n".utf8), to: STDERR_FILENO)
    }
    Glibc.exit(code.rawValue)
  }
}
