import Foundation
import Runs

/// A worker for tests. Signals, locks and `kill -9` can only be tried on a process of its own, and
/// a shell script cannot open a `WorkerSession`, so the package has this program beside its tests.
///
///     JobProbe worker FOLDER          does what the job's command says, see `Work`
///     JobProbe submit ROOT COMMAND…   submits a job, then stays
///     JobProbe race ROOT COUNT        submits, lists, cancels and removes as fast as it can
@main struct JobProbe {
  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    switch (arguments.first, arguments.count) {
    case ("worker", 2): try work(on: arguments[1])
    case ("submit", 3...): try submit(in: arguments[1], Array(arguments[2...]))
    case ("race", 3): try race(in: arguments[1], count: Int(arguments[2]) ?? 0)
    default: exit(64)
    }
  }

  private static func work(on folder: String) throws {
    let session = try WorkerSession(folder: folder)
    guard try session.waitForTurn() else { return try session.finish(.cancelled) }
    session.log("attempt \(session.attempt)")
    try session.finish(Work(session: session).run())
  }

  private static func submit(in root: String, _ command: [String]) throws {
    let store = try JobStore(root: URL(fileURLWithPath: root))
    let spec = JobSpec(title: "orphan", command: command, workingDirectory: "/")
    try store.submit(spec, worker: .thisProgram(["worker"]))
    while true { pause() }
  }

  /// Whatever other processes do to the same jobs, the only errors are that a job is gone or alive.
  private static func race(in root: String, count: Int) throws {
    let store = try JobStore(root: URL(fileURLWithPath: root), limit: 3)
    let worker = WorkerCommand.thisProgram(["worker"])
    for round in 0..<count {
      let spec = JobSpec(title: "race", command: ["count", "2", "0"], workingDirectory: "/")
      try store.submit(spec, worker: worker)
      let jobs = try store.list()
      guard !jobs.contains(where: { $0.state == .broken }) else { exit(3) }
      guard let victim = jobs.randomElement() else { continue }
      do throws(JobError) {
        try disturb(victim.id, in: store, removing: round % 2 == 0)
      } catch {
        guard error.kind == .noSuchJob || error.kind == .isLive else { throw error }
      }
    }
  }

  private static func disturb(
    _ id: JobID, in store: JobStore, removing: Bool
  ) throws(JobError) {
    if removing {
      try store.remove(id, force: true, grace: 1)
    } else {
      try store.requestCancel(id)
    }
  }
}
