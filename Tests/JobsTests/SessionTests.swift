import Foundation
import System
import Testing

@testable import Runs

/// Sessions inside the test program. None of them is cancelled by the store, which would signal it.
@Suite struct SessionTests {
  private let fake = FakeHost()

  private func open(_ scratch: ScratchStore) throws -> WorkerSession {
    let spec = JobSpec(title: "", command: [], workingDirectory: "/")
    let worker = WorkerCommand(executable: "/bin/true", arguments: [])
    let id = try scratch.store.submit(spec, worker: worker).id
    // Other tests fork meanwhile, and their children have a copy of the lock until they exec.
    try eventually { try !FileLock.isHeld(scratch.store.folder(id).lock) }
    return try WorkerSession(folder: scratch.store.folder(id).path, host: fake.host())
  }

  private func lines(_ session: WorkerSession) throws -> [String] {
    try String(contentsOfFile: session.folder.journal, encoding: .utf8)
      .split(separator: "\n").map(String.init)
  }

  private func status(_ scratch: ScratchStore) throws -> JobStatus {
    try #require(try scratch.store.list().first)
  }

  @Test func aFewLinesASecondAreWritten() throws {
    let scratch = try ScratchStore(host: fake.host())
    let session = try open(scratch)
    #expect(try session.waitForTurn())
    let before = try lines(session).count
    for done in 0..<100 {
      fake.advance(0.01)
      session.report(JobProgress(phase: "sums", done: done, total: 100))
    }
    let written = try lines(session).count - before
    #expect((3...6).contains(written), "\(written)")
    // The last report was held back, but the end does not lose it.
    try session.finish(.finished)
    #expect(try status(scratch).progress?.done == 99)
    #expect(try status(scratch).state == .finished)
  }

  @Test func aNewPhaseAndACheckpointAreWrittenAtOnce() throws {
    let scratch = try ScratchStore(host: fake.host())
    let session = try open(scratch)
    #expect(try session.waitForTurn())
    session.report(JobProgress(phase: "reading"))
    session.report(JobProgress(phase: "sums", done: 1, total: 9))
    #expect(try status(scratch).progress?.phase == "sums")
    session.report(JobProgress(phase: "sums", done: 2, total: 9))
    #expect(try status(scratch).progress?.done == 1)
    try session.checkpoint([1, 2, 3])
    #expect(try status(scratch).progress?.done == 2)
    #expect(FileManager.default.contents(atPath: session.folder.result) == Data([1, 2, 3]))
    #expect(try status(scratch).result == session.folder.result)
  }

  @Test func theTimeLeftIsEstimated() throws {
    let scratch = try ScratchStore(host: fake.host())
    let session = try open(scratch)
    #expect(try session.waitForTurn())
    session.report(JobProgress(done: 0, total: 10))
    fake.advance(2)
    session.report(JobProgress(done: 1, total: 10))
    #expect(abs((try status(scratch).progress?.eta ?? 0) - 18) < 0.01)
  }

  @Test func aJobHasOneWorker() throws {
    let scratch = try ScratchStore(host: fake.host())
    let session = try open(scratch)
    let error = #expect(throws: JobError.self) {
      try WorkerSession(folder: session.folder.path, host: fake.host())
    }
    #expect(error?.kind == .isLive)
    try session.finish(.failed("no\nmemory"))
    #expect(try status(scratch).reason == #"no\nmemory"#)
    #expect(throws: JobError.self) { try session.finish(.finished) }
    #expect(throws: JobError.self) { try session.checkpoint([]) }
    session.report(JobProgress(message: "late"))
    #expect(try status(scratch).state == .failed)
  }

  @Test func aFinishedJobIsNotOpenedAgain() throws {
    let scratch = try ScratchStore(host: fake.host())
    let session = try open(scratch)
    try session.finish(.finished)
    try eventually { try !FileLock.isHeld(session.folder.lock) }
    let error = #expect(throws: JobError.self) {
      try WorkerSession(folder: session.folder.path, host: fake.host())
    }
    #expect(error?.kind == .isOver)
    #expect(throws: JobError.self) { try WorkerSession(folder: "/tmp", host: fake.host()) }
  }

  @Test func aSessionThatIsDroppedDied() throws {
    let scratch = try ScratchStore(host: fake.host())
    var session: WorkerSession? = try open(scratch)
    #expect(try session?.waitForTurn() == true)
    #expect(try status(scratch).state == .running)
    session = nil
    try eventually { try status(scratch).state == .died }
  }

  @Test func whatAKilledCheckpointLeftIsWrittenOver() throws {
    let scratch = try ScratchStore(host: fake.host())
    let session = try open(scratch)
    try Data(count: 9999).write(to: URL(fileURLWithPath: session.folder.result + ".new"))
    try session.checkpoint([7])
    #expect(FileManager.default.contents(atPath: session.folder.result) == Data([7]))
    #expect(!FileManager.default.fileExists(atPath: session.folder.result + ".new"))
  }

  @Test func whatWasLeftBehindIsSweptAway() throws {
    let scratch = try ScratchStore(host: fake.host())
    let hidden = scratch.path + "/.new-left"
    try FileManager.default.createDirectory(atPath: hidden, withIntermediateDirectories: true)
    let now = Date()
    let later = JobHost(now: { now + 7200 })
    try JobStore(root: URL(fileURLWithPath: scratch.path), host: JobHost(now: { now })).sweep()
    #expect(FileManager.default.fileExists(atPath: hidden))
    // Whoever makes a job holds its lock: then it was the clock that was set forward.
    var lock = try FileLock.acquire(JobFolder(path: hidden).lock)
    try JobStore(root: URL(fileURLWithPath: scratch.path), host: later).sweep()
    #expect(lock != nil && FileManager.default.fileExists(atPath: hidden))
    lock = nil
    try eventually {
      try JobStore(root: URL(fileURLWithPath: scratch.path), host: later).sweep()
      return !FileManager.default.fileExists(atPath: hidden)
    }
  }
}
