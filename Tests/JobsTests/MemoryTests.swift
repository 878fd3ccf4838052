import Foundation
import Glibc
import Testing

@testable import Runs

/// A look at jobs reads only those that may have changed.
@Suite struct MemoryTests {
  private let spec =
    #"{"version":1,"title":"t","command":[],"workingDirectory":"/","#
    + #""created":"2026-11-24T06:15:30.000Z","environment":{}}"#

  private func line(_ state: String) -> String {
    #"{"time":"2026-11-24T06:15:31.000Z","attempt":1,"state":"\#(state)","#
      + #""queued":"2026-11-24T06:15:30.000Z"}"# + "\n"
  }

  private func make(_ scratch: ScratchStore, _ number: Int, _ state: String) throws -> JobID {
    try scratch.makeFolder(
      "20261124-0615\(10 + number)-4f2a", ["spec.json": spec, "progress.jsonl": line(state)])
  }

  @Test("Jobs that are over are read once, and listed all the same")
  func readOnce() throws {
    let scratch = try ScratchStore()
    let memory = JobMemory()
    let ids = try [
      make(scratch, 0, "finished"), make(scratch, 1, "failed"), make(scratch, 2, "cancelled"),
    ]
    let first = try memory.look(at: scratch.store)
    #expect(first.fresh == Set(ids))
    #expect(first.jobs == (try scratch.store.list()))
    let second = try memory.look(at: scratch.store)
    #expect(second.fresh.isEmpty && second.jobs == first.jobs)
    #expect(!first.isSameList)
  }

  @Test("One that stopped is read again when its journal goes on; one that died, too")
  func resumed() throws {
    let scratch = try ScratchStore()
    let memory = JobMemory()
    let (failed, died) = try (make(scratch, 0, "failed"), make(scratch, 1, "running"))
    #expect(try memory.look(at: scratch.store).jobs.map(\.state) == [.failed, .died])
    for id in [failed, died] {
      let handle = try FileHandle(
        forWritingTo: URL(filePath: scratch.store.folder(id).journal))
      try handle.seekToEnd()
      try handle.write(contentsOf: Data(line("finished").utf8))
      try handle.close()
    }
    let again = try memory.look(at: scratch.store)
    #expect(again.fresh == [failed, died])
    #expect(again.jobs.map(\.state) == [.finished, .finished])
  }

  @Test("A Slurm job whose array is not recorded waits, and is looked at until it is finished")
  func inSlurm() throws {
    let scratch = try ScratchStore()
    let memory = JobMemory()
    let spec =
      spec.dropLast() + #","shards":3,"slurm":{"options":[],"preamble":"","#
      + #""program":"/cka","environment":{}}}"#
    let now = Timestamp(Date())
    let queued = #"{"time":"\#(now)","attempt":2,"state":"queued","queued":"\#(now)"}"# + "\n"
    // What the first attempt was given says nothing of the second.
    let record = #"{"arrays":[{"job":"7","shards":[1,2,3]}],"attempt":1}"#
    let files = ["spec.json": String(spec), "progress.jsonl": queued, "slurm.json": record]
    let id = try scratch.makeFolder("20261124-061510-4f2a", files)
    let first = try memory.look(at: scratch.store).jobs[0]
    #expect(first.state == .queued && first.shards?.waiting == 3 && first.shards?.failed == 0)
    // Nobody hands it to Slurm any more.
    _ = try scratch.makeFolder(
      "20261124-061510-4f2a", ["progress.jsonl": line("queued").replacing(":1,", with: ":2,")])
    #expect(try memory.look(at: scratch.store).jobs.map(\.state) == [.failed])
    #expect(try memory.look(at: scratch.store).fresh == [id])
    try Data(line("finished").utf8).write(to: URL(filePath: scratch.store.folder(id).journal))
    #expect(try memory.look(at: scratch.store).jobs.map(\.state) == [.finished])
    #expect(try memory.look(at: scratch.store).fresh.isEmpty)
  }

  @Test("A job of Slurm's is made and removed without a lock, which a cluster's files may not have")
  func noLock() throws {
    let scratch = try ScratchStore()
    var spec = JobSpec(title: "t", command: [], workingDirectory: "/")
    spec.slurm = SlurmRequest(program: "/cka")
    let id = try scratch.store.publishWithoutWorker(spec)
    let folder = scratch.store.folder(id)
    #expect(!scratch.store.hasLocalJobs && access(folder.lock, F_OK) != 0)
    try Data().write(to: URL(filePath: folder.cancel))
    // Nothing can be locked there.
    try FileManager.default.createDirectory(
      atPath: folder.lock, withIntermediateDirectories: false)
    try scratch.store.remove(id)
    #expect(try scratch.store.list().isEmpty)
  }

  @Test("A live job is read at every look")
  func live() throws {
    let scratch = try ScratchStore()
    let memory = JobMemory()
    let id = try scratch.submit("stubborn")
    try scratch.wait(id) { $0.state == .running }
    for _ in 0..<3 { #expect(try memory.look(at: scratch.store).fresh == [id]) }
  }

  @Test("A job that came, and one that was removed, is noticed at the next look")
  func cameAndWent() throws {
    let scratch = try ScratchStore()
    let memory = JobMemory()
    let first = try make(scratch, 0, "finished")
    #expect(try memory.look(at: scratch.store).jobs.map(\.id) == [first])
    let second = try make(scratch, 1, "finished")
    #expect(try memory.look(at: scratch.store).jobs.map(\.id) == [first, second])
    try scratch.store.remove(first)
    #expect(try memory.look(at: scratch.store).jobs.map(\.id) == [second])
  }

  @Test("Names are taken from the last listing only where the folder is as it was long before it")
  func roll() throws {
    let scratch = try ScratchStore()
    let roll = JobRoll(root: scratch.path)
    let first = try make(scratch, 0, "finished")
    #expect(try roll.ids() == [first])
    // Put back to how old it was, as a coarse clock would have it.
    var old = [timespec(tv_sec: 1_000_000, tv_nsec: 0), timespec(tv_sec: 1_000_000, tv_nsec: 0)]
    utimensat(AT_FDCWD, scratch.path, &old, 0)
    #expect(try roll.ids() == [first])
    let second = try make(scratch, 1, "finished")
    #expect(try roll.ids() == [first, second])
    utimensat(AT_FDCWD, scratch.path, &old, 0)
    #expect(try roll.ids() == [first, second])
  }
}
