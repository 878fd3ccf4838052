import Core
import Explorer
import Formats
import Jobs
import Similarity

/// The work of one attempt at a job: computes, tells how far it is, and saves what it has.
struct BackgroundRun {
  private let run: ComputeRun
  /// Where the last attempt stopped; nil for the first, or when its checkpoint does not fit.
  private let start: Study?
  private let session: WorkerSession
  private let checkpoints: JobCheckpoints
  private let output: String

  /// The work of `session`, whose finished result also goes to `output`.
  init(_ resumption: Resumption, session: WorkerSession, output: String) {
    (run, start) = (resumption.run, resumption.start)
    self.session = session
    checkpoints = JobCheckpoints(session)
    self.output = output
  }

  /// Computes to the end, or until it is asked to stop.
  /// - Parameter begun: is called with every minibatch that is computed.
  /// - Throws: why it cannot go on; what was computed until then has been saved.
  func outcome(pace: CheckpointPace, begun: () -> Void) throws -> JobOutcome {
    var pace = pace
    var halfWidth: Double?
    var latest = start
    do {
      let study = try run.run(from: start) { study, progress in
        latest = study
        begun()
        try pace.saveIfDue { halfWidth = try save(study) }
        session.report(self.progress(progress, halfWidth: halfWidth))
        return !session.isCancelled
      }
      return try end(study)
    } catch {
      // The result stays as far as it came, and a failure to save it must not hide the first
      // reason.
      if let latest { _ = try? save(latest) }
      throw error
    }
  }

  private func progress(_ progress: ComputeProgress, halfWidth: Double?) -> JobProgress {
    var numbers: [String: Double] = [:]
    numbers[JobNumber.rate.rawValue] = progress.rate
    numbers[JobNumber.halfWidth.rawValue] = progress.halfWidth ?? halfWidth
    return JobProgress(
      phase: "computing", done: progress.done, total: progress.total, fraction: progress.fraction,
      eta: progress.secondsLeft, numbers: numbers)
  }

  /// Saves the state so far; returns the largest half width in it.
  private func save(_ study: Study) throws -> Double {
    let intervals = StudyIntervals(study)
    checkpoints.save(try run.encode(study, intervals))
    return intervals.convergence().largestHalfWidth
  }

  /// Saves the last state here and, if it is complete, where the user wants it.
  private func end(_ study: Study) throws -> JobOutcome {
    let intervals = StudyIntervals(study)
    let file = try run.encode(study, intervals)
    checkpoints.save(file)
    let (seen, halfWidth) = (study.minibatches.count, intervals.convergence().largestHalfWidth)
    session.report(
      JobProgress(
        phase: "done", done: seen, total: run.total,
        numbers: [JobNumber.halfWidth.rawValue: halfWidth]))
    if session.isCancelled, seen < run.total {
      if let failure = checkpoints.failure { throw failure }
      return .cancelled
    }
    guard study.countedMinibatches > 0 else {
      throw FormatError(.empty, "no minibatch could be counted", remedy: "take larger minibatches")
    }
    try AtomicFile.write(file, to: output)
    StudyWarning.lines(study.warnings).forEach { session.log("warning: \($0)") }
    session.log("wrote \(output)")
    // The copy here is that of an earlier checkpoint, or none: nobody may take it for the result.
    return checkpoints.failure.map {
      .failed("wrote \(SafeText.sanitise(output)), but the job's own copy is not whole: \($0)")
    } ?? .finished
  }
}
