import Foundation
import Testing

@testable import Runs

@Suite struct WatchTests {
  @Test func severalMayFollowOneJob() async throws {
    let scratch = try ScratchStore()
    let id = try scratch.submit("count", "40", "10")
    let store = scratch.store
    let ends = try await withThrowingTaskGroup(of: [JobStatus].self) { group in
      for _ in 0..<3 {
        group.addTask {
          var seen: [JobStatus] = []
          for try await status in store.follow(id) { seen.append(status) }
          return seen
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    for seen in ends {
      #expect(seen.last?.state == .finished)
      #expect(seen.last?.progress?.done == 40)
      let steps = seen.map { $0.progress?.done ?? 0 }
      #expect(steps == steps.sorted())
      #expect(zip(seen, seen.dropFirst()).allSatisfy { $0 != $1 })
    }
  }

  @Test func waitingEndsInTime() throws {
    let scratch = try ScratchStore()
    let id = try scratch.submit("until", "/missing")
    #expect(try scratch.store.wait(for: id, timeout: 0).state.isLive)
    try scratch.wait(id) { $0.progress != nil }
    var calls = 0
    let status = try scratch.store.wait(for: id, timeout: 0.5) { _ in calls += 1 }
    #expect(status.state == .running)
    #expect(calls == 1)
  }

  @Test func aRemovedJobEndsTheWatch() async throws {
    let scratch = try ScratchStore()
    let id = try scratch.submit("until", "/missing")
    try scratch.wait(id) { $0.progress != nil }
    var isRemoved = false
    await #expect(throws: JobError.self) {
      for try await _ in scratch.store.follow(id) where !isRemoved {
        try scratch.store.remove(id, force: true)
        isRemoved = true
      }
    }
  }

  @Test func programsThatRaceDoNoHarm() throws {
    let scratch = try ScratchStore(limit: 3)
    let racers = try (0..<3).map { _ in
      let racer = Process()
      racer.executableURL = URL(fileURLWithPath: probe.executable)
      racer.arguments = ["race", scratch.path, "8"]
      try racer.run()
      return racer
    }
    while racers.contains(where: \.isRunning) {
      // A job that is seen is whole, whatever the others do to it.
      #expect(try scratch.store.list().allSatisfy { $0.state != .broken && $0.spec != nil })
    }
    #expect(racers.map(\.terminationStatus) == [0, 0, 0])
    try eventually { try scratch.store.list().allSatisfy { !$0.state.isLive } }
    let names = try FileManager.default.contentsOfDirectory(atPath: scratch.path)
    #expect(names.allSatisfy { $0 == "slots" || JobID($0) != nil }, "\(names)")
  }
}
