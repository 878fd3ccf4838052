import Foundation
import Testing

@testable import Runs

/// A store in a folder of its own. Its workers are killed and the folder is removed at the end.
final class ScratchStore {
  let store: JobStore
  let path: String

  init(limit: Int = 4, host: JobHost = JobHost()) throws {
    path = FileManager.default.temporaryDirectory.path + "/jobs-\(UUID().uuidString)"
    store = try JobStore(root: URL(fileURLWithPath: path), limit: limit, host: host)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    for id in (try? store.ids()) ?? [] { _ = try? store.cancel(id, grace: 0) }
    try? FileManager.default.removeItem(atPath: path)
  }

  /// Starts a worker for tests with `command`, see `Work`.
  func submit(_ command: String..., title: String = "test") throws -> JobID {
    let spec = JobSpec(title: title, command: command, workingDirectory: "/")
    return try store.submit(spec, worker: probe).id
  }

  func status(_ id: JobID) throws -> JobStatus { try store.job(id) }

  /// Waits until the job's status is as wanted.
  @discardableResult
  func wait(_ id: JobID, until condition: (JobStatus) -> Bool) throws -> JobStatus {
    var status = try status(id)
    try eventually("\(status)") {
      status = try self.status(id)
      return condition(status)
    }
    return status
  }

  /// A folder with the name of a job and the given files.
  func makeFolder(_ name: String, _ files: [String: String]) throws -> JobID {
    let folder = "\(path)/\(name)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (file, text) in files {
      try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(file)"))
    }
    return try #require(JobID(name))
  }
}

/// The program of Tests/JobProbe, which is built into the folder of the test program.
let probe = WorkerCommand(
  executable: URL(fileURLWithPath: WorkerCommand.thisProgram([]).executable)
    .deletingLastPathComponent().path + "/JobProbe",
  arguments: ["worker"])

/// A condition that did not come true in time.
struct Timeout: Error, CustomStringConvertible {
  var description: String
}

/// Looks again and again until `condition` holds; a minute is long enough for the slowest machine.
func eventually(
  _ what: @autoclosure () -> String = "", _ condition: () throws -> Bool
) throws {
  let deadline = Date(timeIntervalSinceNow: 60)
  while try !condition() {
    guard Date() < deadline else { throw Timeout(description: "still not: \(what())") }
    poll(nil, 0, 5)
  }
}

/// A clock that stands until it is moved, and a launcher that starts nothing.
final class FakeHost: Sendable {
  private let moment = Moment()

  /// `@unchecked Sendable`: each use of `time` is inside the lock.
  private final class Moment: @unchecked Sendable {
    private let lock = NSLock()
    private var time = Date(timeIntervalSince1970: 1_795_500_930)
    func value(adding seconds: Double) -> Date {
      lock.withLock {
        time += seconds
        return time
      }
    }
  }

  func advance(_ seconds: Double) { _ = moment.value(adding: seconds) }

  func host(random: @escaping @Sendable () -> UInt16 = { 0x4f2a }) -> JobHost {
    JobHost(
      environment: [:], now: { [moment] in moment.value(adding: 0) }, random: random,
      launch: { _ in })
  }
}
