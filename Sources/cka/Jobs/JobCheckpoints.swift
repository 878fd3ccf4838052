import Core
import Jobs

/// Saves what a job has computed in its own folder, and lets the work go on where that fails: hours
/// of computing are worth more than the copy, and the result still has its place elsewhere.
final class JobCheckpoints {
  /// Why the last state could not be saved; nil when it was.
  private(set) var failure: JobError?
  private let session: WorkerSession

  /// The checkpoints of `session`.
  init(_ session: WorkerSession) { self.session = session }

  /// Saves a state; where that fails, says so once until it works again.
  func save(_ file: some ByteParts) {
    do throws(JobError) {
      try session.checkpoint(file)
      failure = nil
    } catch {
      if failure == nil { tell(error) }
      failure = error
    }
  }

  private func tell(_ error: JobError) {
    let line = "no checkpoint: \(error.description); the work goes on"
    session.log(line)
    // The log may have gone with the folder.
    complain(line)
  }
}
