import Core
import Glibc
import System

/// Why a request about jobs cannot be met, in one line: what, where, and what to do.
public struct JobError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What kind of problem it is, for programs.
  public enum Kind: String, Sendable {
    /// No job has the name, or it was removed meanwhile.
    case noSuchJob
    /// Several jobs match what was typed.
    case ambiguous
    /// The job's worker is alive, and must not be for this.
    case isLive
    /// The job is over in a way that this cannot be done to.
    case isOver
    /// The job's folder cannot be understood.
    case broken
    /// The worker's program cannot be started.
    case cannotStart
    /// The operating system refused.
    case system
  }

  /// The kind of problem.
  public var kind: Kind
  /// What is wrong.
  public var problem: String
  /// The job or file it is about.
  public var place: String?
  /// What to do.
  public var remedy: String

  init(_ kind: Kind, _ problem: String, at place: String? = nil, remedy: String = "") {
    self.kind = kind
    self.problem = problem
    self.place = place
    self.remedy = remedy
  }

  /// "PLACE: PROBLEM; REMEDY", made safe to show.
  public var description: String {
    let start = place.map { SafeText.sanitise($0) + ": " } ?? ""
    return start + problem + (remedy.isEmpty ? "" : "; " + remedy)
  }

  /// What the system says, of the file that it names.
  init(_ error: SystemError) {
    guard error.code != 0 else {
      self.init(.broken, error.what, at: error.path)
      return
    }
    self = .system(error.what, error.path ?? "", error.code)
  }

  /// What the error number `code` says about the file at `path`.
  static func system(_ what: String, _ path: String, _ code: Int32 = errno) -> JobError {
    let remedy =
      switch code {
      case ENOSPC, EDQUOT: "free some space"
      case EACCES, EPERM, EROFS: "set XDG_STATE_HOME to a folder of your own"
      case ENOLCK, ENOSYS, EOPNOTSUPP, EINVAL:
        "if the folder is on a network file system without locks, set XDG_STATE_HOME to a local one"
      default: ""
      }
    return JobError(
      .system, "\(what): \(String(cString: strerror(code)))", at: path, remedy: remedy)
  }
}
