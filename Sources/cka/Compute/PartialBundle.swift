import Formats
import Glibc
import Similarity

/// The unfinished result beside the place of the finished one.
struct PartialBundle {
  /// Where it is: the output's path and `.partial`.
  let path: String

  /// The unfinished result of what is written to `output`.
  init(output: String) { path = output + ".partial" }

  /// Replaces the file by the study as it is now.
  func write(_ study: Study, of run: ComputeRun) throws(FormatError) {
    try AtomicFile.write(try run.encode(study), to: path)
  }

  /// Removes the file, if there is one.
  func remove() { unlink(path) }
}
