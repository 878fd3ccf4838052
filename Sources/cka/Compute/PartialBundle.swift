import CKACore
import Formats
import Glibc

/// The unfinished result beside the place of the finished one.
struct PartialBundle {
  /// Where it is: the output's path and `.partial`.
  let path: String

  /// The unfinished result of what is written to `output`.
  init(output: String) { path = output + ".partial" }

  /// The study that `run` can go on with; nil, after a line that says why, when there is none that fits.
  func study(for run: ComputeRun) -> Study? {
    guard access(path, F_OK) == 0 else { return nil }
    do throws(FormatError) {
      guard let record = try ResultBundle.record(path: path) else {
        throw FormatError("\(SafeText.sanitise(path)) holds no study")
      }
      if let objection = run.objection(to: record) {
        complain("begins anew: \(path) is there, but \(objection)")
        return nil
      }
      complain("goes on after \(record.study.minibatches.count) of \(run.total) minibatches")
      return record.study
    } catch {
      complain("begins anew: \(error.description)")
      return nil
    }
  }

  /// Replaces the file by the study as it is now.
  func write(_ study: Study, of run: ComputeRun) throws(FormatError) {
    try AtomicFile.write(try run.encode(study), to: path)
  }

  /// Removes the file, if there is one.
  func remove() { unlink(path) }
}
