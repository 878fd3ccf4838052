import Core
import Formats
import Glibc
import Similarity

/// A run, and the unfinished result that it goes on with, if there is one that fits.
struct Resumption {
  /// The run, not yet begun.
  let run: Run
  /// The study to begin with; nil to begin at the beginning.
  let start: Study?
  /// What became of the unfinished result, in one line; nil when there is none.
  let note: String?

  /// Opens a run that goes on with the bundle at `path`.
  ///
  /// A backend is told how many minibatches it may pass over, and so it has to be started before it
  /// is known whether the bundle fits what it compares. If it does not, the backend is started
  /// again.
  /// - Parameters:
  ///   - path: nil when nothing is unfinished; there need not be a file.
  ///   - open: opens the run; its parameter is the number of minibatches that are there already.
  init(of path: String?, open: (Int) throws -> Run) throws {
    switch path.flatMap(Self.record) {
    case nil: note = nil
    case .failure(let error): note = "begins anew: \(error.description)"
    case .success(let record):
      let done = record.study.minibatches.count
      var run = try open(done)
      let adopted = run.adoptWeighting(of: record).map { ", \($0)" } ?? ""
      guard let objection = run.objection(to: record) else {
        (self.run, start) = (run, record.study)
        note = "goes on after \(done) of \(run.planned) minibatches\(adopted)"
        return
      }
      note = "begins anew: \(SafeText.sanitise(path ?? "")) is there, but \(objection)"
      guard run.passesOver else {
        (self.run, start) = (run, nil)
        return
      }
      run.stop()
    }
    (run, start) = (try open(0), nil)
  }

  private static func record(at path: String) -> Result<StudyRecord, FormatError>? {
    guard access(path, F_OK) == 0 else { return nil }
    return Result { () throws(FormatError) in
      guard let record = try ResultBundle.record(path: path) else {
        throw FormatError(.request, "it holds no study", file: SafeText.sanitise(path))
      }
      return record
    }
  }
}
