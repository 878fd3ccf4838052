import Foundation
import TestSupport
import Testing

import Formats
import Recipe
import TorchBackend

/// Models that are run give what their activations give.
@Suite struct TorchComputeTests {
  private let place: Place
  private let options = ["--batch-size", "64"]

  init() throws { place = try Place() }

  /// The study of float64 activations that Python saved.
  private func reference(_ models: [String]) throws -> BundleFile {
    let saved = try Shell.outcome(
      of: [try TestPython.path(), "\(Fixture.torch)/save_activations.py", "saved.npz"] + models,
      environment: place.torchEnvironment(), folder: place.folder)
    try #require(saved.status == 0, "\(saved.complaints)")
    let computed = try place.compute(
      ["saved.npz", "--precision", "float64"] + options, to: "reference.cka.safetensors")
    try #require(computed.status == 0, "\(computed.complaints)")
    return try place.bundle("reference.cka.safetensors")
  }

  /// The largest difference of two models' values from those of `reference`, by the names of
  /// layers.
  private func worstDifference(_ bundle: BundleFile, _ reference: BundleFile) throws -> Double {
    var worst = 0.0
    for row in try bundle.layers(of: 0) {
      for column in try bundle.layers(of: 1) {
        let value = try bundle.value((0, row), (1, column))
        worst = max(worst, abs(value - (try reference.value((0, row), (1, column)))))
      }
    }
    return worst
  }

  @Test func float32ModelsGiveFloat64ValuesOfSavedActivations() throws {
    let reference = try reference(["narrow=4:0", "wide=9:0"])
    let outcome = try place.computeTorch(
      [
        "narrow=\(Fixture.nets):network", "wide=\(Fixture.nets):network?width=9", "--data",
        "\(Fixture.nets):images",
      ] + options)
    #expect(outcome.status == 0, "\(outcome.complaints)")
    let bundle = try place.bundle()
    let layers = try bundle.layers(of: 0)
    #expect(layers.contains("1.relu") && layers.contains("1.relu#2") && layers.contains("1.norm"))
    #expect(try worstDifference(bundle, reference) <= 1e-5)
  }

  @Test func oneModelOnTwoDataSetsIsAPairOfTheTwo() throws {
    let reference = try reference(["clean=4:0", "noisy=4:0.5"])
    let outcome = try place.computeTorch(
      [
        "net=\(Fixture.nets):network", "--data", "clean=\(Fixture.nets):images", "--data2",
        "noisy=\(Fixture.nets):images?noise=0.5",
      ] + options)
    #expect(outcome.status == 0, "\(outcome.complaints)")
    #expect(try worstDifference(place.bundle(), reference) <= 1e-5)
    let records = try place.records(of: "out.cka.safetensors")
    #expect(
      records.compactMap { $0["key"] as? String } == [
        "net on clean × net on noisy", "net on clean × net on clean",
        "net on noisy × net on noisy",
      ])
    let frozen = try place.cka("freeze", "out.cka.safetensors", "--json")
    #expect(frozen.status == 0, "\(frozen.complaints)")
    #expect(frozen.text.contains("\"dataset2\" : \"noisy\""))
    let screen = try place.cka(
      "--dump-screen", "--size", "100x30", "--color", "none", "out.cka.safetensors")
    #expect(screen.text.contains("↑ net · clean") && screen.text.contains("net · noisy →"))
    let list = try place.cka(
      "--keys", "Tab", "--dump-screen", "--size", "160x30", "--color", "none",
      "out.cka.safetensors")
    #expect(list.text.contains("net · clean × net · noisy"), "\(list.text)")
    let pair = try place.cka(
      "show", "out.cka.safetensors", "--pair", "net@noisy,net@noisy")
    #expect(pair.status == 0, "\(pair.complaints)")
  }

  @Test func itIsRecordedHowTheModelsWereMade() throws {
    let network = "\(Fixture.nets):network?width=5"
    let outcome = try place.computeTorch(
      [network, "--data", "\(Fixture.nets):images", "--seed", "3", "--max-batches", "2"] + options)
    #expect(outcome.status == 0, "\(outcome.complaints)")
    let record = try #require(try place.records(of: "out.cka.safetensors").first)
    #expect(record["specifications"] as? [String] == [network])
    let settings = try #require(record["settings"] as? [String: String])
    #expect(settings["device"] == "cpu" && settings["dtype"] == "float32")
    let versions = try #require(record["versions"] as? [String: String])
    #expect(versions["torch"] != nil && versions["cka"] != nil)
    let information = try place.cka(
      "--keys", "i", "--dump-screen", "--size", "100x40", "--color", "none", "out.cka.safetensors")
    #expect(information.text.contains("model A is py:") && information.text.contains("device cpu"))
  }

  @Test func theBuiltInBackendKeepsToTheProtocol() throws {
    let text = "models: [\(Fixture.nets):network]\ndata: \(Fixture.nets):images\nbatch-size: 64\n"
    try Data(text.utf8).write(to: URL(filePath: place.path("study.yaml")))
    let command = try TorchCommand(
      try Recipe.read(path: place.path("study.yaml")), environment: place.torchEnvironment())
    let checked = try place.torch(["backend", "check"] + command.arguments("run"))
    #expect(checked.status == 0, "\(checked.complaints)")
    #expect(checked.text.hasSuffix("all as the protocol asks\n"))
  }

  @Test func doctorSaysWhatIsInstalled() throws {
    let report = try place.torch(["doctor"])
    #expect(
      report.text.contains("by $CKA_PYTHON") && report.text.contains("models        can be run"),
      "\(report.text)")
  }

  @Test("What lies in the working folder is not run unless it is named")
  func theWorkingFolderIsNotImported() throws {
    for name in ["cka_torch.py", "torch.py", "argparse.py", "torchvision.py"] {
      try Data("open('ran', 'w')\n".utf8).write(to: URL(filePath: place.path(name)))
    }
    let report = try place.torch(["doctor"])
    #expect(report.text.contains("models        can be run"), "\(report.text)")
    #expect(!place.names.contains("ran"))
  }
}
