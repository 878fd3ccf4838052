import Glibc
import Synchronization

/// What was seen of the jobs at the last look, so that the next one reads only those that may have
/// changed: of five thousand old jobs and a live one, the live one.
///
/// A finished job never changes. One that stopped may be resumed, which its journal tells; one that
/// is live is read at every look.
public final class JobMemory: Sendable {
  private struct Known {
    var status: JobStatus
    var stamp: Stamp?
  }

  private struct Memory {
    var roll: JobRoll?
    var root = ""
    /// The listing that the rest is of.
    var version = 0
    var known: [JobID: Known] = [:]
    /// All jobs, oldest first.
    var jobs: [JobStatus] = []
    /// Those that may still change.
    var unfinished: Set<JobID> = []
  }

  /// What a look has found.
  public struct Look: Sendable {
    /// All jobs, oldest first.
    public var jobs: [JobStatus]
    /// Those that were read just now.
    public var fresh: Set<JobID>
    /// They are the jobs of the last look, in the same places.
    public var isSameList: Bool
  }

  private let memory = Mutex(Memory())

  /// Nothing has been seen yet.
  public init() {}

  /// All jobs of `store`, and which of them were read just now.
  public func look(at store: JobStore) throws(JobError) -> Look {
    try memory.withLock { memory throws(JobError) in
      if memory.root != store.root {
        memory = Memory(roll: JobRoll(root: store.root), root: store.root)
      }
      guard let names = try memory.roll?.names() else {
        return Look(jobs: [], fresh: [], isSameList: false)
      }
      if names.version == memory.version, let fresh = Self.lookAgain(&memory, in: store) {
        return Look(jobs: memory.jobs, fresh: fresh, isSameList: true)
      }
      let fresh = Self.read(names, &memory, in: store)
      return Look(jobs: memory.jobs, fresh: fresh, isSameList: false)
    }
  }

  /// Reads those jobs of the same list that may have changed; nil when one has gone, or has another
  /// place.
  private static func lookAgain(_ memory: inout Memory, in store: JobStore) -> Set<JobID>? {
    var fresh: Set<JobID> = []
    for id in memory.unfinished {
      guard let old = memory.known[id], !isUnchanged(old, in: store.folder(id)) else { continue }
      guard let new = known(id, in: store), new.status.created == old.status.created,
        let place = memory.jobs.firstIndex(where: { $0.id == id })
      else { return nil }
      memory.known[id] = new
      memory.jobs[place] = new.status
      fresh.insert(id)
    }
    memory.unfinished = memory.unfinished.filter { memory.known[$0]?.status.state != .finished }
    return fresh
  }

  /// Reads those jobs of a new list that are not known, or may have changed.
  private static func read(
    _ names: JobRoll.Names, _ memory: inout Memory, in store: JobStore
  ) -> Set<JobID> {
    var known: [JobID: Known] = [:]
    var fresh: Set<JobID> = []
    for id in names.ids {
      if let old = memory.known[id], isUnchanged(old, in: store.folder(id)) {
        known[id] = old
      } else if let new = Self.known(id, in: store) {
        known[id] = new
        fresh.insert(id)
      }
    }
    memory.known = known
    memory.jobs = JobStore.inOrder(known.values.map(\.status))
    memory.unfinished = Set(known.filter { $0.value.status.state != .finished }.keys)
    memory.version = names.version
    return fresh
  }

  /// The stamp first: what changes while it is read is read again.
  private static func known(_ id: JobID, in store: JobStore) -> Known? {
    let folder = store.folder(id)
    let stamp = Stamp(folder)
    return StatusReader(folder: folder, id: id).read().map { Known(status: $0, stamp: stamp) }
  }

  private static func isUnchanged(_ known: Known, in folder: JobFolder) -> Bool {
    switch known.status.state {
    case .queued, .running: false
    case .finished: true
    // What Slurm does to a job is not written in its folder.
    case .failed, .cancelled, .died, .broken:
      known.status.spec?.slurm == nil && known.stamp == Stamp(folder)
    }
  }

  /// Tells whether a worker wrote in a job's folder.
  private struct Stamp: Equatable {
    private var sizes: [off_t] = []
    private var times: [Moment] = []

    init(_ folder: JobFolder) {
      for path in [folder.journal, folder.spec] {
        var status = stat()
        guard lstat(path, &status) == 0 else { continue }
        sizes.append(status.st_size)
        times.append(Moment(status.st_mtim))
      }
    }
  }
}
