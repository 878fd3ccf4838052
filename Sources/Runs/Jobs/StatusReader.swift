import Core
import Foundation
import Glibc
import System

/// Tells where a job stands from its files and its lock, whatever others do to them meanwhile.
struct StatusReader {
  let folder: JobFolder
  let id: JobID

  /// nil when there is no such folder, or it is no folder.
  func read() -> JobStatus? {
    var info = stat()
    guard lstat(folder.path, &info) == 0, info.st_mode & S_IFMT == S_IFDIR else { return nil }
    do {
      let spec = try JobSpec(of: folder)
      if spec.slurm != nil { return statusInSlurm(spec) }
      return status(spec, try observe())
    } catch {
      // The folder may have been removed between the two looks.
      guard lstat(folder.path, &info) == 0 else { return nil }
      return broken(error)
    }
  }

  private struct Observation {
    var isHeld: Bool
    var entry: JournalEntry?
  }

  /// The lock is looked at first: a worker writes its last line before it lets go, so that a free
  /// lock followed by a line that says 'running' means a death, unless the job was resumed between
  /// the two looks. Then the lock is taken by now, or the journal has gone on.
  private func observe() throws(JobError) -> Observation {
    var isHeld = try FileLock.isTaken(folder.lock)
    for _ in 0..<3 {
      let entry = Journal.last(folder.journal)
      guard !isHeld, entry?.state.isLive ?? true else {
        return Observation(isHeld: isHeld, entry: entry)
      }
      isHeld = try FileLock.isTaken(folder.lock)
      if !isHeld, Journal.last(folder.journal) == entry {
        return Observation(isHeld: false, entry: entry)
      }
    }
    return Observation(isHeld: isHeld, entry: Journal.last(folder.journal))
  }

  /// No lock tells anything of what other machines do.
  private func statusInSlurm(_ spec: JobSpec) -> JobStatus {
    let last = Journal.last(folder.journal)
    var status = told(spec, last)
    SlurmReader(folder: folder, spec: spec, record: SlurmRecord(folder) ?? SlurmRecord())
      .fill(&status, last: last)
    if status.result == nil { status.result = PartsSoFar(folder.shards).path(of: spec.shards ?? 1) }
    return status
  }

  /// What the files say.
  private func told(_ spec: JobSpec, _ entry: JournalEntry?) -> JobStatus {
    var status = blank(title: SafeText.sanitise(spec.title))
    status.created = spec.created
    status.spec = spec
    status.attempt = entry?.attempt ?? 1
    status.progress = entry?.progress
    status.started = entry?.started
    status.updated = entry?.time
    status.reason = entry?.reason
    status.state = entry?.state ?? .queued
    return status
  }

  private func status(_ spec: JobSpec, _ seen: Observation) -> JobStatus {
    let asked = exists(folder.cancel)
    var status = told(spec, seen.entry)
    guard status.state.isLive else { return status }
    if seen.isHeld {
      status.isCancelling = asked
    } else if asked {
      status.state = .cancelled
      status.reason = "its worker was stopped"
    } else {
      status.reason =
        status.state == .queued
        ? "its worker ended before its turn; see the log"
        : "its worker ended without a word; see the log"
      status.state = .died
    }
    return status
  }

  private func broken(_ error: JobError) -> JobStatus {
    var status = blank(title: id.description)
    status.state = .broken
    status.reason = error.description
    return status
  }

  private func blank(title: String) -> JobStatus {
    JobStatus(
      id: id, title: title, state: .broken, reason: nil, isCancelling: false, attempt: 0,
      progress: nil, created: nil, started: nil, updated: nil, folder: folder.path,
      log: folder.log, result: exists(folder.result) ? folder.result : nil, spec: nil, shards: nil)
  }

  private func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}
