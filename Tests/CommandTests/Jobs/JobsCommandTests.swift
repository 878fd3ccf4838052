import Foundation
import TestSupport
import Testing

@Suite("Comparisons in the background")
struct JobsCommandTests {
  let place: Place

  init() throws {
    place = try Place()
    try place.writeFeatures("f.safetensors", samples: 320, layers: 4)
  }

  @Test("a job gives the values that the same command gives in the foreground")
  func finishes() throws {
    let id = try place.submit()
    let wait = try place.cka("jobs", "wait", id)
    #expect(wait.status == 0 && wait.text.contains("finished, 100 %, 20 of 20 minibatches"))
    let front = try place.cka(
      "compute", "f.safetensors", "-o", "front.cka.safetensors", "--batch-size", "16")
    #expect(front.status == 0)
    #expect(try place.values("out.cka.safetensors") == place.values("front.cka.safetensors"))
    let job = try place.job(id)
    #expect(job.state == "finished" && job.done == 20 && job.title == "model0 × model1")
    #expect(job.output == place.path("out.cka.safetensors"))
    #expect(try place.cka("info", job.result ?? "").status == 0)
  }

  @Test("list, show, log and their JSON tell the same")
  func words() throws {
    #expect(try place.cka("jobs").text.contains("no jobs"))
    #expect(try place.jobs().isEmpty)
    let id = try place.submit()
    _ = try place.cka("jobs", "wait", id)
    let table = try place.cka("jobs", "list").text
    #expect(table.hasPrefix("ID ") && table.contains("\(id)  finished  100 %"))
    let short = String(id.suffix(4))
    let shown = try place.cka("jobs", "show", short).text
    #expect(shown.contains("command         cka compute f.safetensors -o out.cka.safetensors"))
    #expect(shown.contains("state           finished"))
    #expect(try place.cka("jobs", "log", short).text.contains("wrote out.cka.safetensors"))
    #expect(try place.cka("jobs", "log", "--follow", id).text.contains("wrote"))
    #expect(try place.cka("jobs", "log", "--json", id).text.hasPrefix("["))
  }

  @Test("an unknown job, a wrong line and missing features are one complaint, and no job")
  func refusals() throws {
    for verb in ["show", "log", "wait", "cancel", "remove", "resume", "retry"] {
      try place.expectOneComplaint("jobs", verb, "nothing")
    }
    #expect(try place.cka("jobs", "dance").status == 64)
    #expect(try place.cka("jobs", "wait", "x", "--timeout", "-1").status == 64)
    try place.expectOneComplaint(
      "compute", "missing.npz", "-o", "a.cka.safetensors", "--background")
    #expect(try place.jobs().isEmpty)
  }

  @Test("what exceeds the limit waits for its turn; a queued job can be cancelled")
  func queue() throws {
    defer { place.stopJobs() }
    try place.writeFeatures("long.safetensors", samples: 64_000, layers: 12)
    let first = try place.submit("long.safetensors", to: "a.cka.safetensors")
    let second = try place.submit(to: "b.cka.safetensors")
    let third = try place.submit(to: "c.cka.safetensors")
    try place.wait(for: first) { $0.state == "running" && ($0.done ?? 0) > 0 }
    for id in [second, third] { #expect(try place.job(id).state == "queued") }
    #expect(try place.cka("jobs", "wait", second, "--timeout", "0.2").status == 124)
    #expect(try place.cka("jobs", "cancel", second).status == 0)
    #expect(try place.job(second).state == "cancelled")
    #expect(try place.cka("jobs", "remove", first).status == 1)
    #expect(try place.cka("jobs", "cancel", first).status == 0)
    #expect(try place.cka("jobs", "wait", third).status == 0)
    let stopped = try place.job(first)
    #expect(stopped.state == "cancelled" && (stopped.done ?? 0) < 4000)
    #expect(try place.cka("info", stopped.result ?? "").text.contains("partial"))
    #expect(try place.cka("jobs", "wait", first).status == 1)
    #expect(try place.cka("jobs", "remove", first, second, third).status == 0)
    #expect(try place.jobs().isEmpty)
    #expect(place.names.contains("c.cka.safetensors"))
  }

  @Test("a job that cannot get its turn says why")
  func noTurn() throws {
    let first = try place.submit()
    #expect(try place.cka("jobs", "wait", first).status == 0)
    // A file in the place of the folder of turns.
    let slots = (try place.job(first).folder as NSString).deletingLastPathComponent + "/slots"
    try FileManager.default.removeItem(atPath: slots)
    try Data().write(to: URL(filePath: slots))
    let id = try place.submit()
    #expect(try place.cka("jobs", "wait", id).status == 1)
    let job = try place.job(id)
    #expect(job.state == "failed" && job.reason?.contains("/slots/") == true, "\(job)")
  }

  @Test("features that vanish end the job with a reason, and the partial result stays")
  func vanishes() throws {
    defer { place.stopJobs() }
    try place.writeFeatures("long.safetensors", samples: 64_000, layers: 12)
    let id = try place.submit("long.safetensors")
    try place.wait(for: id) { ($0.done ?? 0) > 2 && $0.result != nil }
    let file = try FileHandle(forUpdating: URL(filePath: place.path("long.safetensors")))
    try file.truncate(atOffset: 100_000)
    let job = try place.wait(for: id) { $0.state != "running" }
    #expect(job.state == "failed" && (job.reason ?? "").contains("long.safetensors"))
    #expect(try place.cka("jobs", "log", id).text.contains("failed: "))
    #expect(try place.cka("info", job.result ?? "").text.contains("partial"))
    #expect(!place.names.contains("out.cka.safetensors"))
    #expect(try place.cka("jobs", "resume", id).status == 0)
    #expect(try place.cka("jobs", "wait", id).status == 1)
  }

  @Test("retry computes the same again, as a new job")
  func retry() throws {
    let id = try place.submit()
    #expect(try place.cka("jobs", "wait", id).status == 0)
    let values = try place.values("out.cka.safetensors")
    try FileManager.default.removeItem(atPath: place.path("out.cka.safetensors"))
    #expect(try place.cka("jobs", "resume", id).status == 1, "a finished job has nothing left")
    #expect(try place.cka("jobs", "retry", id).status == 0)
    let again = try #require(try place.jobs().last?.id)
    #expect(again != id)
    #expect(try place.cka("jobs", "wait", again).status == 0)
    #expect(try place.values("out.cka.safetensors") == values)
  }
}
