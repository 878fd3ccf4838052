import Explorer
import Runs
import Synchronization

/// The lines of all jobs: those of old jobs are made once.
final class JobLines: Sendable {
  private let memory = JobMemory()
  private let made = Mutex<[JobLine]>([])
  /// Somebody has been told of some lines.
  private let isTold = Atomic(false)

  /// A line for each job of `store`, newest first.
  /// - Throws: `JobError` when the folder of jobs cannot be listed.
  func newestFirst(_ store: JobStore) throws -> [JobLine] { try look(at: store).lines }

  /// The same; nil when they are what was told last.
  func news(_ store: JobStore) throws -> [JobLine]? {
    let (lines, isNew) = try look(at: store)
    return isTold.exchange(true, ordering: .relaxed) && !isNew ? nil : lines
  }

  private func look(at store: JobStore) throws -> (lines: [JobLine], isNew: Bool) {
    let look = try memory.look(at: store)
    return made.withLock { made in
      guard look.isSameList, made.count == look.jobs.count else {
        let old = Dictionary(made.map { ($0.id, $0) }) { first, _ in first }
        made = look.jobs.reversed().map { job in
          look.fresh.contains(job.id)
            ? JobLine(job) : old[job.id.description] ?? JobLine(job)
        }
        return (made, true)
      }
      var isNew = false
      for id in look.fresh {
        guard let place = look.jobs.firstIndex(where: { $0.id == id }) else { continue }
        let line = JobLine(look.jobs[place])
        isNew = isNew || made[made.count - 1 - place] != line
        made[made.count - 1 - place] = line
      }
      return (made, isNew)
    }
  }
}
