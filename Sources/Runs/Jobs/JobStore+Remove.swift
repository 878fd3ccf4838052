import Foundation
import Glibc
import System

extension JobStore {
  /// Asks a job to stop, and returns at once. A queued job stops too. Nothing happens to a job that
  /// is over.
  ///
  /// The request is a file, which the worker looks for, so that it also reaches a worker on another
  /// machine. A SIGTERM to its session makes it quicker, and is enough where a full disk has no
  /// room for the file.
  @discardableResult
  public func requestCancel(_ id: JobID) throws(JobError) -> JobStatus {
    let status = try job(id)
    if status.spec?.slurm != nil {
      if status.state.isLive { try cancelInSlurm(id) }
      return try job(id)
    }
    guard try FileLock.isTaken(folder(id).lock), status.state.isLive || status.state == .broken
    else { return status }
    let path = folder(id).cancel
    let mark = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    let code = errno
    let isSignalled = signal(id, SIGTERM)
    guard mark >= 0 || isSignalled else {
      // It may have been removed meanwhile.
      _ = try job(id)
      throw .system("cannot be written", path, code)
    }
    if mark >= 0 { close(mark) }
    return try job(id)
  }

  /// Stops a job: asks it to, waits for `grace` seconds, and kills what is still alive.
  /// - Returns: where it stands then; still live only if its worker is out of reach, on another
  ///   machine or in another container.
  @discardableResult
  public func cancel(_ id: JobID, grace: Double = 5) throws(JobError) -> JobStatus {
    let status = try requestCancel(id)
    guard status.state.isLive || status.state == .broken else { return status }
    if status.spec?.slurm != nil { return try wait(for: id, timeout: grace + 30) }
    if try !isGone(id, within: grace) {
      signal(id, SIGKILL)
      _ = try isGone(id, within: 2)
    }
    return try job(id)
  }

  /// Removes a job with everything in its folder; a result that was written elsewhere stays.
  /// - Parameter force: cancel it first if it is alive.
  /// - Throws: `.isLive` unless `force`, `.noSuchJob`.
  public func remove(_ id: JobID, force: Bool = false, grace: Double = 5) throws(JobError) {
    if force { try cancel(id, grace: grace) }
    let isInSlurm = slurmSpec(id) != nil
    if isInSlurm, try job(id).state.isLive {
      throw JobError(
        .isLive, "is in Slurm's queue", at: id.description, remedy: "cancel it first")
    }
    let lock = isInSlurm ? nil : try exclusive(id)
    // While the lock is held nobody can resume the job; the hidden name then ends it at once.
    try withExtendedLifetime(lock) { () throws(JobError) in
      guard let hidden = hide(id) else { throw .system("cannot be removed", folder(id).path) }
      try? FileManager.default.removeItem(atPath: hidden)
    }
  }

  /// Takes away a job whose worker could not be started.
  func discard(_ id: JobID) {
    if let hidden = hide(id) { try? FileManager.default.removeItem(atPath: hidden) }
  }

  /// Removes hidden folders that programs left which were killed while they made or removed a job.
  /// An hour is far longer than either takes, and whoever makes a job holds its lock: a clock that
  /// was set forward meanwhile takes nothing away.
  func sweep() {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    for name in names where name.hasPrefix(".new-") || name.hasPrefix(".removed-") {
      var status = stat()
      let path = "\(root)/\(name)"
      guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR,
        host.now().timeIntervalSince1970 - Double(status.st_ctim.tv_sec) > 3600,
        (try? FileLock.isTaken(JobFolder(path: path).lock)) != true
      else { continue }
      try? FileManager.default.removeItem(atPath: path)
    }
  }

  /// Gives the folder a name that is not listed; nil if that fails.
  private func hide(_ id: JobID) -> String? {
    let hidden = "\(root)/.removed-\(UUID().uuidString)"
    return rename(folder(id).path, hidden) == 0 ? hidden : nil
  }

  /// - Returns: whether there was a worker in reach.
  @discardableResult
  private func signal(_ id: JobID, _ number: Int32) -> Bool {
    // The process is believed only while the lock is held: otherwise it is a dead worker's.
    guard let process = ProcessIdentity.worker(of: folder(id)),
      (try? FileLock.isTaken(folder(id).lock)) == true
    else { return false }
    process.send(number)
    return true
  }

  private func isGone(_ id: JobID, within seconds: Double) throws(JobError) -> Bool {
    let deadline = ContinuousClock.now + .seconds(max(0, min(seconds, 86_400)))
    while try FileLock.isTaken(folder(id).lock) {
      guard ContinuousClock.now < deadline else { return false }
      poll(nil, 0, 20)
    }
    return true
  }
}
