import CSignals
import Foundation
import Glibc

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
    var process: pid_t = 0
    let code = withCStrings(arguments) { arguments in
      withCStrings(environment.map { "\($0)=\($1)" }) { environment in
        executable.withCString { executable in
          workingDirectory.withCString { directory in
            log.withCString { log in
              var worker = cka_worker(
                executable: executable, arguments: arguments, environment: environment,
                directory: directory, log: log, lock: lock)
              return cka_start_worker(&worker, &process)
            }
          }
        }
      }
    }
    guard code == 0 else { throw failure(code) }
    reap(process)
    return process
  }

  private func failure(_ code: Int32) -> JobError {
    guard access(workingDirectory, X_OK) == 0 else {
      return JobError(
        .cannotStart, "the job's working directory is missing or closed to you",
        at: workingDirectory, remedy: "make it again")
    }
    return JobError(
      .cannotStart, "cannot be started: \(String(cString: strerror(code)))", at: executable)
  }

  /// Waits for the process on a thread of its own, so that it does not stay behind as a zombie.
  private func reap(_ process: pid_t) {
    Thread.detachNewThread {
      var status: Int32 = 0
      while waitpid(process, &status, 0) < 0, errno == EINTR {}
    }
  }

  /// Calls `body` with a null-terminated array of C strings.
  private func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    var copies = strings.map { strdup($0) } + [nil]
    defer { copies.forEach { free($0) } }
    return body(&copies)
  }
}
