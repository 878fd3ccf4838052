import Core
import Formats
import Similarity

/// A run's side that is a job: its journal, its log, its folder.
public final class JobSink: RunSink {
  private let session: WorkerSession
  private let checkpoints: JobCheckpoints
  private let output: String
  private var isUnderWay = false

  /// The work of `session`, whose finished result also goes to `output`.
  /// - Parameter complain: tells a line where the log may be gone.
  public init(
    _ session: WorkerSession, output: String, complain: @escaping (String) -> Void
  ) {
    self.session = session
    checkpoints = JobCheckpoints(session, complain: complain)
    self.output = output
  }

  /// The result of the last checkpoint.
  public var unfinished: String? { session.lastCheckpoint }
  /// Whether somebody asked the job to stop.
  public var shouldStop: Bool { session.isCancelled }

  /// Logs a line.
  public func note(_ line: String) { session.log(line) }

  /// A line of the log, or a message until minibatches come.
  public func hear(_ line: BackendLine) {
    switch line {
    case .log(let text): session.log("backend: \(text)")
    case .progress(let text):
      // Minibatches tell how far the work is, once they come.
      if !isUnderWay { session.report(JobProgress(phase: "starting", message: text)) }
    }
  }

  /// Logs what should be known.
  public func begin(_ run: Run, note: String?) {
    run.warnings.forEach { session.log($0) }
    if let note { session.log(note) }
  }

  /// A line of the journal.
  public func report(_ progress: RunProgress, halfWidth: Double?) {
    isUnderWay = true
    var numbers: [String: Double] = [:]
    numbers[JobNumber.rate.rawValue] = progress.rate
    numbers[JobNumber.halfWidth.rawValue] = progress.halfWidth ?? halfWidth
    session.report(
      JobProgress(
        phase: "computing", done: progress.done, total: progress.total,
        fraction: progress.fraction, eta: progress.secondsLeft, numbers: numbers))
  }

  /// A checkpoint in the job's folder.
  public func save(_ file: () throws(FormatError) -> EncodedFile) { checkpoints.save(file) }

  /// Saves the last state in the job's folder.
  /// - Throws: where it could not be saved.
  public func keep(_ kept: RunResult) throws {
    saveLast(kept)
    if let failure = checkpoints.failure { throw failure }
  }

  /// Saves the result here and where the user wants it.
  public func finish(_ result: RunResult) throws {
    saveLast(result)
    try AtomicFile.write(result.file, to: output)
    StudyWarning.lines(result.study.warnings).forEach { session.log("warning: \($0)") }
    session.log("wrote \(output)")
  }

  /// How the job ended, of which `isWhole` says whether its result was finished.
  public func outcome(isWhole: Bool) -> JobOutcome {
    guard isWhole else { return .cancelled }
    // The copy here is that of an earlier checkpoint, or none: nobody may take it for the result.
    return checkpoints.failure.map {
      .failed("wrote \(SafeText.sanitise(output)), but the job's own copy is not whole: \($0)")
    } ?? .finished
  }

  private func saveLast(_ result: RunResult) {
    checkpoints.save { () throws(FormatError) in result.file }
    session.report(
      JobProgress(
        phase: "done", done: result.study.minibatches.count, total: result.planned,
        numbers: [
          JobNumber.halfWidth.rawValue: result.intervals.convergence().largestHalfWidth
        ]))
  }
}

/// The figures worth watching that a worker reports.
public enum JobNumber: String {
  /// Samples a second.
  case rate
  /// The largest 95 % half width of all cells.
  case halfWidth = "half-width"
}
