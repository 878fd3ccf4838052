import Core
import Formats
import Foundation
import Glibc
import Recipe
import Similarity
import System

/// What one process does for a run that is split: computes a shard, or merges all of them. Anything
/// but rename may be missing on the file system that it shares with the others.
public struct ShardWorker {
  /// What is asked.
  public let spec: JobSpec
  private let folder: JobFolder
  /// The lock of the folder, which whoever started it shares with it.
  private let lock: FileLock?
  private let say: (String) -> Void

  /// Opens the folder at `path`, which has a specification. From now on SIGTERM and SIGUSR1 ask to
  /// stop.
  public init(folder path: String, say: @escaping (String) -> Void) throws(JobError) {
    folder = JobFolder(path: path)
    lock = try? FileLock.adopt(FileLock.inherited, path: "\(path)/\(Self.lockName)")
    spec = try JobSpec(of: folder)
    self.say = say
    Termination.note()
    if let parent = ProcessInfo.processInfo.environment[Self.parentVariable].flatMap({ pid_t($0) })
    {
      unsetenv(Self.parentVariable)
      Termination.followParent(parent)
    }
  }

  /// The variable that names the process with which a shard of this machine ends.
  static let parentVariable = "CKA_SHARD_PARENT"
  /// The file that is locked while a run of this machine is at work in its folder.
  static let lockName = "lock"

  /// Computes shard `number` of `request`.
  /// - Returns: the exit code: 0 where its part is there, or where it went back into Slurm's queue,
  ///   143 when it was stopped, 1 when it failed; the reason is told.
  public func compute(_ number: Int, _ request: RunRequest) -> Int32 {
    let sink = ShardSink(folder.shards, number: number, isStopped: { isStopped }, say: say)
    do {
      let isWhole = try Run.perform(try prepared(request, number), sink: sink)
      if isWhole { return 0 }
      sink.tell(.stopped)
      return try requeued(sink) ? 0 : 128 + SIGTERM
    } catch is CancellationError {
      sink.tell(.stopped)
      return 128 + SIGTERM
    } catch {
      let reason = "\(error)"
      say("failed: \(reason)")
      sink.tell(.failed, message: reason)
      return 1
    }
  }

  /// Puts the parts together, in the job's folder and at `output`.
  public func merge(to output: String, command: [String]) throws {
    let count = spec.shards ?? 1
    do {
      let parts = folder.shards.parts(of: count)
      let merged = try MergedParts(parts, partial: false, command: command)
      guard merged.record.study.countedMinibatches > 0 else { throw Run.nothingCounted }
      let file = try merged.encoded()
      try AtomicFile.write(file, to: folder.result)
      try AtomicFile.write(file, to: output)
      unlink(folder.shards.soFar)
      StudyWarning.lines(merged.record.study.warnings).forEach { say("warning: \($0)") }
      say("wrote \(output)")
      try end(.finished, reason: nil, merged)
    } catch {
      try? end(.failed, reason: "\(error)", nil)
      throw error
    }
  }

  private func end(_ state: JobState, reason: String?, _ merged: MergedParts?) throws(JobError) {
    let now = Timestamp(Date())
    var entry = Journal.last(folder.journal) ?? JournalEntry(attempt: 1, queued: now)
    entry.time = now
    entry.state = state
    entry.reason = reason.map(SafeText.sanitise)
    if let study = merged?.record.study {
      let seen = study.minibatches.count
      entry.progress = JobProgress(phase: "done", done: seen, total: seen).cleaned
    }
    try Journal.append(entry, to: folder.journal, isLasting: true)
  }

  private func prepared(_ request: RunRequest, _ number: Int) throws(FormatError) -> RunRequest {
    let count = spec.shards ?? 1
    var request = request
    request.shard = try ShardChoice(number, of: count)
    request.planFile = folder.shards.plan
    request.devices = []
    if let devices = spec.devices, !devices.isEmpty {
      let device = devices[(number - 1) % devices.count]
      request.device = device.isEmpty ? nil : device
    }
    if request.recipe[.threads] == nil {
      let cores = ProcessInfo.processInfo.activeProcessorCount
      let given = ProcessInfo.processInfo.environment["SLURM_CPUS_PER_TASK"].flatMap { Int($0) }
      let threads = spec.slurm == nil ? max(1, cores / count) : max(1, min(given ?? cores, 4096))
      try? request.recipe.say(.threads, String(threads))
    }
    return request
  }

  private var isStopped: Bool {
    Termination.isRequested || Termination.isTimeUp || access(folder.cancel, F_OK) == 0
  }

  /// Puts a shard whose time is up back into the queue, unless it got nowhere in all that time.
  private func requeued(_ sink: ShardSink) throws -> Bool {
    guard Termination.isTimeUp, access(folder.cancel, F_OK) != 0,
      let job = ProcessInfo.processInfo.environment["SLURM_JOB_ID"]
    else { return false }
    guard sink.added > 0 else {
      throw ComputeError(
        "its time was up before it had finished a minibatch; give it more --time, or take smaller "
          + "minibatches")
    }
    say("its time is nearly up: it goes back into the queue")
    try SlurmQueue.requeue(job)
    return true
  }
}
