import Core
import Foundation
import Glibc
import Synchronization
import System

/// How a worker ends.
public enum JobOutcome: Equatable, Sendable {
  /// The result is complete.
  case finished
  /// It cannot go on, for a reason in one line.
  case failed(String)
  /// It stopped because it was asked to.
  case cancelled
}

/// A worker's side of its job. Any thread may use it.
///
///     let session = try WorkerSession(folder: CommandLine.arguments[2])
///     guard try session.waitForTurn() else { return try session.finish(.cancelled) }
///     …  session.report(…), session.checkpoint(…), until session.isCancelled
///     try session.finish(.finished)
///
/// `kill -9` at any moment leaves the previous checkpoint or the next one, and lets go of the
/// locks.
public final class WorkerSession: Sendable {
  /// The job's files.
  public let folder: JobFolder
  /// What to do.
  public let spec: JobSpec
  /// How often a worker was started on the job; 1 for the first.
  public let attempt: Int
  private let queue: SlotQueue
  private let host: JobHost
  private let state: Mutex<State>

  private struct State {
    var entry: JournalEntry
    var remaining = RemainingTime()
    /// When a line was last written, and whether one was held back since.
    var written: Timestamp
    var isBehind = false
    var cancel: (checked: Timestamp, isAsked: Bool)?
    /// Held for as long as the session is open; nil once it is finished.
    var lock: FileLock?
    var slot: FileLock?
  }

  /// Opens the job in the folder at `path`. From now on SIGTERM asks to stop, and SIGHUP is
  /// ignored.
  /// - Throws: `.isLive` when another worker has the job, `.isOver` when it is finished, `.broken`.
  public init(folder path: String, host: JobHost = JobHost()) throws(JobError) {
    let path = URL(fileURLWithPath: path).standardizedFileURL
    let name = path.lastPathComponent
    folder = JobFolder(path: path.path)
    guard let id = JobID(name) else {
      throw JobError(.noSuchJob, "is not a job's folder", at: path.path)
    }
    spec = try JobSpec(of: folder)
    guard spec.slurm == nil else {
      throw JobError(
        .isLive, "is run by Slurm", at: path.path, remedy: "cka jobs resume submits what is missing"
      )
    }
    let isInherited = host.environment[WorkerLaunch.lockVariable] != nil
    let (lock, isLaunched) = try Self.lock(folder, isInherited: isInherited)
    Termination.note()
    let now = Timestamp(host.now())
    let entry = try Self.begin(folder, isLaunched: isLaunched, now: now)
    try ProcessIdentity.current?.record(in: folder)
    attempt = entry.attempt
    queue = SlotQueue(
      root: path.deletingLastPathComponent().path, limit: host.limit, id: id,
      queued: entry.queued)
    self.host = host
    state = Mutex(State(entry: entry, written: now, lock: lock))
  }

  /// The result of the last checkpoint, if an earlier attempt made one.
  public var lastCheckpoint: String? {
    access(folder.result, R_OK) == 0 ? folder.result : nil
  }

  /// Waits until this job may run.
  /// - Returns: false when it was cancelled while it waited.
  public func waitForTurn() throws(JobError) -> Bool {
    while !isCancelled {
      if let slot = try queue.take() {
        let now = Timestamp(host.now())
        try state.withLock { state throws(JobError) in
          state.slot = slot
          state.entry.state = .running
          state.entry.started = now
          try Self.append(&state, to: folder, at: now, isLasting: true)
        }
        return true
      }
      // A SIGTERM to this thread ends the pause.
      poll(nil, 0, 300)
    }
    return false
  }

  /// Whether somebody asked the job to stop. Cheap: the file is looked for a few times a second.
  public var isCancelled: Bool {
    if Termination.isRequested { return true }
    let now = Timestamp(host.now())
    return state.withLock { state in
      if let cancel = state.cancel, cancel.isAsked || Self.isWithin(200, cancel.checked, now) {
        return cancel.isAsked
      }
      let isAsked = access(folder.cancel, F_OK) == 0
      state.cancel = (now, isAsked)
      return isAsked
    }
  }

