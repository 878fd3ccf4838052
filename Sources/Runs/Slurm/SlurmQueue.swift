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
    guard !numbers.isEmpty else { return }
    _ = try run(["scancel", "--quiet"] + numbers)
    forget()
  }

  private static func forget() {
    seen.withLock { $0 = nil }
    ends.withLock { $0 = [:] }
  }

  /// Puts the task that this process is back into the queue.
  static func requeue(_ job: String) throws(JobError) { _ = try run(["scontrol", "requeue", job]) }

  /// What is known of the tasks of one job beside the queue.
  struct Tasks: Equatable, Sendable {
    /// How those that are over ended, by their numbers.
    var endings: [Int: String] = [:]
    /// Those that are not over; the queue may have been looked at before they were in it.
    var live: [Int: TaskState] = [:]
  }

  /// How tasks of `job` ended, by their numbers, as far as the controller, or the accounting where
  /// there is some, still knows; a controller forgets after some minutes.
  static func tasks(of job: String) -> Tasks {
    ends.withLock { ends in
      if let known = ends[job], ContinuousClock.now < known.until { return known.tasks }
      let (tasks, isForgotten) = ask(of: job)
      // What the controller has forgotten changes no more.
      ends[job] = (.now + freshness * (isForgotten ? 30 : 2), tasks)
      return tasks
    }
  }

  private static let ends = Mutex<[String: (until: ContinuousClock.Instant, tasks: Tasks)]>([:])

  private static func ask(of job: String) -> (tasks: Tasks, isForgotten: Bool) {
    if let text = try? run(["scontrol", "show", "job", "-o", job]) {
      return (Tasks(endings: endings(controller: text), live: live(controller: text)), false)
    }
    guard
      let text = try? run([
        "sacct", "-n", "-P", "-X", "-j", job, "-o", "JobID,State,ExitCode",
      ])
    else { return (Tasks(), true) }
    return (Tasks(endings: endings(accounting: text)), true)
  }

  /// Lines of "ARRAY|TASK|STATE|REASON".
  static func parse(_ text: String) -> [Task: TaskState] {
    var tasks: [Task: TaskState] = [:]
    for line in text.split(separator: "\n") {
      let fields = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
      guard fields.count == 4 else { continue }
      let isWaiting = waiting.contains(fields[2])
      tasks[Task(job: fields[0], number: Int(fields[1]) ?? 0)] =
        isWaiting ? .waiting(SafeText.sanitise(fields[3])) : .running
    }
    return tasks
  }

  /// Of lines of "KEY=VALUE KEY=VALUE" those of tasks that are over.
  static func endings(controller text: String) -> [Int: String] {
    var endings: [Int: String] = [:]
    for task in tasks(controller: text) where isOver(task.state) {
      for number in task.numbers { endings[number] = ending(task.state, exit: task.exit) }
    }
    return endings
  }

  /// Of lines of "KEY=VALUE KEY=VALUE" those of tasks that are not over.
  static func live(controller text: String) -> [Int: TaskState] {
    var live: [Int: TaskState] = [:]
    for task in tasks(controller: text) where !isOver(task.state) {
      let isWaiting = waiting.contains(task.state)
      for number in task.numbers { live[number] = isWaiting ? .waiting(task.reason) : .running }
    }
    return live
  }

  private struct Line {
    var numbers: [Int]
    var state: String
    var reason: String
    var exit: String
  }

  private static func tasks(controller text: String) -> [Line] {
    text.split(separator: "\n").compactMap { line in
      var fields: [Substring: Substring] = [:]
      for field in line.split(separator: " ") {
        guard let equals = field.firstIndex(of: "=") else { continue }
        fields[field[..<equals]] = field[field.index(after: equals)...]
      }
      guard let state = fields["JobState"] else { return nil }
      return Line(
        numbers: fields["ArrayTaskId"].map(numbers) ?? [0], state: String(state),
        reason: SafeText.sanitise(String(fields["Reason"] ?? "")),
        exit: fields["ExitCode"].map(String.init) ?? "")
    }
  }

  /// Those of "3", or of "1,4-7%2" as tasks that wait are written, which have one line together.
  private static func numbers(_ text: Substring) -> [Int] {
    text.prefix { $0 != "%" }.split(separator: ",").flatMap { range -> [Int] in
      let steps = range.split(separator: ":")
      let ends = (steps.first ?? "").split(separator: "-").map { Int($0) ?? -1 }
      guard let first = ends.first, let last = ends.last, first >= 0, last >= first,
        last - first <= ShardChoice.most
      else { return [] }
      return Array(
        stride(from: first, through: last, by: steps.count > 1 ? max(1, Int(steps[1]) ?? 1) : 1))
    }
  }

  /// Lines of "JOB_TASK|STATE|CODE:SIGNAL".
  static func endings(accounting text: String) -> [Int: String] {
    var endings: [Int: String] = [:]
    for line in text.split(separator: "\n") {
      let fields = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
      // What the controller has forgotten does not run, whatever the accounting missed.
      guard fields.count == 3, isOver(fields[1]) else { continue }
      let number = fields[0].split(separator: "_").dropFirst().first.flatMap { Int($0) } ?? 0
      endings[number] = ending(fields[1], exit: fields[2])
    }
    return endings
  }

  private static let waiting: Set = [
    "PENDING", "REQUEUED", "REQUEUE_HOLD", "REQUEUE_FED", "RESV_DEL_HOLD", "SPECIAL_EXIT",
  ]
  private static let atWork: Set = [
    "RUNNING", "CONFIGURING", "COMPLETING", "SUSPENDED", "STOPPED", "SIGNALING", "STAGE_OUT",
    "RESIZING",
  ]

  private static func isOver(_ state: String) -> Bool {
    !waiting.contains(state) && !atWork.contains(state)
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
