import ArgumentParser
import Core
import Glibc
import Similarity

/// Prints `line` on standard error, made safe to show, as `cka: …`.
func complain(_ line: String) {
  let safe = line.split(separator: "\n", omittingEmptySubsequences: true).map {
    SafeText.sanitise(String($0))
  }
  // Where standard error is closed there is nobody to tell.
  StandardOutput.write(Array("cka: \(safe.joined(separator: " "))\n".utf8), to: STDERR_FILENO)
}

/// Says where the names of a result's layers may stand at the wrong rows.
func complainOfLabels(_ result: Comparison) {
  guard let doubt = result.labelDoubt else { return }
  complain("\(result.id.path): \(doubt); --executed-labels names them so")
}

/// Ends the command with exit code 1 after one line on standard error.
func fail(_ line: String) -> ExitCode {
  complain(line)
  return ExitCode(1)
}
