import Foundation
import TestSupport
import Testing

import Formats
import Recipe
import TorchBackend
@testable import Runs
@testable import cka

/// The recipes in `Experiments`, with networks that nobody has trained.
@Suite struct ExperimentStudyTests {
  private static let folder = "\(Fixture.project)/Experiments"

  private static func studies() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".yaml") }
  }

  @Test func everyExperimentHasARecipe() throws {
    let numbers = Set(try Self.studies().compactMap(\.first))
    #expect(numbers == ["1", "2", "3", "4", "5", "7"], "6 is drawn from accuracies")
  }

  @Test(arguments: try studies())
  func aRecipeNamesWhatIsThere(_ name: String) throws {
    let recipe = try Recipe.read(path: "\(Self.folder)/\(name)")
    let stem = String(name.dropLast(".yaml".count))
    #expect(recipe[.output]?.hasSuffix("SampleData/5-experiments/\(stem).cka.safetensors") == true)
    let specifications = try recipe.specifications()
    for specification in specifications.models + specifications.data {
      let path = try #require(specification.path)
      #expect(FileManager.default.fileExists(atPath: "\(Self.folder)/\(path)"), "\(path)")
    }
    let choices = try ComputeChoices(recipe)
    #expect([.standard(128), .samples(128), .samples(32)].contains(choices.reading.batching))
  }

  @Test func theNetworksCanBeComparedOnTheDigits() throws {
    let place = try Place()
    let networks = "py:\(Self.folder)/networks.py"
    let job = try BackgroundJob(
      asked([
        "compute", "torch", "narrow=\(networks):cnn?depth=4&width=4",
        "wide=\(networks):cnn?depth=4&width=8", "ViT=\(networks):vit",
        "--data", "digits=py:\(Self.folder)/data.py:digits?size=32",
        "--layers", "/^fc$|^stage\\d$|^heads$/", "--python", try TestPython.path(),
        "-o", place.path("out.cka.safetensors"),
      ]))
    let lines = try job.summary()
    #expect(lines[0].hasPrefix("narrow · digits, ") && lines[0].hasSuffix(": 3 layers"), "\(lines)")
    #expect(lines[2].hasPrefix("ViT · digits, ") && lines[2].hasSuffix(": 1 layer"), "\(lines)")
    #expect(lines.contains("4 minibatches of up to 128, 512 samples in all"), "\(lines)")
  }
}
