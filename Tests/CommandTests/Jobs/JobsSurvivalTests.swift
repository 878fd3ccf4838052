import Foundation
import TestSupport
import Testing

@Suite("Jobs outlive what happens to them", .serialized)
struct JobsSurvivalTests {
  let place: Place

  init() throws {
    place = try Place()
    try place.writeFeatures("f.safetensors", samples: 3_200, layers: 8)
  }

  @Test("killed at any moment, a job shows as died, and goes on to the same bits")
  func killed() throws {
    defer { place.stopJobs() }
    let quiet = try place.submit(to: "quiet.cka.safetensors", pace: 1000)
    #expect(try place.cka("jobs", "wait", quiet).status == 0)
    let id = try place.submit()
    var kills = 0
    for _ in 0..<8 {
      // Anywhere between the start of the process and some minibatches later.
      usleep(UInt32.random(in: 0...400_000))
      let job = try place.job(id)
      guard job.state != "finished" else { break }
      kill(try place.worker(of: job), SIGKILL)
      let dead = try place.wait(for: id) { $0.state != "running" && $0.state != "queued" }
      guard dead.state != "finished" else { break }
      #expect(dead.state == "died" && dead.reason != nil)
      if let result = dead.result { #expect(try place.cka("info", result).status == 0) }
      #expect(try place.cka("jobs", "resume", id).status == 0)
      kills += 1
    }
    #expect(kills > 0)
    #expect(try place.cka("jobs", "wait", id).status == 0)
    #expect(try place.job(id).attempt == kills + 1)
    #expect(try place.values("out.cka.safetensors") == place.values("quiet.cka.safetensors"))
  }

  @Test("a job survives the terminal that it was started in")
  func terminal() throws {
    defer { place.stopJobs() }
    let session = try ExplorerSession(
      "CKA_CHECKPOINT_SECONDS=0 cka compute f.safetensors -o out.cka.safetensors --batch-size 16 "
        + "--background", in: place)
    try session.terminal.wait { $0.contains("cka jobs wait") }
    let id = try #require(try place.jobs().first?.id)
    try session.terminal.close()
    #expect(try place.cka("jobs", "wait", id).status == 0)
    #expect(place.names.contains("out.cka.safetensors"))
  }

  @Test("two explorers watch one job at once, and its picture fills in by itself")
  func watched() throws {
    defer { place.stopJobs() }
    try place.writeFeatures("long.safetensors", samples: 64_000, layers: 12)
    try place.copy(sample: "real/resnet18_vs_resnet34_full.pkl", as: "results/r.pkl")
    let id = try place.submit("long.safetensors", batchSize: 64)
    try place.wait(for: id) { $0.result != nil }
    let sessions = try (0..<2).map { _ in try ExplorerSession("cka results", in: place) }
    for session in sessions {
      try session.waitForPicture()
      try session.terminal.send("W")
      try session.wait { $0.contains("running") && $0.contains("━") }
      try session.terminal.send("Enter")
      try session.waitForPicture(of: "model0")
      let before = try session.wait { $0.partialSamples != nil }
      try session.wait { ($0.partialSamples ?? 0) > (before.partialSamples ?? 0) }
    }
    #expect(try place.cka("jobs", "cancel", id).status == 0)
    for session in sessions {
      try session.terminal.send("W")
      try session.wait { $0.contains("cancelled") }
    }
  }
}

extension String {
  /// How many samples the title of a partial picture tells of.
  fileprivate var partialSamples: Int? {
    firstMatch(of: #/partial: (\d+) samples/#).flatMap { Int($0.1) }
  }
}
