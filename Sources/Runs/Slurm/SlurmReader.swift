import Core
import Foundation
import Glibc

/// How many shards of a job are at what.
public struct ShardCounts: Codable, Equatable, Sendable {
  /// In the queue.
  public var waiting = 0
  /// At work.
  public var running = 0
  /// With a part.
  public var done = 0
  /// Over without one.
  public var failed = 0
  /// Without one because the job was cancelled.
  public var stopped = 0

  /// "2 of 7 shards done, 2 running, 3 waiting".
  public var text: String {
    let all = waiting + running + done + failed + stopped
    var parts = ["\(done) of \(all) \(all == 1 ? "shard" : "shards") done"]
    if running > 0 { parts.append("\(running) running") }
    if waiting > 0 { parts.append("\(waiting) waiting") }
    if failed > 0 { parts.append("\(failed) failed") }
    if stopped > 0 { parts.append("\(stopped) stopped") }
    return parts.joined(separator: ", ")
  }
}

/// Where a job stands that Slurm runs: told from what its shards wrote and from Slurm's queue. No
/// lock is looked at and no process: its shards are on other machines.
struct SlurmReader {
  let folder: JobFolder
  let spec: JobSpec
  let record: SlurmRecord

  private struct Shard {
    var number: Int
    var isDone: Bool
    var state: SlurmQueue.TaskState?
    var progress: ShardProgress?
    /// How its task ended; nil while it has not, or its part is there.
    var ending: String?
  }

  /// Seconds in which a file of another machine may still be on its way here.
  static let delay = 120.0

  /// Fills in what can be told.
  func fill(_ status: inout JobStatus, last: JournalEntry?) {
    guard last?.state != .finished, last?.state != .failed else {
      // The merge said how it ended.
      status.shards = counts(shards(in: [:]))
      return
    }
    let asked = access(folder.cancel, F_OK) == 0
    guard record.has(last?.attempt ?? 1) else {
      fill(&status, unsubmitted: last, asked: asked)
      return
    }
    do throws(JobError) {
      let tasks = try SlurmQueue.tasks()
      let shards = shards(in: tasks)
      fill(&status, shards)
      let counts = counts(shards)
      status.shards = counts
      let merging = record.merge.flatMap {
        tasks[SlurmQueue.Task(job: $0, number: 0)] ?? SlurmQueue.tasks(of: $0).live[0]
      }
      let isLive = counts.running + counts.waiting > 0 || (merging != nil && counts.failed == 0)
      status.isCancelling = asked && isLive
      if isLive {
        status.state = counts.running > 0 || merging == .running ? .running : .queued
        status.reason = trouble(shards, counts) ?? waitingReason(shards)
      } else if asked {
        (status.state, status.reason) = (.cancelled, "on request")
        status.shards?.stopped = counts.failed
        status.shards?.failed = 0
      } else if counts.failed == 0, isFresh(last) {
        // The merge has had its turn, or is about to; its last word may still be on its way.
        status.state = .running
      } else {
        status.state = .failed
        status.reason = trouble(shards, counts) ?? "its merge did not end well; see the log"
      }
    } catch {
      // The scheduler is away, not the job.
      let shards = shards(in: [:])
      fill(&status, shards)
      status.state = .running
      status.reason = "the scheduler does not answer: \(error.description)"
    }
  }

  /// sbatch has not answered yet; if it never does, whoever asked it is gone.
  private func fill(_ status: inout JobStatus, unsubmitted last: JournalEntry?, asked: Bool) {
    var counts = ShardCounts()
    counts.done = (1...max(1, spec.shards ?? 1)).count { folder.shards.isDone($0) }
    let others = max(1, spec.shards ?? 1) - counts.done
    let isLate = -(last?.queued ?? spec.created).date.timeIntervalSinceNow > Self.delay
    switch (asked, isLate) {
    case (true, _):
      (status.state, status.reason, counts.stopped) = (.cancelled, "on request", others)
    case (false, true):
      (status.state, status.reason) = (.failed, "it was never handed to Slurm; resume it")
      counts.failed = others
    case (false, false):
      (status.state, counts.waiting) = (.queued, others)
    }
    status.shards = counts
  }

