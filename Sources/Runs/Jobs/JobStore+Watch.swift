import Core
import Foundation
import Glibc

extension JobStore {
  /// How often a job is looked at. A look is a dozen system calls; nothing could wake the watcher
  /// when a lock is let go, nor when another machine writes to a shared file system.
  private static let interval = 0.2

  /// Waits until the job is over, on this thread.
  /// - Parameters:
  ///   - timeout: seconds after which to return all the same; nil waits for as long as it takes.
  ///   - watching: called with every change, and once at the start.
  /// - Returns: where the job stands; live after a timeout.
  /// - Throws: `.noSuchJob`, also when it is removed meanwhile.
  @discardableResult
  public func wait(
    for id: JobID, timeout: Double? = nil, watching: (JobStatus) -> Void = { _ in }
  ) throws(JobError) -> JobStatus {
    let deadline = timeout.map { ContinuousClock.now + .seconds(max(0, min($0, 1e9))) }
    var seen: JobStatus?
    while true {
      let status = try lookAgain(at: id, after: seen)
      if status != seen { watching(status) }
      seen = status
      guard status.state.isLive else { return status }
      var pause = Self.interval
      if let deadline {
        let left = deadline - ContinuousClock.now
        guard left > .zero else { return status }
        pause = min(pause, left / .seconds(1))
      }
      poll(nil, 0, Int32((pause * 1000).rounded(.up)))
    }
  }

  /// The status of a job that was `seen` before; where its folder is gone since, the reason says
  /// what became of the result.
  private func lookAgain(at id: JobID, after seen: JobStatus?) throws(JobError) -> JobStatus {
    do throws(JobError) {
      return try job(id)
    } catch {
      guard error.kind == .noSuchJob, seen?.state.isLive == true else { throw error }
      throw JobError(
        .noSuchJob, "its folder was removed while it ran", at: id.description,
        remedy: seen?.spec?.output.map {
          "its worker goes on, and writes the result to \(SafeText.sanitise($0)) all the same"
        } ?? "")
    }
  }

  /// The job as it is now and after every change, until it is over or removed. Any number of
  /// programs and tasks may follow a job. A slow reader gets the newest status, not all of them.
  public func follow(_ id: JobID) -> AsyncThrowingStream<JobStatus, any Error> {
    AsyncThrowingStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
      let task = Task {
        do {
          var seen: JobStatus?
          while true {
            let status = try job(id)
            if status != seen { continuation.yield(status) }
            seen = status
            guard status.state.isLive else { break }
            try await Task.sleep(for: .seconds(Self.interval))
          }
          continuation.finish()
        } catch {
          continuation.finish(throwing: error)
        }
      }
      continuation.onTermination = { _ in task.cancel() }
    }
  }
}
