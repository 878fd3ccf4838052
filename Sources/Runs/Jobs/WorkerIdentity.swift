import Foundation
import System

/// Which process a job's worker is.
extension ProcessIdentity {
  /// The worker that the files in `folder` name, if it is alive and in reach of signals.
  static func worker(of folder: JobFolder) -> ProcessIdentity? {
    guard let tail = try? SmallFile.tail(folder.process, limit: 4096), tail.isWhole,
      let process = try? JSONDecoder().decode(ProcessIdentity.self, from: Data(tail.bytes)),
      process.isAlive
    else { return nil }
    return process
  }

  /// Records the process as the worker of the job in `folder`.
  func record(in folder: JobFolder) throws(JobError) {
    guard let json = try? JSONEncoder().encode(self) else { return }
    try SmallFile.replace(folder.process, with: Array(json))
  }
}
