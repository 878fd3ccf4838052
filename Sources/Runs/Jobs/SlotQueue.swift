import Core
import Glibc
import Synchronization
import System

/// Decides which workers run. There is no daemon: each queued worker looks at the others, and takes
/// one of `limit` locks when no more wait before it than are free.
struct SlotQueue {
  /// The folder of job folders.
  let root: String
  /// How many run at the same time.
  let limit: Int
  /// The job that waits.
  let id: JobID
  /// When it joined the queue; earlier ones go first, and equal ones in the order of their names.
  let queued: Timestamp

  /// The others.
  private let roll: JobRoll
  /// Those that are finished: they never wait again, and need not be looked at any more.
  private let finished = Finished()

  init(root: String, limit: Int, id: JobID, queued: Timestamp) {
    (self.root, self.limit, self.id, self.queued) = (root, limit, id, queued)
    roll = JobRoll(root: root)
  }

  /// A slot, held until it is let go; nil while it is the turn of others.
  func take() throws(JobError) -> FileLock? {
    guard mkdir("\(root)/slots", 0o700) == 0 || errno == EEXIST else {
      throw .system("cannot be made", "\(root)/slots")
    }
    var free: [Int] = []
    for slot in 0..<limit where try !FileLock.isTaken(path(slot)) { free.append(slot) }
    guard !free.isEmpty, try countWaitingBefore() < free.count else { return nil }
    for slot in free {
      if let lock = try FileLock.take(path(slot)) { return lock }
    }
    return nil
  }

  private func path(_ slot: Int) -> String { "\(root)/slots/\(slot).lock" }

  private func countWaitingBefore() throws(JobError) -> Int {
    var count = 0
    for other in try roll.ids() where other != id && !finished.contains(other) {
      let folder = JobFolder(path: "\(root)/\(other)")
      // A folder that cannot be looked at must not stop the queue, nor one that is about to end.
      guard (try? FileLock.isTaken(folder.lock)) == true, access(folder.cancel, F_OK) != 0 else {
        finished.note(other, in: folder)
        continue
      }
      guard let entry = Journal.last(folder.journal), entry.state == .queued,
        (entry.queued, other) < (queued, id)
      else { continue }
      count += 1
    }
    return count
  }
}

extension SlotQueue {
  /// The jobs that were found finished.
  private final class Finished: Sendable {
    private let seen = Mutex<(finished: Set<JobID>, looked: Set<JobID>)>(([], []))

    func contains(_ id: JobID) -> Bool { seen.withLock { $0.finished.contains(id) } }

    /// Looks once whether a job that has no worker is finished.
    func note(_ id: JobID, in folder: JobFolder) {
      guard seen.withLock({ $0.looked.insert(id).inserted }) else { return }
      guard Journal.last(folder.journal)?.state == .finished else { return }
      seen.withLock { _ = $0.finished.insert(id) }
    }
  }
}
