import Foundation
import System
import Testing

@testable import Runs

@Suite struct CancelTests {
  @Test func aRunningJobStops() throws {
    let scratch = try ScratchStore()
    let id = try scratch.submit("until", "/missing")
    try scratch.wait(id) { $0.progress != nil }
    let status = try scratch.store.cancel(id, grace: 60)
    #expect(status.state == .cancelled)
    #expect(status.reason == "on request")
    #expect(!status.isCancelling)
  }

  @Test func theFileAloneIsEnough() throws {
    // As when the worker is on another machine, where no signal reaches it.
    let scratch = try ScratchStore()
    let id = try scratch.submit("until", "/missing")
    try scratch.wait(id) { $0.progress != nil }
    try Data().write(to: URL(fileURLWithPath: scratch.store.folder(id).cancel))
    #expect(try scratch.store.wait(for: id, timeout: 60).state == .cancelled)
  }

  @Test func theSignalAloneIsEnough() throws {
    // As when a full disk has no room for the file: here nothing can be written through a link.
    let scratch = try ScratchStore()
    let id = try scratch.submit("until", "/missing")
    try scratch.wait(id) { $0.progress != nil }
    symlink("/missing", scratch.store.folder(id).cancel)
    let status = try scratch.store.cancel(id, grace: 60)
    #expect(status.state == .cancelled && status.reason == "by SIGTERM")
  }

  @Test func aDeafJobIsKilledWithItsChildren() throws {
    let scratch = try ScratchStore()
    let id = try scratch.submit("stubborn")
    let child = try scratch.wait(id) { $0.progress != nil }.progress?.numbers["child"]
    #expect(try scratch.store.requestCancel(id).isCancelling)
    let status = try scratch.store.cancel(id, grace: 0.1)
    #expect(status.state == .cancelled)
    #expect(status.reason == "its worker was stopped")
    let process = try #require(child.map { Int32($0) })
    #expect(process > 1)
    try eventually { !isRunning(process) }
  }

  /// A killed orphan may stay a zombie for as long as nobody above it looks.
  private func isRunning(_ process: Int32) -> Bool {
    guard let stat = FileManager.default.contents(atPath: "/proc/\(process)/stat") else {
      return false
    }
    return !String(decoding: stat, as: UTF8.self).contains(") Z ")
  }

  @Test func whatIsOverStaysAsItIs() throws {
    let scratch = try ScratchStore()
    let id = try scratch.submit("count", "1", "0")
    let end = try scratch.store.wait(for: id, timeout: 60)
    try eventually { try !FileLock.isHeld(scratch.store.folder(id).lock) }
    #expect(try scratch.store.cancel(id) == end)
    #expect(!FileManager.default.fileExists(atPath: scratch.store.folder(id).cancel))
  }

  @Test func aSignalFromOutsideIsARequest() throws {
    let scratch = try ScratchStore()
    let id = try scratch.submit("until", "/missing")
    try scratch.wait(id) { $0.progress != nil }
    try #require(ProcessIdentity.worker(of: scratch.store.folder(id))).send(SIGTERM)
    let end = try scratch.store.wait(for: id, timeout: 60)
    #expect(end.state == .cancelled)
    #expect(end.reason == "by SIGTERM")
  }

  @Test func aProcessThatOnlyHasTheNumberGetsNoSignal() throws {
    let scratch = try ScratchStore()
    let folder = JobFolder(path: scratch.path)
    let process = try #require(ProcessIdentity.current)
    try process.record(in: folder)
    #expect(ProcessIdentity.worker(of: folder) == process)
    let written = try String(contentsOfFile: folder.process, encoding: .utf8)
    for (old, new) in [
      (#""start":\#(process.start)"#, #""start":\#(process.start + 1)"#),
      (#""boot":"\#(process.boot)"#, #""boot":"another"#),
    ] {
      let other = written.replacing(old, with: new)
      #expect(other != written)
      try other.write(toFile: folder.process, atomically: true, encoding: .utf8)
      #expect(ProcessIdentity.worker(of: folder) == nil)
    }
  }

  @Test func removingARunningJobMustBeForced() throws {
    let scratch = try ScratchStore()
    let id = try scratch.submit("until", "/missing")
    try scratch.wait(id) { $0.progress != nil }
    let error = #expect(throws: JobError.self) { try scratch.store.remove(id) }
    #expect(error?.kind == .isLive)
    try scratch.store.remove(id, force: true)
    #expect(try scratch.store.list().isEmpty)
    #expect(throws: JobError.self) { try scratch.store.job(id) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["slots"])
  }
}
