import CSignals
import Foundation
import Glibc

/// How a process is started: every one that this program starts goes through here.
public struct ProcessStart: Sendable {
  /// What a process has as one of its standard streams.
  public enum Stream: Sendable, Equatable {
    /// Ours.
    case same
    /// Nothing comes, and what is written is lost.
    case nothing
    /// An open file, pipe or socket; it stays open here.
    case descriptor(Int32)

    fileprivate var number: Int32 {
      switch self {
      case .same: Int32(cka_same_stream)
      case .nothing: Int32(cka_no_stream)
      case .descriptor(let number): number
      }
    }
  }

  /// Which processes get the signals of our terminal, and those that are sent to all of them.
  public enum Group: Sendable {
    /// Ours.
    case same
    /// One of its own, which Ctrl-C in our terminal does not reach.
    case own
    /// A session of its own, which outlives our terminal and our connection.
    case ownSession
  }

  /// The program; looked for in PATH unless it has a slash.
  public var program: String
  /// All arguments; the first one is the program's name.
  public var arguments: [String]
  /// All of its variables; nil for ours.
  public var environment: [String: String]?
  /// Where it works; nil for our working folder.
  public var folder: String?
  /// Its standard input.
  public var input = Stream.nothing
  /// Its standard output.
  public var output = Stream.same
  /// Its standard error.
  public var complaints = Stream.same
  /// A file that gets standard output and standard error, appended, in the place of both.
  public var log: String?
  /// A descriptor that it has as `FileLock.inherited`; at least 4.
  public var inherited: Int32?
  /// Which signals reach it.
  public var group = Group.same
  /// All its other descriptors are closed, and its signals are as in a fresh login.
  public var isApart = false

  /// Starts `arguments[0]`, unless `program` is set to another file.
  public init(_ arguments: [String], environment: [String: String]? = nil, folder: String? = nil) {
    program = arguments.first ?? ""
    self.arguments = arguments
    self.environment = environment
    self.folder = folder
  }

  /// Starts it, and leaves it to the caller, who has to wait for its end.
  /// - Throws: `SystemError` about the program.
  public func start() throws(SystemError) -> pid_t {
    let all = environment ?? ProcessInfo.processInfo.environment
    var words = arguments.map { strdup($0) } + [nil]
    var variables = all.map { strdup("\($0.key)=\($0.value)") } + [nil]
    let texts = [program, folder, log].map { text in text.map { strdup($0) } ?? nil }
    defer { (words + variables + texts).forEach { free($0) } }
    var process: pid_t = 0
    let code = words.withUnsafeMutableBufferPointer { words in
      variables.withUnsafeMutableBufferPointer { variables in
        var start = cka_start(
          program: texts[0], arguments: words.baseAddress, environment: variables.baseAddress,
          folder: texts[1], input: input.number, output: output.number,
          complaints: complaints.number, log: texts[2], inherited: inherited ?? -1,
          group: groupNumber, is_apart: isApart)
        return cka_start_process(&start, &process)
      }
    }
    guard code == 0 else { throw failure(code) }
    return process
  }

  private var groupNumber: Int32 {
    switch group {
    case .same: Int32(cka_same_group)
    case .own: Int32(cka_own_group)
    case .ownSession: Int32(cka_own_session)
    }
  }

  /// Where the program is there and the system finds none, what is missing is the interpreter that
  /// its first line names, or its loader.
  private func failure(_ code: Int32) -> SystemError {
    guard code == ENOENT, program.contains("/"), access(program, F_OK) == 0 else {
      return SystemError("cannot be started", at: program, code: code)
    }
    return SystemError(
      "cannot be started: it is there, but the interpreter that it names is not", at: program,
      code: 0)
  }
}