  /// Tells how far the job has come. Call it as often as you like: four lines a second are written,
  /// one a second after a while, and the last one is never lost. An estimate of the time left is
  /// added if there is none.
  public func report(_ progress: JobProgress) {
    let now = Timestamp(host.now())
    state.withLock { state in
      guard state.lock != nil else { return }
      var progress = progress.cleaned
      let estimate = state.remaining.estimate(progress.fraction, at: now)
      if progress.eta == nil { progress.eta = estimate }
      let isNewPhase = progress.phase != state.entry.progress?.phase
      state.entry.progress = progress
      state.isBehind = true
      guard isNewPhase || !Self.isWithin(Self.interval(state, now), state.written, now) else {
        return
      }
      // Progress is for watching: a full disk must not end the work here.
      try? Self.append(&state, to: folder, at: now, isLasting: false)
    }
  }

  /// Appends a line to the job's log, with the time.
  public func log(_ line: String) {
    let text = "\(Timestamp(host.now())) \(SafeText.sanitise(line))\n"
    let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW
    let descriptor = open(folder.log, flags, 0o600)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    try? Descriptor.write(Array(text.utf8), to: descriptor)
  }

  /// Replaces the job's result, partial or complete; on return it is on the disk.
  /// - Throws: `.system`, for example when the disk is full; the previous result is still there.
  public func checkpoint(_ bytes: some ByteParts) throws(JobError) {
    try state.withLock { state throws(JobError) in
      guard state.lock != nil else { throw Self.isClosed(folder) }
      try SmallFile.replace(folder.result, with: bytes)
      if state.isBehind {
        try? Self.append(&state, to: folder, at: Timestamp(host.now()), isLasting: false)
      }
    }
  }

  /// Says how the job ended, then lets go of its locks. The session does nothing afterwards.
  public func finish(_ outcome: JobOutcome) throws(JobError) {
    let now = Timestamp(host.now())
    try state.withLock { state throws(JobError) in
      guard state.lock != nil else { throw Self.isClosed(folder) }
      switch outcome {
      case .finished: state.entry.state = .finished
      case .failed(let reason):
        state.entry.state = .failed
        state.entry.reason = SafeText.sanitise(reason)
      case .cancelled:
        state.entry.state = .cancelled
        let isAsked = access(folder.cancel, F_OK) == 0
        state.entry.reason = isAsked ? "on request" : "by SIGTERM"
      }
      state.entry.progress?.eta = nil
      try Self.append(&state, to: folder, at: now, isLasting: true)
      state.slot = nil
      state.lock = nil
    }
  }
}

extension WorkerSession {
  /// The job's lock: inherited from who launched this process, or taken.
  private static func lock(
    _ folder: JobFolder, isInherited: Bool
  ) throws(JobError) -> (FileLock, isLaunched: Bool) {
    if isInherited, let lock = try FileLock.inherit(path: folder.lock) {
      return (lock, true)
    }
    guard let lock = try FileLock.take(folder.lock) else {
      throw JobError(.isLive, "another worker has this job", at: folder.path)
    }
    guard lock.isStill(at: folder.lock) else { throw JobStore.missing(folder.path) }
    return (lock, false)
  }

  /// The entry of this attempt: the launcher has written it, or it is written here for a worker
  /// that was started by hand.
  private static func begin(
    _ folder: JobFolder, isLaunched: Bool, now: Timestamp
  ) throws(JobError) -> JournalEntry {
    let last = Journal.last(folder.journal)
    if let last, last.state == .finished {
      throw JobError(.isOver, "is finished", at: folder.path)
    }
    if isLaunched, let last, last.state == .queued { return last }
    unlink(folder.cancel)
    let entry = JournalEntry(attempt: (last?.attempt ?? 0) &+ 1, queued: now)
    try Journal.append(entry, to: folder.journal, isLasting: true)
    return entry
  }

  private static func append(
    _ state: inout State, to folder: JobFolder, at now: Timestamp, isLasting: Bool
  ) throws(JobError) {
    state.entry.time = now
    try Journal.append(state.entry, to: folder.journal, isLasting: isLasting)
    state.written = now
    state.isBehind = false
  }

  /// Milliseconds between two lines: a job of ten hours then writes a few megabytes.
  private static func interval(_ state: State, _ now: Timestamp) -> Int64 {
    isWithin(60_000, state.entry.queued, now) ? 250 : 1000
  }

  /// Whether less than `milliseconds` passed since `time`; a clock that was set back ends the wait.
  private static func isWithin(
    _ milliseconds: Int64, _ time: Timestamp, _ now: Timestamp
  ) -> Bool {
    (0..<milliseconds).contains(now.milliseconds - time.milliseconds)
  }

  private static func isClosed(_ folder: JobFolder) -> JobError {
    JobError(.isOver, "its session is finished", at: folder.path)
  }
}
