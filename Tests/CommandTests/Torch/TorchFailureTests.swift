import Foundation
import TestSupport
import Testing

/// Networks that misbehave: the reason is told, and what was computed is kept.
@Suite struct TorchFailureTests {
  private let place: Place

  init() throws { place = try Place() }

  /// - Parameter after: calls without trouble; four looks at its layers are the first of them.
  private func compute(_ kind: String, after: Int, _ further: [String] = []) throws -> Shell.Outcome
  {
    try place.computeTorch(
      [
        "net=\(Fixture.nets):troubled?kind=\(kind)&after=\(after)", "--data",
        "\(Fixture.nets):images", "--batch-size", "32",
      ] + further)
  }

  @Test(
    "One that ends early leaves what there is",
    arguments: [
      ("raise", #"ValueError: the network\u{1B}[31m gave up"#), ("exit", "exit code 7"),
      ("kill", "was ended by signal 9"),
    ])
  func endsEarly(_ kind: String, _ reason: String) throws {
    let outcome = try compute(kind, after: 6)
    #expect(outcome.status == 1)
    let lines = outcome.complaints.split(separator: "\n")
    #expect(lines.last?.contains(reason) == true, "\(outcome.complaints)")
    #expect(outcome.complaints.contains("of 6 minibatches are in out.cka.safetensors.partial"))
    #expect(place.names == ["out.cka.safetensors.partial"])
    if kind == "raise" { #expect(lines.contains { $0.contains("nets.py") }) }
  }

  @Test func oneThatHangsIsNotWaitedForForever() throws {
    // Long enough to import torch, however busy the machine is.
    let clock = ContinuousClock()
    let begun = clock.now
    #expect(try compute("print", after: 50).status == 0)
    let patience = 12 + 3 * (clock.now - begun).components.seconds
    try FileManager.default.removeItem(atPath: place.path("out.cka.safetensors"))
    let outcome = try compute("hang", after: 6, ["--patience", "\(patience)"])
    #expect(outcome.status == 1)
    #expect(
      outcome.complaints.contains("has been silent for \(patience).0 s"), "\(outcome.complaints)")
    #expect(outcome.complaints.contains("of 6 minibatches are in out.cka.safetensors.partial"))
  }

  @Test func whatIsPrintedDoesNotDisturb() throws {
    let outcome = try compute("print", after: 0)
    #expect(outcome.status == 0, "\(outcome.complaints)")
    #expect(outcome.complaints.contains("cka: backend: hello from the network"))
    #expect(outcome.output.isEmpty && place.names == ["out.cka.safetensors"])
  }

  @Test func aLayerThatIsNaNHasNoValuesAndTheOthersStay() throws {
    let outcome = try compute("overflow", after: 6)
    #expect(outcome.status == 0, "\(outcome.complaints)")
    let bundle = try place.bundle()
    #expect(try bundle.value((0, "0"), (0, "0")) == 1)
    let last = try #require(try bundle.layers(of: 0).last)
    #expect(try bundle.value((0, last), (0, "0")).isNaN)
    let faults = try #require(bundle.record("statistics")["faults"] as? [[String: Any]])
    #expect(faults.contains { ($0["reason"] as? String)?.contains("not finite") == true })
  }

  @Test func aJobTellsTheReason() throws {
    defer { place.stopJobs() }
    let submitted = try compute("raise", after: 6, ["--background", "--quiet"])
    try #require(submitted.status == 0, "\(submitted.complaints)")
    let id = submitted.text.trimmingCharacters(in: .newlines)
    #expect(try place.torch(["jobs", "wait", id]).status == 1)
    let job = try place.job(id)
    #expect(job.state == "failed" && job.reason?.contains("gave up") == true)
    #expect(job.result != nil)
    let log = try place.torch(["jobs", "log", id]).text
    #expect(log.contains("nets.py") && log.contains("failed: "))
  }
}
