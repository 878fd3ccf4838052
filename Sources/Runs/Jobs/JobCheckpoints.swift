import Core
import Formats

/// Saves what a job has computed in its own folder, and lets the work go on where that fails: hours
/// of computing are worth more than the copy, and the result still has its place elsewhere.
final class JobCheckpoints {
  /// Why the last state could not be saved; nil when it was.
  private(set) var failure: (any Error)?
  private let session: WorkerSession
  private let complain: (String) -> Void

  /// The checkpoints of `session`.
  init(_ session: WorkerSession, complain: @escaping (String) -> Void) {
    self.session = session
    self.complain = complain
  }

  /// Saves a state; where that fails, says so once until it works again.
  func save(_ file: () throws(FormatError) -> EncodedFile) {
    do {
      try session.checkpoint(try file())
      failure = nil
    } catch {
      if failure == nil { tell(error) }
      failure = error
    }
  }

  private func tell(_ error: any Error) {
    let line = "no checkpoint: \(error); the work goes on"
    session.log(line)
    // The log may have gone with the folder.
    complain(line)
  }
}
