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

/// Says what must be said of results before they go anywhere, a line for each caveat.
/// - Parameter remedy: what to do about names in doubt.
func tell(_ caveats: [Caveat], of path: String, remedy: String = labelsRemedy) {
  for caveat in caveats {
    complain("\(path): \(caveat)\(caveat == .labelsSuspect ? remedy : "")")
  }
}

/// What to do about names in doubt, for commands that can.
let labelsRemedy = "; --executed-labels names them so"

/// The same of several comparisons, each line once: a file holds many pairs of one run.
func tellCaveats(
  of comparisons: [Comparison], order: LabelOrder, remedy: String = labelsRemedy
) {
  var told: Set<[String]> = []
  for comparison in comparisons {
    let new = comparison.caveats(order: order).filter {
      told.insert([comparison.id.path, $0.description]).inserted
    }
    tell(new, of: comparison.id.path, remedy: remedy)
  }
}

/// Ends the command with exit code 1 after one line on standard error.
func fail(_ line: String) -> ExitCode {
  complain(line)
  return ExitCode(1)
}
