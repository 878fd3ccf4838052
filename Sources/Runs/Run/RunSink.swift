import Core
import Formats
import Similarity

/// Where a run tells how it goes, and leaves what it has: a terminal, a job's folder, a test.
public protocol RunSink: AnyObject {
  /// The unfinished result of an earlier attempt; nil where there is none. The file need not exist.
  var unfinished: String? { get }
  /// Whether the run is to end after the minibatch that it is at; asked a few times a second.
  var shouldStop: Bool { get }
  /// Something to know, one line.
  func note(_ line: String)
  /// A line that a backend writes on standard error.
  func hear(_ line: BackendLine)
  /// The run is open, and begins now.
  /// - Parameter note: what became of the unfinished result; nil where there is none.
  func begin(_ run: Run, note: String?)
  /// A minibatch is done.
  /// - Parameter halfWidth: the largest half width of a 95 % interval when the study was last saved.
  func report(_ progress: RunProgress, halfWidth: Double?)
  /// Saves what there is, while the run goes on; it makes `file` itself, and a failure is its own
  /// to tell, since what was computed is worth more than the copy of it.
  func save(_ file: () throws(FormatError) -> EncodedFile)
  /// Saves what there is of a run that ends early.
  func keep(_ kept: RunResult) throws
  /// Writes the whole result.
  func finish(_ result: RunResult) throws
}

/// What a run has, at its end or before.
public struct RunResult {
  /// Minibatches of the run, or of its shard.
  public let planned: Int
  /// Which shard it is; nil for a whole run.
  public let choice: ShardChoice?
  /// What it has summed.
  public let study: Study
  /// The study's intervals.
  public let intervals: StudyIntervals
  /// The bundle that holds it.
  public let file: EncodedFile

  init(_ study: Study, of run: Run) throws(FormatError) {
    (planned, choice, self.study) = (run.planned, run.choice, study)
    intervals = StudyIntervals(study)
    file = try run.encode(study, intervals)
  }

  init(_ merged: MergedParts) throws(FormatError) {
    study = merged.record.study
    (planned, choice) = (study.shard?.total ?? study.minibatches.count, nil)
    intervals = StudyIntervals(study)
    file = try merged.encoded(intervals)
  }
}

extension Run {
  /// Carries `request` out: goes on with what is unfinished, computes, saves now and then, and
  /// leaves the result or what there is of it in `sink`. There is no other loop than this one.
  /// - Returns: whether the result is whole; else it was stopped.
  /// - Throws: why it cannot go on; what was computed until then has been kept.
  public static func perform(_ request: RunRequest, sink: some RunSink) throws -> Bool {
    let resumption = try Resumption(of: sink.unfinished) { seen in
      try Run.settled(request, seen: seen, sink: sink)
    }
    let run = resumption.run
    sink.begin(run, note: resumption.note)
    let study = try run.sum(from: resumption.start, sink: sink)
    if sink.shouldStop, study.minibatches.count < run.planned {
      if !study.minibatches.isEmpty { try sink.keep(RunResult(study, of: run)) }
      return false
    }
    // Of a shard there may be nothing to count.
    guard study.countedMinibatches > 0 || run.choice != nil else { throw nothingCounted }
    try sink.finish(RunResult(study, of: run))
    return true
  }

  /// No minibatch has enough samples.
  static var nothingCounted: FormatError {
    FormatError(
      .empty,
      "no minibatch could be counted: HSIC needs at least \(StudyOptions.fewestSamples) samples",
      remedy: "take larger minibatches")
  }

  /// Opens `request`; a shard by the plan that all shards agree on, which the first of them writes.
  private static func settled(
    _ request: RunRequest, seen: Int, sink: some RunSink
  ) throws -> Run {
    func open(_ plan: String?) throws -> Run {
      try Run(request, seen: seen, plan: plan) {
        sink.shouldStop
      } hear: {
        sink.hear($0)
      }
    }
    let place = request.shard == nil ? nil : try planPlace(of: request)
    let known = try place.flatMap { path throws(FormatError) in try RunPlan(path: path) }
    let run = try open(known == nil ? nil : place)
    guard let place, let own = run.plan, own.backend != nil else { return run }
    let agreed = try known ?? own.settled(at: place)
    if own == agreed { return run }
    if let objection = own.objection(to: agreed), known != nil {
      throw FormatError(
        .mismatch, "the shards before had agreed on another plan: \(objection)",
        remedy: "remove it and their parts, and run all again", file: SafeText.sanitise(place))
    }
    // Another shard was first. Two at once may not fit on one card.
    run.stop()
    let second = try open(place)
    guard second.plan == agreed else {
      throw FormatError(
        .mismatch, "the backend does not keep to the plan that the shards agreed on",
        file: SafeText.sanitise(place))
    }
    return second
  }

  /// Ends its backend, if it has one; for a run that is not begun.
  func stop() {
    if case .backend(let stream, _, _) = origin { stream.stop() }
  }

  /// Sums to the end, or until `sink` has it stop; of a run that fails what there is is kept.
  private func sum(from start: Study?, sink: some RunSink) throws -> Study {
    var pace = CheckpointPace()
    var halfWidth: Double?
    var latest = start
    do {
      return try run(from: start) { study, progress in
        latest = study
        if progress.done < progress.total {
          pace.saveIfDue {
            sink.save { () throws(FormatError) in
              let result = try RunResult(study, of: self)
              halfWidth = result.intervals.convergence().largestHalfWidth
              return result.file
            }
          }
        }
        sink.report(progress, halfWidth: halfWidth)
        return !sink.shouldStop
      }
    } catch {
      // A failure to keep it must not hide the first reason.
      if let latest, !latest.minibatches.isEmpty {
        try? sink.keep(RunResult(latest, of: self))
      }
      throw error
    }
  }
}
