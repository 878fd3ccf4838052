import Explorer
import Jobs
import Synchronization

/// The lines of all jobs: those of old jobs are made once.
final class JobLines: Sendable {
  private let memory = JobMemory()
  private let made = Mutex<[JobID: JobLine]>([:])

  /// A line for each job of `store`, newest first.
  /// - Throws: `JobError` when the folder of jobs cannot be listed.
  func newestFirst(_ store: JobStore) throws -> [JobLine] {
    let (jobs, fresh) = try memory.look(at: store)
    return made.withLock { made in
      var kept: [JobID: JobLine] = [:]
      let lines = jobs.reversed().map { job in
        let old = fresh.contains(job.id) ? nil : made[job.id]
        let line = old ?? JobLine(job)
        kept[job.id] = line
        return line
      }
      made = kept
      return lines
    }
  }
}
