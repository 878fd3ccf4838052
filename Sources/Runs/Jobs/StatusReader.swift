import Core
import Foundation
import Glibc
import System

/// Tells where a job stands from its files and its lock, whatever others do to them meanwhile.
struct StatusReader {
  let folder: JobFolder
  let id: JobID

  /// A specification is a few kilobytes; what is larger was not written by us.
  private static let largestSpec = 1 << 20

  /// nil when there is no such folder, or it is no folder.
  func read() -> JobStatus? {
    var info = stat()
    guard lstat(folder.path, &info) == 0, info.st_mode & S_IFMT == S_IFDIR else { return nil }
    do {
      let spec = try readSpec()
      return status(spec, try observe())
    } catch {
      // The folder may have been removed between the two looks.
      guard lstat(folder.path, &info) == 0 else { return nil }
      return broken(error)
    }
  }

  /// The specification.
  func readSpec() throws(JobError) -> JobSpec {
    let file = try SmallFile.tail(folder.spec, limit: Self.largestSpec)
    guard file.isWhole else {
      throw JobError(.broken, "is larger than a specification can be", at: folder.spec)
    }
    // The version first: a newer form may have other keys.
    struct Form: Decodable { var version: Int }
    let decoder = JSONDecoder()
    guard let form = try? decoder.decode(Form.self, from: Data(file.bytes)) else {
      throw JobError(.broken, "is no specification of a job", at: folder.spec)
    }
    guard form.version == JobSpec.currentVersion else {
      throw JobError(
        .broken, "has version \(form.version), this program knows \(JobSpec.currentVersion)",
        at: folder.spec, remedy: "use the newest cka")
    }
    guard let spec = try? decoder.decode(JobSpec.self, from: Data(file.bytes)) else {
      throw JobError(.broken, "lacks keys of a specification", at: folder.spec)
    }
    return spec
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

  private func status(_ spec: JobSpec, _ seen: Observation) -> JobStatus {
    let asked = exists(folder.cancel)
    var status = blank(title: SafeText.sanitise(spec.title))
    status.created = spec.created
    status.spec = spec
    status.attempt = seen.entry?.attempt ?? 1
    status.progress = seen.entry?.progress
    status.started = seen.entry?.started
    status.updated = seen.entry?.time
    status.reason = seen.entry?.reason
    status.state = seen.entry?.state ?? .queued
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
      log: folder.log, result: exists(folder.result) ? folder.result : nil, spec: nil)
  }

  private func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}
