import ArgumentParser
import Core
import Formats
import Glibc
import Runs
import Similarity
import System

@main
struct CKA: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cka",
    abstract: "Explore saved CKA (Centered Kernel Alignment) results in the terminal.",
    usage: """
      cka [PATH…] [OPTIONS]
      cka COMMAND
      """,
    discussion: """
      `cka PATH…` opens the explorer on files and folders of results that torch_cka, ckatorch, numpy \
      and others saved; ? inside it shows the keys. Nothing in a file is ever executed.

      Exit codes: 0 all is well; 1 it failed, as one line on standard error says; 64 the command \
      line is wrong. `cka help COMMAND` tells where a command has more.
      """,
    version: Version.current,
    subcommands: [
      Explore.self, ComputeCommand.self, JobsCommand.self, Merge.self, Submit.self,
      VerifyCommand.self, Compare.self,
      Freeze.self, Match.self, Seeds.self, BackendGroup.self, Info.self, Show.self, Export.self,
      Convert.self, RecipeCommand.self, Keys.self, Doctor.self, ReadHDF5.self, Worker.self,
      ShardCommand.self,
    ],
    defaultSubcommand: Explore.self)

  static func main() {
    ReadHDF5.isolate()
    MappedFiles.guardOutput()
    // At a limit on the size of files, a write fails with an error that can be told instead.
    signal(SIGXFSZ, SIG_IGN)
    do {
      var command = try parseAsRoot()
      do {
        try command.run()
      } catch let error as ValidationError {
        endUsage(error, of: type(of: command))
      }
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
    if !message.isEmpty { tell(message) }
    Glibc.exit(code.rawValue)
  }

  /// Ends after a wrong command line that `command` found only when it ran, as if it had been found
  /// before.
  private static func endUsage(_ error: ValidationError, of command: any ParsableCommand.Type)
    -> Never
  {
    let usage = usageString(for: command).split(separator: "\n").joined(separator: "\n       ")
    tell("Error: \(error.message)\nUsage: \(usage)")
    Glibc.exit(ExitCode.validationFailure.rawValue)
  }

  private static func tell(_ message: String) {
    let lines = message.split(separator: "\n", omittingEmptySubsequences: false)
    let safe = lines.map { SafeText.sanitise(String($0)) }.joined(separator: "\n")
    StandardOutput.write(Array("\(safe)\n".utf8), to: STDERR_FILENO)
  }
}
