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

  private struct Look {
    var number = 0
    var roll: JobRoll?
    var root = ""
    var known: [JobID: Known] = [:]
  }

  private let look = Mutex(Look())

  /// Nothing has been seen yet.
  public init() {}

  /// All jobs of `store`, oldest first, and which of them were read just now.
  public func look(at store: JobStore) throws(JobError) -> (jobs: [JobStatus], fresh: Set<JobID>) {
    try look.withLock { look throws(JobError) in
      if look.root != store.root {
        look = Look(roll: JobRoll(root: store.root), root: store.root)
      }
      var known: [JobID: Known] = [:]
      var fresh: Set<JobID> = []
      for id in try look.roll?.ids() ?? [] {
        if let old = look.known[id], Self.isUnchanged(old, in: store.folder(id)) {
          known[id] = old
          continue
        }
        // The stamp first: what changes while it is read is read again.
        let stamp = Stamp(store.folder(id))
        guard let status = StatusReader(folder: store.folder(id), id: id).read() else { continue }
        known[id] = Known(status: status, stamp: stamp)
        fresh.insert(id)
      }
      look.known = known
      return (JobStore.inOrder(known.values.map(\.status)), fresh)
    }
  }

  private static func isUnchanged(_ known: Known, in folder: JobFolder) -> Bool {
    switch known.status.state {
    case .queued, .running: false
    case .finished: true
    case .failed, .cancelled, .died, .broken: known.stamp == Stamp(folder)
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
