import Foundation
import System
import Testing

@testable import Runs

@Suite struct ResumeTests {
  /// The lines of the checkpoint of a counting job; empty before the first.
  private func checkpoint(_ scratch: ScratchStore, _ id: JobID) throws -> [Substring] {
    let path = scratch.store.folder(id).result
    guard FileManager.default.fileExists(atPath: path) else { return [] }
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(text.hasSuffix("\n"))
    return text.split(separator: "\n")
  }

  @Test func killedAtAnyMomentItGoesOnToTheSameBytes() throws {
    let scratch = try ScratchStore()
    let undisturbed = try scratch.submit("count", "150", "0")
    #expect(try scratch.store.wait(for: undisturbed, timeout: 60).state == .finished)
    let disturbed = try scratch.submit("count", "150", "8")
    let whole = try checkpoint(scratch, undisturbed)
    var kills = 0
    for attempt in 1...20 {
      // From before the worker has opened its job to somewhere in the middle of its work.
      poll(nil, 0, .random(in: 0...90))
      if try killWorker(scratch, disturbed) { kills += 1 }
      let status = try scratch.status(disturbed)
      let lines = try checkpoint(scratch, disturbed)
      #expect(lines == Array(whole.prefix(lines.count)))
      #expect(status.attempt == attempt)
      if status.state == .finished { break }
      #expect(status.state == .died)
      try scratch.store.resume(disturbed, worker: probe)
    }
    #expect(kills > 5)
    let end = try scratch.store.wait(for: disturbed, timeout: 60)
    #expect(end.state == .finished)
    #expect(try checkpoint(scratch, disturbed) == whole)
  }

  /// kill -9, also while the worker is still being loaded: its number is that of the session's
  /// leader whose arguments name the job.
  private func killWorker(_ scratch: ScratchStore, _ id: JobID) throws -> Bool {
    let folder = scratch.store.folder(id)
    var found: Int32?
    try eventually {
      guard try FileLock.isHeld(folder.lock) else { return true }
      found = try FileManager.default.contentsOfDirectory(atPath: "/proc").lazy
        .compactMap(Int32.init).first { isWorker($0, of: folder.path) }
      return found != nil
    }
    if let found { kill(found, SIGKILL) }
    try eventually { try !FileLock.isHeld(folder.lock) }
    return found != nil
  }

  private func isWorker(_ process: Int32, of folder: String) -> Bool {
    let words = FileManager.default.contents(atPath: "/proc/\(process)/cmdline")?.split(
      separator: 0)
    return words?.count == 3 && words?.last.map { String(decoding: $0, as: UTF8.self) } == folder
  }

  @Test func aDeathIsToldWithTheLastProgress() throws {
    let scratch = try ScratchStore()
    let id = try scratch.submit("crash")
    let end = try scratch.store.wait(for: id, timeout: 60)
    #expect(end.state == .died)
    #expect(end.reason == "its worker ended without a word; see the log")
    #expect(end.started != nil)
  }

  @Test func failedAndCancelledJobsResumeAndAttemptsAreCounted() throws {
    let scratch = try ScratchStore()
    let flag = scratch.path + "/flag"
    let id = try scratch.submit("until", flag)
    try scratch.wait(id) { $0.progress?.phase == "waiting" }
    #expect(throws: JobError.self) { try scratch.store.resume(id, worker: probe) }
    #expect(try scratch.store.cancel(id).state == .cancelled)
    try Data().write(to: URL(fileURLWithPath: flag))
    #expect(try scratch.store.resume(id, worker: probe).attempt == 2)
    #expect(try scratch.store.wait(for: id, timeout: 60).state == .finished)
    let error = #expect(throws: JobError.self) { try scratch.store.resume(id, worker: probe) }
    #expect(error?.kind == .isOver)

    let failing = try scratch.submit("dance")
    #expect(try scratch.store.wait(for: failing, timeout: 60).reason == #"cannot ["dance"]"#)
    #expect(try scratch.store.resume(failing, worker: probe).attempt == 2)
    let retried = try scratch.store.retry(failing, worker: probe)
    #expect(retried.id != failing)
    #expect(try scratch.store.wait(for: retried.id, timeout: 60).attempt == 1)
  }

  @Test func aResumeThatCannotBeNotedSaysWhyItDidNotStart() throws {
    // A job that was told of twice: the journal takes one line more, and then the disk is full.
    let scratch = try ScratchStore(
      host: JobHost(launch: { launch throws(JobError) in
        let journal = (launch.log as NSString).deletingLastPathComponent + "/progress.jsonl"
        unlink(journal)
        symlink("/missing/journal", journal)
        throw JobError(.cannotStart, "the program is gone", at: launch.executable)
      }))
    let spec =
      #"{"version":1,"title":"t","command":[],"workingDirectory":"/","#
      + #""created":"2026-11-24T06:15:30.000Z","environment":{}}"#
    let id = try scratch.makeFolder("20261124-061530-4f2a", ["spec.json": spec])
    let worker = WorkerCommand(executable: "/bin/true", arguments: [])
    let error = #expect(throws: JobError.self) { try scratch.store.resume(id, worker: worker) }
    #expect(error?.kind == .cannotStart)
  }

  @Test func aResumeThatCannotStartSaysSo() throws {
    let scratch = try ScratchStore()
    let id = try scratch.submit("crash")
    try scratch.store.wait(for: id, timeout: 60)
    let missing = WorkerCommand(executable: "/missing/cka", arguments: [])
    #expect(throws: JobError.self) { try scratch.store.resume(id, worker: missing) }
    let status = try scratch.status(id)
    #expect(status.state == .failed)
    #expect(status.attempt == 2)
    #expect(status.reason?.contains("/missing/cka") == true)
  }
}
