import Foundation

/// What a job store needs from the machine around it; tests bring their own.
public struct JobHost: Sendable {
  /// The environment: where jobs are kept, how many run, what workers inherit.
  public var environment: [String: String]
  /// The time.
  public var now: @Sendable () -> Date
  /// Digits that tell jobs of the same second apart.
  public var random: @Sendable () -> UInt16
  /// Starts a worker.
  public var launch: @Sendable (WorkerLaunch) throws(JobError) -> Void

  /// This machine, with the parts that are given replaced.
  public init(
    environment: [String: String] = ProcessInfo.processInfo.environment,
    now: @escaping @Sendable () -> Date = { Date() },
    random: @escaping @Sendable () -> UInt16 = { .random(in: .min ... .max) },
    launch: @escaping @Sendable (WorkerLaunch) throws(JobError) -> Void = {
      (worker: WorkerLaunch) throws(JobError) in try worker.start()
    }
  ) {
    self.environment = environment
    self.now = now
    self.random = random
    self.launch = launch
  }

  /// How many jobs run at once where nobody says: `$CKA_JOB_LIMIT`, or one, as a job uses all
  /// cores.
  var limit: Int {
    environment[WorkerLaunch.limitVariable].flatMap { Int($0) }.map { min(max($0, 1), 1024) } ?? 1
  }

  /// Where jobs are kept: `$XDG_STATE_HOME/cka/jobs`, or `~/.local/state/cka/jobs`.
  func root() throws(JobError) -> String {
    // The standard says that a relative path is to be ignored.
    if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") {
      return state + "/cka/jobs"
    }
    guard let home = environment["HOME"], home.hasPrefix("/") else {
      throw JobError(
        .system, "there is no place to keep jobs", at: "HOME",
        remedy: "set HOME or XDG_STATE_HOME to a folder")
    }
    return home + "/.local/state/cka/jobs"
  }
}
