import Foundation
import Recipe
import TestSupport
import Testing

import Formats
@testable import Runs
@testable import cka

/// What is said of models before they are run.
@Suite struct TorchCheckTests {
  private let place: Place

  init() throws { place = try Place() }

  private func command(_ python: String, _ models: [String]) throws -> Recipe {
    try asked(
      ["compute", "torch"] + models + [
        "--data", "\(Fixture.nets):images", "--batch-size", "64", "--python", python, "-o",
        place.path("out.cka.safetensors"),
      ])
  }

  @Test func modelsMinibatchesTimeAndMemoryAreTold() throws {
    let job = try BackgroundJob(
      command(
        try TestPython.path(),
        ["narrow=\(Fixture.nets):network", "\(Fixture.nets):network?width=9"]))
    let lines = try job.summary()
    #expect(lines[0].hasPrefix("narrow · images, "), "\(lines)")
    #expect(lines[0].hasSuffix(" layers") && lines[1].hasPrefix("network · images, "))
    #expect(lines.contains("3 minibatches of up to 64, 192 samples in all"))
    #expect(lines.contains { $0.contains("layers left out that another one repeats: ") })
    #expect(lines.contains { $0.hasPrefix("about ") && $0.hasSuffix(" a minibatch") })
    #expect(lines.contains { $0.contains(" MB of memory for the models") })
  }

  @Test func whyItCannotBeIsTold() throws {
    let job = try BackgroundJob(command(try TestPython.path(), ["\(Fixture.nets):gone"]))
    let error = #expect(throws: (any Error).self) { try job.summary() }
    let reason = BackgroundJob.reason(try #require(error))
    #expect(reason.contains("gone") && !reason.contains("Traceback"))
  }

  @Test func aPythonThatDoesNotAnswerIsGivenUp() throws {
    let python = try place.writePython(
      "echo $$ > '\(place.path("new"))'; mv '\(place.path("new"))' '\(place.path("pid"))'; sleep 3600"
    )
    let job = try BackgroundJob(command(python, ["timm:x"]))
    let late = #expect(throws: (any Error).self) { try job.summary(timeout: 1) }
    #expect(BackgroundJob.reason(try #require(late)).hasSuffix("gave no answer within 1 s"))
    let started = place.path("pid")
    try FileManager.default.removeItem(atPath: started)
    #expect(throws: CancellationError.self) {
      try job.summary { FileManager.default.fileExists(atPath: started) }
    }
    let process = try #require(
      pid_t(try place.text("pid").trimmingCharacters(in: .whitespacesAndNewlines)))
    #expect(kill(process, 0) != 0, "it still runs")
  }

  @Test func whatIsNoDescriptionIsRefused() throws {
    let python = try place.writePython("echo '{}'")
    let job = try BackgroundJob(command(python, ["timm:x"]))
    let error = #expect(throws: (any Error).self) { try job.summary() }
    #expect(BackgroundJob.reason(try #require(error)).contains("cannot be understood"))
  }

  @Test(
    "The reason is not in the trail too, whether Python ends late or says it twice",
    arguments: ["sleep 1.5", "echo TheReason >&2"])
  func aReasonIsToldOnce(_ afterwards: String) throws {
    let python = try place.writePython(
      "echo before >&2; echo TheReason >&2; \(afterwards); exit 1")
    let job = try BackgroundJob(command(python, ["timm:x"]))
    let failure = #expect(throws: PythonFailure.self) { try job.summary() }
    #expect(failure?.reason == "TheReason" && failure?.trail == ["before"])
  }

  @Test func titlesNameModelsAndTheirData() throws {
    var recipe = Recipe(models: ["torchvision:resnet18", "b=timm:x"])
    try recipe.say(.data, "digits")
    #expect(try TorchCheck.title(of: recipe) == "resnet18 × b")
    try recipe.say(.data2, "noisy=digits?noise=1")
    #expect(try TorchCheck.title(of: recipe) == "resnet18 × b on digits × noisy")
  }
}
