import CKACore
import Explorer
import Formats
import Jobs

/// The work of one attempt at a job: computes, tells how far it is, and saves what it has.
struct BackgroundRun {
  private let run: ComputeRun
  private let session: WorkerSession
  private let output: String

  /// The work of `session`, whose finished result also goes to `output`.
  init(_ run: ComputeRun, session: WorkerSession, output: String) {
    self.run = run
    self.session = session
    self.output = output
  }

  /// Computes to the end, or until it is asked to stop.
  /// - Throws: why it cannot go on; what was computed until then has been saved.
  func outcome(rhythm: JobRhythm) throws -> JobOutcome {
    let start = lastStudy()
    var rhythm = rhythm
    var halfWidth: Double?
    var latest = start
    do {
      let study = try run.run(from: start) { study, progress in
        latest = study
        try rhythm.perform {
          try save(study)
          halfWidth = study.convergence().largestHalfWidth
        }
        session.report(self.progress(progress, halfWidth: halfWidth))
        return !session.isCancelled
      }
      return try end(study)
    } catch {
      // The result stays as far as it came, and a failure to save it must not hide the first reason.
      if let latest { try? save(latest) }
      throw error
    }
  }

  /// Where the last attempt stopped; nil for the first, or when its checkpoint does not fit.
  private func lastStudy() -> Study? {
    guard let path = session.lastCheckpoint else { return nil }
    do throws(FormatError) {
      guard let record = try ResultBundle.record(path: path) else {
        throw FormatError("it holds no study")
      }
      if let objection = run.objection(to: record) { throw FormatError(objection) }
      session.log("goes on after \(record.study.minibatches.count) of \(run.total) minibatches")
      return record.study
    } catch {
      session.log("begins anew, the last checkpoint cannot be used: \(error.description)")
      return nil
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

  private func save(_ study: Study) throws { try session.checkpoint(run.encode(study)) }

  /// Saves the last state here and, if it is complete, where the user wants it.
  private func end(_ study: Study) throws -> JobOutcome {
    let bytes = try run.encode(study)
    try session.checkpoint(bytes)
    let (seen, halfWidth) = (study.minibatches.count, study.convergence().largestHalfWidth)
    session.report(
      JobProgress(
        phase: "done", done: seen, total: run.total,
        numbers: [JobNumber.halfWidth.rawValue: halfWidth]))
    if session.isCancelled, seen < run.total { return .cancelled }
    guard study.countedMinibatches > 0 else {
      throw FormatError("no minibatch could be counted", remedy: "take larger minibatches")
    }
    try AtomicFile.write(bytes, to: output)
    session.log("wrote \(output)")
    return .finished
  }
}

/// How often a job saves its partial result and looks at its intervals.
struct JobRhythm {
  private let clock = ContinuousClock()
  private let interval: Duration
  private let sparsity: Int
  private var due: ContinuousClock.Instant

  /// Set in the environment: the fewest seconds between two checkpoints; 0 for one after every
  /// minibatch.
  static let variable = "CKA_CHECKPOINT_SECONDS"

  /// Every two seconds at most, and so seldom that it takes under 2 % of the time, unless `environment`
  /// says otherwise. The first one comes within a second, for those who watch.
  init(environment: [String: String]) {
    let wish = environment[Self.variable].flatMap { Double($0) }.flatMap {
      (0...1e6) ~= $0 ? $0 : nil
    }
    interval = .seconds(wish ?? 2)
    sparsity = wish == 0 ? 0 : 50
    due = clock.now + min(interval, .seconds(1))
  }

  /// Runs `body` when it is time.
  mutating func perform(_ body: () throws -> Void) rethrows {
    let begin = clock.now
    guard begin >= due else { return }
    try body()
    let end = clock.now
    due = end + max(interval, (end - begin) * sparsity)
  }
}
