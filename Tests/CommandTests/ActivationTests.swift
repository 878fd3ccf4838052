import Foundation
import TestSupport
import Testing

/// Activations as people save them, against values that numpy computed in float64.
@Suite struct ActivationTests {
  private let place: Place

  init() throws { place = try Place() }

  private struct Case: Decodable {
    var name: String
    var files: [String]
    var want: [[Double]]
  }

  private static func file(_ name: String) -> String {
    "\(Fixture.project)/Tests/Fixtures/field/\(name)"
  }

  private static func wanted(_ name: String) throws -> (files: [String], grid: Grid) {
    let data = try Data(contentsOf: URL(filePath: file("activations.json")))
    let found = try JSONDecoder().decode([Case].self, from: data).first { $0.name == name }
    let wanted = try #require(found)
    return (
      wanted.files.map(file),
      Grid(
        rows: wanted.want.count, columns: wanted.want[0].count,
        values: wanted.want.flatMap { $0 })
    )
  }

  private static let cases: [(name: String, options: [String])] = [
    ("stacked", ["--axes", "samples,layers,features"]),
    ("hidden-states tuple", []),
    ("hidden-states in a dictionary", ["--layers", "hidden_states.*"]),
    ("lists of batches", []),
    ("MATLAB 7.3", []),
    ("a data set for each sentence", []),
    ("layers first", ["--axes", "layers,samples,tokens,features"]),
    ("channels last", ["--pool", "mean", "--axes", "samples,height,width,channels"]),
  ]

  @Test("Right values", arguments: cases)
  func valuesAreRight(_ name: String, _ options: [String]) throws {
    let wanted = try Self.wanted(name)
    let outcome = try place.compute(wanted.files + options + ["--precision", "float64"])
    #expect(outcome.status == 0, "\(outcome.complaints)")
    let bundle = try place.bundle()
    let grids = try (0..<wanted.files.count * (wanted.files.count + 1) / 2).map {
      try bundle.grid("cka.\($0)").worstDifference(to: wanted.grid)
    }
    // Written with nine digits; averages are rounded to float32.
    #expect((grids.min() ?? 1) < 2e-8, "\(name): \(grids)")
    let verified = try place.cka("verify", "out.cka.safetensors")
    #expect(verified.status == 0, "\(verified.text)")
  }

  @Test(
    "Questions", arguments: [("layers first", "read as 6 samples"), ("stacked", "has one array")])
  func whatIsNotSaidIsQuestioned(_ name: String, _ words: String) throws {
    let files = try Self.wanted(name).files
    let outcome = try place.compute(files)
    #expect(outcome.status == 0 && outcome.complaints.contains(words))
    #expect(outcome.complaints.contains("--axes"))
    // In the file, too.
    #expect(try place.cka("info", "out.cka.safetensors").text.contains(words))
    #expect(try place.cka("info", "--activations", files[0]).text.contains("doubtful: "))
  }

  @Test func channelsThatMayBeLastAreTold() throws {
    let outcome = try place.compute([Self.file("channels_last.npz"), "--pool", "mean"])
    #expect(outcome.complaints.contains("looks as if channels were last"))
    #expect(
      try place.compute([Self.file("channels_last.npz")]).complaints.contains("axis") == false)
  }

  @Test func aDictionaryInANumpyArrayIsRead() throws {
    let outcome = try place.compute([Self.file("dict.npy")])
    #expect(outcome.status == 0, "\(outcome.complaints)")
    let models = try #require(try place.bundle().study["models"] as? [[String: Any]])
    #expect(models[0]["layers"] as? [String] == ["layer1", "fc"])
  }

  @Test func infoShowsWhatWouldBeTaken() throws {
    let text = try place.cka("info", Self.file("hidden_dict.pt")).text
    #expect(text.contains("hidden_dict: 5 layers"))
    #expect(text.contains("hidden_states.0 … hidden_states.3: 6 × 12, tokens × features flattened"))
    #expect(text.contains("48 samples, in 1 minibatch of 48"))
    let said = try place.cka(
      "info", "--axes", "layers,samples,tokens,features", "--pool", "mean", "--batch-size", "16",
      "--shuffle", "3", Self.file("stacked_lntd.pt")
    ).text
    #expect(said.contains("5 × 8, tokens × features, mean of tokens: 8 features"))
    #expect(said.contains("in 3 minibatches of 16") && said.contains("seed 3"))
    let json = try place.cka("info", "--json", "--activations", Self.file("hidden_tuple.pt"))
    let records = try JSONSerialization.jsonObject(with: Data(json.output))
    let record = try #require((records as? [[String: Any]])?.first)
    #expect(record["kind"] as? String == "activations" && record["samples"] as? Int == 48)
  }

  @Test func aRecipeSaysTheSame() throws {
    let study = """
      features: ["\(Self.file("stacked_lntd.pt"))"]
      output: study.cka.safetensors
      axes: layers,samples,tokens,features
      tokens: mean
      batch-size: 16
      shuffle: 5
      weighting: pairs
      """
    try Data(study.utf8).write(to: URL(filePath: place.path("study.yaml")))
    #expect(try place.cka("compute", "study.yaml").status == 0)
    let options = [
      "--axes", "layers,samples,tokens,features", "--tokens", "mean", "--batch-size", "16",
      "--shuffle", "5",
    ]
    #expect(try place.compute([Self.file("stacked_lntd.pt")] + options).status == 0)
    #expect(try place.bundle().data == place.bundle("study.cka.safetensors").data)
    let record = try place.bundle().record("provenance")
    #expect(record["shuffle"] as? Int == 5 && record["tokens"] as? String == "mean")
    #expect(record["axes"] as? String == "layers,samples,tokens,features")
    #expect(try place.cka("verify", "out.cka.safetensors").status == 0)
    #expect(try place.cka("info", "out.cka.safetensors").text.contains("shuffle 5"))
    #expect(try place.compute([Self.file("stacked_lntd.pt"), "--batch-size", "16"]).status == 0)
    #expect(try place.bundle().data != place.bundle("study.cka.safetensors").data)
  }

  @Test func aBackendPassesDoubtsOn() throws {
    let command = "cka backend features \(Self.file("stacked_lntd.pt"))"
    let outcome = try place.compute(["--backend", command])
    #expect(outcome.status == 0 && outcome.complaints.contains("read as 6 samples"))
  }
}
