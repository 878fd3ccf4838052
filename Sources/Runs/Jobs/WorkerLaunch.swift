import Foundation
import Glibc
import System

/// One start of a worker.
public struct WorkerLaunch: Sendable {
  /// Set in a worker's environment when it inherits its job's lock.
  static let lockVariable = "CKA_JOB_LOCK"
  /// Set in a worker's environment: how many jobs run at the same time (`JobStore.limit`).
  static let limitVariable = "CKA_JOB_LIMIT"

  /// The absolute path of the program.
  public var executable: String
  /// All arguments; the first one is the program's name.
  public var arguments: [String]
  /// The whole environment.
  public var environment: [String: String]
  /// Where the worker starts.
  public var workingDirectory: String
  /// The file that gets standard output and standard error.
  public var log: String
  /// The descriptor of the job's lock, which the worker must inherit as number 3.
  public var lock: Int32

  /// Starts the worker in a session of its own, so that it outlives this program, its terminal and
  /// its connection. Its other descriptors are closed, its signals as in a fresh login.
  /// - Returns: its process, which is reaped when it ends.
  @discardableResult
  public func start() throws(JobError) -> Int32 {
    var start = ProcessStart(arguments, environment: environment, folder: workingDirectory)
    start.program = executable
    start.log = log
    start.inherited = lock
    start.group = .ownSession
    start.isApart = true
    let process: pid_t
    do throws(SystemError) {
      process = try start.start()
    } catch {
      throw failure(error)
    }
    reap(process)
    return process
  }

  private func failure(_ error: SystemError) -> JobError {
    guard access(workingDirectory, X_OK) == 0 else {
      return JobError(
        .cannotStart, "the job's working directory is missing or closed to you",
        at: workingDirectory, remedy: "make it again")
    }
    return JobError(.cannotStart, error.description, at: executable)
  }

  /// Waits for the process on a thread of its own, so that it does not stay behind as a zombie.
  private func reap(_ process: pid_t) {
    Thread.detachNewThread { _ = ProcessEnding.wait(for: process) }
  }
}
