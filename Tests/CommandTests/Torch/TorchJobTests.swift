import Foundation
import TestSupport
import Testing

/// Models that run in the background, and that are interrupted.
@Suite struct TorchJobTests {
  private let place: Place
  private let study = [
    "a=\(Fixture.nets):slow", "b=\(Fixture.nets):network?width=6", "--data",
    "\(Fixture.nets):images", "--batch-size", "8",
  ]

  init() throws { place = try Place() }

  @Test func aJobEndsWithTheValuesOfTheForeground() throws {
    defer { place.stopJobs() }
    let submitted = try place.computeTorch(study + ["--background", "--quiet"])
    try #require(submitted.status == 0, "\(submitted.complaints)")
    let id = submitted.text.trimmingCharacters(in: .newlines)
    #expect(try place.torch(["jobs", "wait", id]).status == 0)
    #expect(try place.job(id).title == "a × b")
    #expect(try place.computeTorch(study, to: "front.cka.safetensors").status == 0)
    #expect(try place.values("out.cka.safetensors") == place.values("front.cka.safetensors"))
  }

  @Test func aWarningIsToldOnce() throws {
    defer { place.stopJobs() }
    let twice = [
      "a=\(Fixture.nets):network", "a=\(Fixture.nets):network?width=6", "--data",
      "\(Fixture.nets):images", "--batch-size", "32",
    ]
    let front = try place.computeTorch(twice)
    #expect(front.status == 0)
    #expect(front.complaints.split(separator: "the name 'a' is taken").count == 2)
    let submitted = try place.computeTorch(
      twice + ["--background", "--quiet"], to: "back.safetensors")
    let id = submitted.text.trimmingCharacters(in: .newlines)
    #expect(try place.torch(["jobs", "wait", id]).status == 0)
    let log = try place.torch(["jobs", "log", id]).text
    #expect(log.split(separator: "the name 'a' is taken").count == 2, "\(log)")
  }

  @Test func anInterruptedRunGoesOnToTheSameBits() throws {
    let words = study.map { "'\($0)'" }.joined(separator: " ")
    let line = """
      cka compute torch \(words) -o out.cka.safetensors &
      pid=$!
      while kill -0 $pid && [ ! -e out.cka.safetensors.partial ]; do sleep 0.02; done
      kill -TERM $pid
      wait $pid
      """
    let stopped = try Shell.outcome(
      of: ["timeout", "-k", "5", "300", "bash", "-c", line],
      environment: place.torchEnvironment(), folder: place.folder)
    #expect(stopped.status == 143, "\(stopped.complaints)")
    let resumed = try place.computeTorch(study)
    #expect(resumed.status == 0)
    #expect(resumed.complaints.contains("cka: goes on after "), "\(resumed.complaints)")
    #expect(try place.computeTorch(study, to: "whole.cka.safetensors").status == 0)
    #expect(try place.values("out.cka.safetensors") == place.values("whole.cka.safetensors"))
  }

  @Test func whatWasComputedIsNotComputedAgain() throws {
    // Of 6 minibatches the network survives no more than 4 in one run: two looks at its layers
    // come before them.
    let failing = [
      "net=\(Fixture.nets):troubled?kind=exit&after=6", "--data", "\(Fixture.nets):images",
      "--batch-size", "32",
    ]
    try #require(try place.computeTorch(failing).status == 1)
    let resumed = try place.computeTorch(failing)
    #expect(resumed.status == 0, "\(resumed.complaints)")
    let lasting = failing.map { $0.replacing("after=6", with: "after=50") }
    #expect(try place.computeTorch(lasting, to: "whole.cka.safetensors").status == 0)
    #expect(try place.values("out.cka.safetensors") == place.values("whole.cka.safetensors"))
  }

  @Test func changedFilesBeginAnew() throws {
    try FileManager.default.copyItem(atPath: "\(Fixture.torch)/nets.py", toPath: place.path("n.py"))
    let changing = [
      "net=py:n.py:troubled?kind=exit&after=6", "--data", "py:n.py:images", "--batch-size", "32",
    ]
    try #require(try place.computeTorch(changing).status == 1)
    let changed = try place.text("n.py").replacing("manual_seed(1)", with: "manual_seed(2)")
    try Data(changed.utf8).write(to: URL(filePath: place.path("n.py")))
    let resumed = try place.computeTorch(changing)
    #expect(resumed.status == 1)
    #expect(resumed.complaints.contains("but the files of the models or data were changed"))
    #expect(place.names.contains("out.cka.safetensors.partial"))
  }

  @Test func otherSamplesThanBeforeAreNoticed() throws {
    // The samples are in a file that no specification names.
    try FileManager.default.copyItem(atPath: "\(Fixture.torch)/nets.py", toPath: place.path("n.py"))
    try Data("from n import images\n".utf8).write(to: URL(filePath: place.path("d.py")))
    let changing = [
      "net=py:\(Fixture.torch)/nets.py:troubled?kind=exit&after=6", "--data", "py:d.py:images",
      "--batch-size", "32",
    ]
    try #require(try place.computeTorch(changing).status == 1)
    let changed = try place.text("n.py").replacing("manual_seed(1)", with: "manual_seed(2)")
    try Data(changed.utf8).write(to: URL(filePath: place.path("n.py")))
    let resumed = try place.computeTorch(changing)
    #expect(resumed.status == 1)
    #expect(resumed.complaints.contains("minibatch 1 has other samples"), "\(resumed.complaints)")
    #expect(place.names.contains("out.cka.safetensors.partial"))
  }
}
