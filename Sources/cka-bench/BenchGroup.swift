import ArgumentParser
import Core
import Similarity
import System

/// Measures `cka` on this machine: a program of its own, which nobody needs who uses it.
@main struct CKABench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cka-bench", abstract: "Measure cka on this machine.",
    discussion: "The program measured is the cka beside this one, or what $CKA_PROGRAM names.",
    subcommands: [Bench.self, BenchCompute.self], defaultSubcommand: Bench.self)
}

/// The program that is measured.
enum MeasuredProgram {
  /// Names another one than that beside this program.
  static let variable = "CKA_PROGRAM"

  /// Its path.
  static func path(_ environment: [String: String]) throws(ComputeError) -> String {
    if let named = environment[variable] { return named }
    guard let ours = realPath("/proc/self/exe"), let slash = ours.lastIndex(of: "/"),
      let path = realPath(ours[...slash] + "cka")
    else {
      throw ComputeError("there is no cka beside this program; name one in $\(variable)")
    }
    return path
  }
}

/// Ends the command with exit code 1 after one line on standard error.
func fail(_ line: String) -> ExitCode {
  try? Descriptor.write(Array("cka-bench: \(SafeText.sanitise(line))\n".utf8), to: 2)
  return ExitCode(1)
}

extension ComputeError {
  /// What the system says about the call that just failed, after `what`.
  static func system(_ what: String) -> ComputeError {
    ComputeError(SystemError(what).description)
  }

  /// What it says of a program.
  init(_ error: SystemError) {
    self.init((error.path.map { "'\($0)' " } ?? "") + error.description)
  }
}
