import System

/// Where the files of a job are.
public struct JobFolder: Hashable, Sendable {
  /// The folder's path, without a slash at its end.
  public let path: String

  /// The folder at `path`, which need not exist.
  public init(path: String) { self.path = path }

  /// What was asked for; written once (`JobSpec`).
  public var spec: String { path + "/spec.json" }
  /// What happened, a `JournalEntry` a line; only appended to.
  public var journal: String { path + "/progress.jsonl" }
  /// Standard output and standard error of the worker, and what it logs.
  public var log: String { path + "/log.txt" }
  /// The result: that of the last checkpoint while the job is not finished.
  public var result: String { path + "/result.cka.safetensors" }
  /// Locked by the worker for as long as it lives.
  public var lock: String { path + "/lock" }
  /// Which process the worker is (`ProcessIdentity`); believed only while the lock is held.
  public var process: String { path + "/pid" }
  /// Exists once the job was asked to stop.
  public var cancel: String { path + "/cancel" }
}
