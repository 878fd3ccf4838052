import Core
import Foundation
import Glibc
import Synchronization
import System

/// What Slurm's own programs say of jobs. They are run as the user would run them; nothing is kept
/// beside what they said a moment ago.
enum SlurmQueue {
  /// Where a task stands.
  enum TaskState: Equatable, Sendable {
    case waiting(String)
    case running
  }

  /// A task of an array; number 0 is a job that is none.
  struct Task: Hashable, Sendable {
    var job: String
    var number: Int
  }

  /// Most seconds that one of the programs gets.
  private static let patience = 30.0
  /// How long what squeue said is good: a controller answers thousands of users.
  private static let freshness = Duration.seconds(2)

  private struct Seen {
    var time: ContinuousClock.Instant
    var tasks: Result<[Task: TaskState], JobError>
  }
  private static let seen = Mutex<Seen?>(nil)

  /// Hands a script to sbatch.
  /// - Returns: the job's number.
  static func submit(_ arguments: [String], script: String) throws(JobError) -> String {
    let answer = try run(["sbatch", "--parsable"] + arguments + [script])
    forget()
    // NUMBER, or NUMBER;CLUSTER.
    let number = answer.split(whereSeparator: { $0 == ";" || $0.isWhitespace }).first ?? ""
    guard !number.isEmpty, number.allSatisfy(\.isNumber) else {
      throw JobError(.cannotStart, "sbatch answered '\(SafeText.sanitise(answer))', not a number")
    }
    return String(number)
  }

  /// All tasks of this user that wait or run, as they were at most two seconds ago.
  static func tasks() throws(JobError) -> [Task: TaskState] {
    let found = seen.withLock { seen in
      if let seen, ContinuousClock.now - seen.time < freshness { return seen.tasks }
      let tasks = Result { () throws(JobError) in
        parse(try run(["squeue", "-h", "-r", "-u", user, "-o", "%F|%K|%T|%r"]))
      }
      seen = Seen(time: .now, tasks: tasks)
      return tasks
    }
    return try found.get()
  }

  /// Ends the jobs `numbers`; those that are over are no error.
  static func cancel(_ numbers: [String]) throws(JobError) {
    _ = try run(["scancel", "--quiet"] + numbers)
    forget()
  }

  private static func forget() {
    seen.withLock { $0 = nil }
    ends.withLock { $0 = [:] }
  }

  /// Puts the task that this process is back into the queue.
  static func requeue(_ job: String) throws(JobError) { _ = try run(["scontrol", "requeue", job]) }

  /// How tasks of `job` ended, by their numbers, as far as the controller, or the accounting where
  /// there is some, still knows; a controller forgets after some minutes.
  static func endings(of job: String) -> [Int: String] {
    ends.withLock { ends in
      if let known = ends[job], ContinuousClock.now - known.time < freshness * 2 {
        return known.endings
      }
      let endings = askEndings(of: job)
      ends[job] = (.now, endings)
      return endings
    }
  }

  private static let ends =
    Mutex<[String: (time: ContinuousClock.Instant, endings: [Int: String])]>([:])

  private static func askEndings(of job: String) -> [Int: String] {
    if let text = try? run(["scontrol", "show", "job", "-o", job]) {
      return endings(controller: text)
    }
    guard
      let text = try? run([
        "sacct", "-n", "-P", "-X", "-j", job, "-o", "JobID,State,ExitCode",
      ])
    else { return [:] }
    return endings(accounting: text)
  }

  /// Lines of "ARRAY|TASK|STATE|REASON".
  static func parse(_ text: String) -> [Task: TaskState] {
    var tasks: [Task: TaskState] = [:]
    for line in text.split(separator: "\n") {
      let fields = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
      guard fields.count == 4 else { continue }
      let isWaiting = ["PENDING", "REQUEUED", "REQUEUE_HOLD", "REQUEUE_FED"].contains(fields[2])
      tasks[Task(job: fields[0], number: Int(fields[1]) ?? 0)] =
        isWaiting ? .waiting(SafeText.sanitise(fields[3])) : .running
    }
    return tasks
  }

  /// Lines of "KEY=VALUE KEY=VALUE".
  static func endings(controller text: String) -> [Int: String] {
    var endings: [Int: String] = [:]
    for line in text.split(separator: "\n") {
      var fields: [Substring: Substring] = [:]
      for field in line.split(separator: " ") {
        guard let equals = field.firstIndex(of: "=") else { continue }
        fields[field[..<equals]] = field[field.index(after: equals)...]
      }
      guard let state = fields["JobState"] else { continue }
      let number = fields["ArrayTaskId"].flatMap { Int($0) } ?? 0
      endings[number] = ending(String(state), exit: fields["ExitCode"].map(String.init) ?? "")
    }
    return endings
  }

  /// Lines of "JOB_TASK|STATE|CODE:SIGNAL".
  static func endings(accounting text: String) -> [Int: String] {
    var endings: [Int: String] = [:]
    for line in text.split(separator: "\n") {
      let fields = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
      guard fields.count == 3 else { continue }
      let number = fields[0].split(separator: "_").dropFirst().first.flatMap { Int($0) } ?? 0
      endings[number] = ending(fields[1], exit: fields[2])
    }
    return endings
  }

  /// "FAILED" and "0:9" in words of people.
  private static func ending(_ state: String, exit: String) -> String {
    let codes = exit.split(separator: ":").map { Int($0) ?? 0 }
    let signal = codes.count > 1 ? codes[1] : 0
    switch state.split(separator: " ").first.map(String.init) ?? state {
    case "COMPLETED": return completed
    case "FAILED" where signal > 0: return "ended by signal \(signal)"
    case "FAILED": return "exit code \(codes.first ?? 0)"
    case "OUT_OF_MEMORY": return "out of memory; give it more --mem"
    case "TIMEOUT", "DEADLINE": return "out of time; give it more --time"
    case "NODE_FAIL", "BOOT_FAIL": return "its node went down"
    case "CANCELLED": return "cancelled"
    case let other: return SafeText.sanitise(other.lowercased())
    }
  }

  /// How a task that ended well is called.
  static let completed = "completed"

  private static var user: String {
    guard let entry = getpwuid(getuid()) else { return "\(getuid())" }
    return String(cString: entry.pointee.pw_name)
  }

  private static func run(_ arguments: [String]) throws(JobError) -> String {
    let answer: ProgramAnswer
    do throws(SystemError) {
      answer = try ProgramAnswer(arguments, timeout: patience)
    } catch {
      let remedy = error.code == ENOENT ? "submit from a machine of the cluster" : ""
      throw JobError(.system, error.description, at: arguments.first, remedy: remedy)
    }
    guard answer.ending.raw == 0 else {
      let words = answer.complaints.split(separator: "\n").map(String.init)
      let last = words.last { $0.contains("error") } ?? words.last ?? "failed without a word"
      throw JobError(.system, SafeText.sanitise(last), at: arguments.first)
    }
    return answer.output
  }
}
