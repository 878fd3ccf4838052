import Foundation
import Testing

@testable import Runs

@Suite struct SubmitTests {
  @Test func aJobRunsToItsEnd() throws {
    let scratch = try ScratchStore()
    let id = try scratch.submit("count", "5", "0", title: "five")
    let end = try scratch.store.wait(for: id, timeout: 60)
    #expect(end.state == .finished)
    #expect(end.title == "five")
    #expect(end.attempt == 1)
    #expect(end.progress?.done == 5)
    #expect(end.progress?.fraction == 1)
    #expect(end.result == scratch.store.folder(id).result)
    #expect(try scratch.store.logLines(id).contains { $0.hasSuffix("attempt 1") })
  }

  @Test func aWorkerIsBornDetached() throws {
    let scratch = try ScratchStore()
    var spec = JobSpec(title: "", command: ["inspect"], workingDirectory: scratch.path)
    spec.environment = JobSpec.environment(from: ["CKA_GREETING": "hello", "SECRET": "x"])
    let id = try scratch.store.submit(spec, worker: probe).id
    #expect(try scratch.store.wait(for: id, timeout: 60).state == .finished)
    let said = try scratch.store.logLines(id)
    for line in [
      "session true group true", "descriptors [0, 1, 2]", "blocked []", "pipe false hangup true",
      "folder \(scratch.path)", "terminal false", "secret none", "greeting hello",
      "standard error",
    ] {
      #expect(said.contains(line), "\(said)")
    }
  }

  @Test func aJobOutlivesTheProgramThatStartedIt() throws {
    let scratch = try ScratchStore()
    let flag = scratch.path + "/flag"
    let starter = Process()
    starter.executableURL = URL(fileURLWithPath: probe.executable)
    starter.arguments = ["submit", scratch.path, "until", flag]
    try starter.run()
    var job: JobStatus?
    try eventually {
      job = try scratch.store.list().first
      return job?.progress != nil
    }
    // Foundation gave it a process group of its own: this is what a closed terminal does, and
    // worse.
    for signal in [SIGHUP, SIGKILL] { kill(-starter.processIdentifier, signal) }
    starter.waitUntilExit()
    let id = try #require(job?.id)
    #expect(try scratch.status(id).state == .running)
    try Data().write(to: URL(fileURLWithPath: flag))
    #expect(try scratch.store.wait(for: id, timeout: 60).state == .finished)
  }

  @Test func nothingIsLeftOfAJobThatCannotStart() throws {
    let scratch = try ScratchStore()
    let spec = JobSpec(title: "", command: [], workingDirectory: "/")
    let nowhere = JobSpec(title: "", command: [], workingDirectory: "/missing")
    for (spec, program, place) in [
      (spec, "/missing/cka", "/missing/cka"), (spec, "no-such-program", "no-such-program"),
      (spec, "/etc/passwd", "/etc/passwd"), (nowhere, probe.executable, "/missing"),
    ] {
      let worker = WorkerCommand(executable: program, arguments: [])
      let error = #expect(throws: JobError.self) { try scratch.store.submit(spec, worker: worker) }
      #expect(error?.kind == .cannotStart)
      #expect(error?.place == place)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).isEmpty)
  }

  @Test func aWorkerThatNeverOpensItsJobDied() throws {
    let scratch = try ScratchStore()
    let spec = JobSpec(title: "", command: [], workingDirectory: "/")
    let worker = WorkerCommand(executable: "sh", arguments: ["-c", "echo no library >&2; exit 1"])
    let id = try scratch.store.submit(spec, worker: worker).id
    let end = try scratch.store.wait(for: id, timeout: 60)
    #expect(end.state == .died)
    #expect(end.reason?.contains("before its turn") == true)
    #expect(try scratch.store.logLines(id) == ["no library"])
  }

  @Test func namesOfOneSecondDiffer() throws {
    let digits = LockedList([7, 7, 7, 8])
    let scratch = try ScratchStore(host: FakeHost().host { digits.next() })
    let spec = JobSpec(title: "", command: [], workingDirectory: "/")
    let worker = WorkerCommand(executable: "/bin/true", arguments: [])
    let ids = try (0..<2).map { _ in try scratch.store.submit(spec, worker: worker).id.description }
    #expect(ids == ["20261124-061530-0007", "20261124-061530-0008"])
  }

  @Test func theSpecificationIsKept() throws {
    let digits = LockedList([1, 2])
    let scratch = try ScratchStore(host: FakeHost().host { digits.next() })
    var spec = JobSpec(
      title: "vit × resnet", command: ["a.npz", "--kernel", "rbf:0.5"], workingDirectory: "/tmp",
      output: "out.cka.safetensors", environment: ["PATH": "/bin"])
    let worker = WorkerCommand(executable: "/bin/true", arguments: [])
    let status = try scratch.store.submit(spec, worker: worker)
    spec.created = Timestamp(Date(timeIntervalSince1970: 1_795_500_930))
    #expect(status.spec == spec)
    #expect(status.created?.description == "2026-11-24T06:15:30.000Z")
    #expect(try scratch.store.retry(status.id, worker: worker).spec == spec)
  }

  @Test func theRootFollowsTheStandard() throws {
    func root(_ environment: [String: String]) throws -> String {
      try JobStore(host: JobHost(environment: environment)).root
    }
    #expect(try root(["XDG_STATE_HOME": "/s", "HOME": "/h"]) == "/s/cka/jobs")
    #expect(try root(["XDG_STATE_HOME": "s", "HOME": "/h"]) == "/h/.local/state/cka/jobs")
    #expect(throws: JobError.self) { try root([:]) }
  }

  @Test func theLimitComesFromTheEnvironment() throws {
    func limit(_ text: String?) throws -> Int {
      let environment = ["HOME": "/h", "CKA_JOB_LIMIT": text].compactMapValues { $0 }
      return try JobStore(host: JobHost(environment: environment)).limit
    }
    #expect(try [nil, "3", "0", "many", "999999"].map(limit) == [1, 3, 1, 1, 1024])
  }
}

/// Gives one element after the other, then the last one for ever.
///
/// `@unchecked Sendable`: each use of `rest` is inside the lock.
final class LockedList: @unchecked Sendable {
  private let lock = NSLock()
  private var rest: [UInt16]

  init(_ elements: [UInt16]) { rest = elements }

  func next() -> UInt16 {
    lock.withLock { rest.count > 1 ? rest.removeFirst() : rest[0] }
  }
}
