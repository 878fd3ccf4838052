import Glibc
import Synchronization

/// The names of all jobs, listed again only when the folder of jobs has changed: with thousands of
/// jobs the listing itself is work.
final class JobRoll: Sendable {
  /// A listing.
  struct Names {
    /// The names, oldest first.
    var ids: [JobID] = []
    /// Another number for every listing.
    var version = 0
  }

  private struct Listing {
    var names = Names()
    /// When the folder last changed, as it was before it was listed; nil before the first listing.
    var changed: Moment?
    /// The clock then.
    var listed = Moment()
  }

  private let root: String
  private let listing = Mutex(Listing())

  /// The jobs in the folder `root`.
  init(root: String) { self.root = root }

  /// The names, oldest first.
  func ids() throws(JobError) -> [JobID] { try names().ids }

  /// The names, and whether they were listed anew.
  func names() throws(JobError) -> Names {
    try listing.withLock { listing throws(JobError) in
      let changed = Moment(changeOf: root)
      if let changed, changed == listing.changed, changed.isWellBefore(listing.listed) {
        return listing.names
      }
      let now = Moment.now
      listing.names = Names(
        ids: try JobFolder.ids(in: root), version: listing.names.version + 1)
      (listing.changed, listing.listed) = (changed, now)
      return listing.names
    }
  }
}

/// A time as the file system has it.
struct Moment: Equatable, Sendable {
  private var seconds = 0
  private var nanoseconds = 0

  /// The beginning of time.
  init() {}

  init(_ time: timespec) { (seconds, nanoseconds) = (Int(time.tv_sec), Int(time.tv_nsec)) }

  /// When the file or folder at `path` was last changed; nil when there is none.
  init?(changeOf path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.init(status.st_mtim)
  }

  /// The clock of this machine.
  static var now: Moment {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Moment(time)
  }

  /// So long before `other` that a change after it would have another time, however coarse the
  /// file system's clock is. Where that clock is ahead of ours this never holds.
  func isWellBefore(_ other: Moment) -> Bool { seconds < other.seconds - 2 }
}