  private func shards(in tasks: [SlurmQueue.Task: SlurmQueue.TaskState]) -> [Shard] {
    (1...max(1, spec.shards ?? 1)).map { number in
      let array = record.array(of: number)
      var shard = Shard(
        number: number, isDone: folder.shards.isDone(number),
        state: array.flatMap { tasks[SlurmQueue.Task(job: $0, number: number)] },
        progress: ShardProgress(path: folder.shards.progress(number)))
      guard !shard.isDone, shard.state == nil, let array, !tasks.isEmpty || asksEndings else {
        return shard
      }
      let known = SlurmQueue.tasks(of: array)
      shard.ending = known.endings[number]
      // It came after the queue was looked at.
      shard.state = known.live[number]
      // Its part is written, and not seen here yet.
      if shard.ending == SlurmQueue.completed, let time = shard.progress?.time,
        -time.date.timeIntervalSinceNow < Self.delay
      {
        shard.state = .running
      }
      return shard
    }
  }

  /// Whether the newest part, or line of the journal, is so young that another file may not be seen
  /// here yet.
  private func isFresh(_ last: JournalEntry?) -> Bool {
    let parts = (1...max(1, spec.shards ?? 1)).compactMap { number -> Double? in
      var info = stat()
      guard stat(folder.shards.part(number), &info) == 0 else { return nil }
      return Double(info.st_mtim.tv_sec)
    }
    let newest = max(parts.max() ?? 0, last?.time.date.timeIntervalSince1970 ?? 0)
    return Date().timeIntervalSince1970 - newest < Self.delay
  }

  /// The scheduler answers, and may be asked how tasks ended.
  private var asksEndings: Bool { (try? SlurmQueue.tasks()) != nil }

  private func counts(_ shards: [Shard]) -> ShardCounts {
    var counts = ShardCounts()
    for shard in shards {
      switch shard.state {
      case _ where shard.isDone: counts.done += 1
      case .waiting: counts.waiting += 1
      case .running: counts.running += 1
      case nil: counts.failed += 1
      }
    }
    return counts
  }

  /// Minibatches, speed and time of all shards together.
  private func fill(_ status: inout JobStatus, _ shards: [Shard]) {
    let known = shards.compactMap(\.progress)
    guard let total = known.map(\.whole).max(), total > 0 else { return }
    let done = known.reduce(0) { $0 + $1.done }
    let atWork = shards.filter { $0.state == .running && !$0.isDone }.compactMap(\.progress)
    let rate = atWork.compactMap(\.rate).reduce(0, +)
    var progress = JobProgress(phase: "computing", done: done, total: total)
    if rate > 0 { progress.numbers["rate"] = rate }
    // As fast as now: of what is left of those at work, and of those that wait as their share.
    let left = Double(total - done)
    let speed = atWork.reduce(0.0) { sum, shard in
      guard let seconds = shard.secondsLeft, seconds > 0 else { return sum }
      return sum + Double(shard.total - shard.done) / seconds
    }
    if speed > 0 { progress.eta = left / speed }
    status.progress = progress.cleaned
    status.updated = known.map(\.time).max() ?? status.updated
  }

  /// Which shards failed, and why; nil where none has.
  private func trouble(_ shards: [Shard], _ counts: ShardCounts) -> String? {
    guard counts.failed > 0 else { return nil }
    let failed = shards.filter { !$0.isDone && $0.state == nil }
    let reasons = failed.prefix(3).map { shard -> String in
      if let progress = shard.progress, progress.state == .failed, let message = progress.message {
        return "shard \(shard.number): \(message)"
      }
      return "shard \(shard.number): \(shard.ending ?? "ended without a word")"
    }
    let more = failed.count > 3 ? ", …" : ""
    return "\(counts.failed) of \(shards.count) shards failed: "
      + reasons.joined(separator: "; ") + more
  }

  /// Why the first shard that waits waits, where Slurm says more than that it does.
  private func waitingReason(_ shards: [Shard]) -> String? {
    for shard in shards {
      guard case .waiting(let reason) = shard.state else { continue }
      let usual = ["None", "Priority", "Resources", "JobArrayTaskLimit", "Dependency", ""]
      return usual.contains(reason) ? nil : "waits: \(reason)"
    }
    return nil
  }
}
