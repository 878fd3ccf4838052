import Explorer
import Runs
import System

/// Says when the explorer should look at the jobs again: on news from the folder of jobs or from a
/// job that another program may resume, and twice a second while one is live. While nothing happens
/// it costs nothing.
final class JobWatch {
  private let watch = FolderWatch()
  private var isWatching = false
  /// The watches of jobs that stopped and may go on, by the job's name.
  private var stopped: [String: Int32] = [:]
  private var isUnsure = false
  private var looked = ContinuousClock.now
  /// A worker that was killed tells nobody, so a live job is looked at again and again.
  private static let interval = Duration.milliseconds(500)

  /// Readable when jobs came, went or were taken up again; −1 when the system gives no watches.
  var descriptor: Int32 { watch.descriptor }

  /// How long to wait for input before the next look, in milliseconds; −1 for as long as it takes.
  func pause(jobs: [JobLine]) -> Int32 {
    if isUnsure { return 0 }
    guard jobs.contains(where: \.state.isLive) else { return -1 }
    let left = Self.interval - (ContinuousClock.now - looked)
    return max(1, Int32((left / .milliseconds(1)).rounded(.up)))
  }

  /// Whether it is time for a look, which the caller then takes.
  func isLookDue(jobs: [JobLine]) -> Bool {
    let isLate =
      jobs.contains(where: \.state.isLive) && ContinuousClock.now - looked >= Self.interval
    guard hasNews() || isLate || isUnsure else { return false }
    (isUnsure, looked) = (false, .now)
    return true
  }

  /// Watches the jobs that another program may resume: the first sign of that is a line in their
  /// journal. Live jobs are looked at anyway, and would only wake us for every line that they
  /// write.
  func follow(_ jobs: [JobLine]) {
    guard descriptor >= 0, let store = try? JobStore() else { return }
    let wanted = Set(jobs.filter(\.state.canResume).prefix(Self.mostFollowed).map(\.id))
    for (id, number) in stopped where !wanted.contains(id) {
      watch.remove(number)
      stopped[id] = nil
    }
    for id in wanted where stopped[id] == nil {
      guard let job = JobID(id),
        let number = watch.add(store.folder(job).path, [.writing, .naming])
      else { continue }
      stopped[id] = number
      // It may have been taken up between the look and the watch.
      isUnsure = true
    }
  }

  /// The newest so many: watches are scarce on some systems.
  private static let mostFollowed = 256

  /// Whether a job came, went or was taken up again since the last call.
  private func hasNews() -> Bool {
    let hasNews = !watch.names().isEmpty
    return begin() || hasNews
  }

  /// Watches the folder of jobs, once there is one; whether that is now.
  private func begin() -> Bool {
    guard !isWatching, descriptor >= 0, let root = try? JobStore().root else { return false }
    isWatching = watch.add(root, .naming) != nil
    return isWatching
  }
}
