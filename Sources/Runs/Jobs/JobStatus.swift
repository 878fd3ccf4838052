/// Where a job stands. Told from its files and its lock; nothing records it.
public enum JobState: String, Codable, CaseIterable, Sendable {
  /// Its worker lives and waits for its turn.
  case queued
  /// Its worker lives and computes.
  case running
  /// The result is complete.
  case finished
  /// The worker said why it could not go on.
  case failed
  /// It was stopped because somebody asked.
  case cancelled
  /// The worker vanished without a word: killed, crashed, or the machine went down.
  case died
  /// The folder cannot be understood.
  case broken

  /// Whether a worker is alive.
  public var isLive: Bool { self == .queued || self == .running }
  /// Whether `JobStore.resume` may go on from the last checkpoint.
  public var canResume: Bool { self == .failed || self == .cancelled || self == .died }
}

/// What there is to know about a job at one moment.
///
/// All texts are safe to show except the paths and the arguments in `spec`, which must open what
/// they name.
public struct JobStatus: Codable, Equatable, Sendable {
  /// The job's name.
  public var id: JobID
  /// What people call it; its name when the specification cannot be read.
  public var title: String
  /// Where it stands.
  public var state: JobState
  /// Why it failed, died, was cancelled or is broken.
  public var reason: String?
  /// Whether it was asked to stop and its worker is still alive.
  public var isCancelling: Bool
  /// How often a worker was started on it; 1 for the first.
  public var attempt: Int
  /// The last progress of this attempt.
  public var progress: JobProgress?
  /// When it was submitted.
  public var created: Timestamp?
  /// When this attempt got its turn.
  public var started: Timestamp?
  /// When something was last heard of it; its end, when it is over.
  public var updated: Timestamp?
  /// The job's folder (`JobFolder` names the files in it).
  public var folder: String
  /// Its log, whether or not it exists yet.
  public var log: String
  /// The partial or final result, if there is one yet.
  public var result: String?
  /// What was asked for; nil when that cannot be read.
  public var spec: JobSpec?
  /// How many of its shards are at what; nil for a job that is not split.
  public var shards: ShardCounts?
}
