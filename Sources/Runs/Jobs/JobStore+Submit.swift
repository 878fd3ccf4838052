import Foundation
import Glibc
import System

extension JobStore {
  /// Starts a new job.
  ///
  /// Its worker is started at once, in a session of its own, and waits for its turn by itself when
  /// `limit` others run. When this throws, no job is left behind.
  /// - Throws: `.cannotStart` for the worker's program, `.system` for the folder of jobs.
  @discardableResult
  public func submit(_ spec: JobSpec, worker: WorkerCommand) throws(JobError) -> JobStatus {
    var spec = spec
    spec.version = JobSpec.currentVersion
    spec.created = Timestamp(host.now())
    try prepareRoot()
    sweep()
    let (id, lock) = try publish(spec)
    do throws(JobError) {
      guard let lock else { throw JobError(.isLive, "has no lock", at: id.description) }
      try start(spec, id, worker, lock)
    } catch {
      discard(id)
      throw error
    }
    return try job(id)
  }

  /// Starts another worker on a job that failed, died or was cancelled. It goes on from the last
  /// checkpoint, as a new attempt, at the end of the queue.
  /// - Throws: `.isLive`, `.isOver` (finished), `.broken`, `.noSuchJob`, `.cannotStart`.
  @discardableResult
  public func resume(_ id: JobID, worker: WorkerCommand) throws(JobError) -> JobStatus {
    let folder = folder(id)
    if let spec = slurmSpec(id) { return try resumeInSlurm(id, spec) }
    let lock = try exclusive(id)
    let status = try job(id)
    guard let spec = status.spec else {
      throw JobError(.broken, status.reason ?? "cannot be understood", at: id.description)
    }
    guard status.state != .finished else {
      throw JobError(
        .isOver, "is finished", at: id.description, remedy: "retry it to compute it again")
    }
    let now = Timestamp(host.now())
    unlink(folder.cancel)
    var entry = JournalEntry(attempt: max(status.attempt, 0) &+ 1, queued: now)
    try Journal.append(entry, to: folder.journal, isLasting: true)
    do {
      try start(spec, id, worker, lock)
    } catch {
      entry.state = .failed
      entry.reason = error.description
      // Why it did not start is what the caller has to know, also on a full disk.
      try? Journal.append(entry, to: folder.journal, isLasting: true)
      throw error
    }
    return try job(id)
  }

  /// Starts a new job that is asked to do the same as `id`, from the beginning.
  @discardableResult
  public func retry(_ id: JobID, worker: WorkerCommand) throws(JobError) -> JobStatus {
    let status = try job(id)
    guard let spec = status.spec else {
      throw JobError(.broken, status.reason ?? "cannot be understood", at: id.description)
    }
    return try spec.slurm == nil ? submit(spec, worker: worker) : submitToSlurm(spec)
  }

  /// Makes the folder of a job that no worker of this machine has. It takes no lock: the file system
  /// of a cluster may have none.
  func publishWithoutWorker(_ spec: JobSpec) throws(JobError) -> JobID {
    try prepareRoot()
    sweep()
    let (id, _) = try publish(spec, isLocked: false)
    do throws(SystemError) { try folder(id).shards.make() } catch {
      discard(id)
      throw JobError(error)
    }
    return id
  }

  /// What was asked of a job that Slurm runs; nil for any other.
  func slurmSpec(_ id: JobID) -> JobSpec? {
    guard let spec = try? JobSpec(of: folder(id)), spec.slurm != nil else { return nil }
    return spec
  }

  /// The lock of a job without a worker.
  /// - Throws: `.isLive`, `.noSuchJob`.
  func exclusive(_ id: JobID) throws(JobError) -> FileLock {
    let folder = folder(id)
    // A worker that has said its last word holds the lock for another moment; so does, until its
    // exec, any child that the one who let go has just forked.
    let deadline = ContinuousClock.now + .seconds(2)
    var held = try status(id, locking: folder)
    while held.lock == nil, !held.status.state.isLive, ContinuousClock.now < deadline {
      poll(nil, 0, 10)
      held = try status(id, locking: folder)
    }
    guard let lock = held.lock else {
      throw JobError(
        .isLive, "its worker is alive", at: id.description, remedy: "cancel it first")
    }
    guard lock.isStill(at: folder.lock) else { throw Self.missing(id.description) }
    return lock
  }

  /// The status first, so that a wrong name says what it is and not which file is missing.
  private func status(
    _ id: JobID, locking folder: JobFolder
  ) throws(JobError) -> (status: JobStatus, lock: FileLock?) {
    (try job(id), try FileLock.take(folder.lock))
  }

  private func start(
    _ spec: JobSpec, _ id: JobID, _ worker: WorkerCommand, _ lock: FileLock
  ) throws(JobError) {
    let folder = folder(id)
    var environment = spec.environment
    environment[WorkerLaunch.lockVariable] = "1"
    environment[WorkerLaunch.limitVariable] = String(limit)
    let launch = WorkerLaunch(
      executable: try worker.resolved(searching: spec.environment["PATH"]),
      arguments: [worker.executable] + worker.arguments + [folder.path],
      environment: environment, workingDirectory: spec.workingDirectory, log: folder.log,
      lock: lock.descriptor)
    try host.launch(launch)
  }

  private func prepareRoot() throws(JobError) {
    do {
      try FileManager.default.createDirectory(
        atPath: root, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw JobError(
        .system, "the folder of jobs cannot be made", at: root,
        remedy: "set XDG_STATE_HOME to a folder of your own")
    }
  }

  /// Makes the folder under a hidden name, with its lock taken, and renames it: from the first
  /// moment that a job can be seen it is complete and alive. A job of Slurm's has no lock.
  private func publish(
    _ spec: JobSpec, isLocked: Bool = true
  ) throws(JobError) -> (JobID, FileLock?) {
    let hidden = JobFolder(path: "\(root)/.new-\(UUID().uuidString)")
    guard mkdir(hidden.path, 0o700) == 0 else { throw .system("cannot be made", hidden.path) }
    do throws(JobError) {
      let lock = isLocked ? try FileLock.take(hidden.lock) : nil
      guard lock != nil || !isLocked else {
        throw JobError(.isLive, "was locked by another program", at: hidden.path)
      }
      try spec.write(to: hidden)
      try Journal.append(
        JournalEntry(attempt: 1, queued: spec.created), to: hidden.journal, isLasting: true)
      let id = try rename(hidden, submitted: spec.created)
      FileReplacement.synchronise(folderOf: hidden.path)
      return (id, lock)
    } catch {
      try? FileManager.default.removeItem(atPath: hidden.path)
      throw error
    }
  }

  /// Another job may have got the same four digits in the same second; then others are tried.
  private func rename(_ hidden: JobFolder, submitted: Timestamp) throws(JobError) -> JobID {
    for _ in 0..<64 {
      let id = JobID(time: submitted, random: host.random())
      if Glibc.rename(hidden.path, folder(id).path) == 0 { return id }
      guard errno == ENOTEMPTY || errno == EEXIST else {
        throw .system("cannot be named", folder(id).path)
      }
    }
    throw JobError(.system, "there is no name left for a job", at: root, remedy: "try again")
  }
}
