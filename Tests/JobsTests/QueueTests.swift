import Foundation
import System
import Testing

@testable import Runs

@Suite struct QueueTests {
  @Test func oneRunsAndTheOthersFollowInOrder() throws {
    let scratch = try ScratchStore(limit: 1)
    let flags = (0..<3).map { "\(scratch.path)/flag\($0)" }
    let first = try scratch.submit("until", flags[0])
    try scratch.wait(first) { $0.state == .running }
    let second = try scratch.submit("until", flags[1])
    let third = try scratch.submit("until", flags[2])
    try Data().write(to: URL(fileURLWithPath: flags[2]))
    #expect(try scratch.status(second).state == .queued)
    #expect(try scratch.status(third).state == .queued)
    try Data().write(to: URL(fileURLWithPath: flags[0]))
    try scratch.wait(second) { $0.state == .running }
    // The third could finish at once, but it must not have had its turn before the second.
    #expect(try scratch.status(third).state == .queued)
    try Data().write(to: URL(fileURLWithPath: flags[1]))
    #expect(try scratch.store.wait(for: third, timeout: 60).state == .finished)
  }

  @Test func twoRunAtTheSameTime() throws {
    let scratch = try ScratchStore(limit: 2)
    let jobs = try (0..<3).map { _ in try scratch.submit("until", "/missing") }
    try eventually {
      try jobs.filter { try scratch.status($0).state == .running }.count == 2
    }
    let waiting = try #require(try scratch.store.list().first { $0.state == .queued })
    let running = try #require(try scratch.store.list().first { $0.state == .running })
    try scratch.store.cancel(running.id, grace: 60)
    try scratch.wait(waiting.id) { $0.state == .running }
  }

  @Test func aQueuedJobCanBeCancelled() throws {
    let scratch = try ScratchStore(limit: 1)
    let first = try scratch.submit("until", "/missing")
    try scratch.wait(first) { $0.state == .running }
    let second = try scratch.submit("until", "/missing")
    let status = try scratch.store.cancel(second, grace: 60)
    #expect(status.state == .cancelled)
    #expect(status.started == nil)
    #expect(try scratch.status(first).state == .running)
  }

  @Test func aDeadWorkerGivesItsSlotBack() throws {
    let scratch = try ScratchStore(limit: 1)
    let first = try scratch.submit("crash")
    let second = try scratch.submit("count", "1", "0")
    #expect(try scratch.store.wait(for: second, timeout: 60).state == .finished)
    #expect(try scratch.status(first).state == .died)
  }

  @Test func thoseWhoCameEarlierGoFirst() throws {
    let fake = FakeHost()
    let scratch = try ScratchStore(host: fake.host())
    let names = ["20261124-061530-0001", "20261124-061530-0002"]
    let lines = try names.enumerated().map { index, _ in
      let time = Timestamp(Date(timeIntervalSince1970: Double(100 + index)))
      return try JSONEncoder().encode(JournalEntry(attempt: 1, queued: time))
    }
    let ids = try zip(names, lines).map {
      try scratch.makeFolder($0, ["progress.jsonl": String(decoding: $1, as: UTF8.self)])
    }
    func queue(_ index: Int) -> SlotQueue {
      SlotQueue(
        root: scratch.path, limit: 1, id: ids[index],
        queued: Timestamp(Date(timeIntervalSince1970: Double(100 + index))))
    }
    let early = try #require(try FileLock.acquire(scratch.store.folder(ids[0]).lock))
    let late = try #require(try FileLock.acquire(scratch.store.folder(ids[1]).lock))
    #expect(try queue(1).take() == nil)
    var slot = try queue(0).take()
    #expect(slot != nil)
    slot = nil
    // One that was asked to stop lets the others pass.
    try Data().write(to: URL(fileURLWithPath: scratch.store.folder(ids[0]).cancel))
    try eventually { try queue(1).take() != nil }
    #expect(early.descriptor != late.descriptor)
  }
}
