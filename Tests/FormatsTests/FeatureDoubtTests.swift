import Testing

@testable import Core
@testable import Formats

@Suite("Doubtful activations")
struct FeatureDoubtTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  /// What is doubtful about float32 arrays of these names and shapes.
  private func doubts(
    _ arrays: [(String, [Int])], _ options: FeatureOptions = FeatureOptions()
  ) throws -> [FeatureWarning] {
    let path = try folder.write(
      SavedFile.safetensors(arrays.map { SavedArray($0.0, $0.1) }), "a.safetensors")
    return try FeatureSet.open([path], options: options).warnings.filter(\.isDoubt)
  }

  @Test("few samples and more layers")
  func fewSamples() throws {
    let arrays = (0..<9).map { ("h\($0)", [6, 4 + $0]) }
    #expect(
      try doubts(arrays) == [.fewSamples(samples: 6, layers: 9, name: "h0", shape: [6, 4])])
    #expect(try doubts(Array(arrays.prefix(6))).isEmpty)
  }

  @Test("a small first axis, and a longer one that all arrays share")
  func smallFirstAxis() throws {
    let transposed = [("a", [10, 50]), ("b", [10, 50])]
    #expect(
      try doubts(transposed)
        == [.smallFirstAxis(samples: 10, axis: 2, length: 50, shape: [10, 50])])
    #expect(try doubts([("a", [10, 50]), ("b", [10, 40])]).isEmpty)
    // 48 layers of 100 samples, saved by kind.
    #expect(
      try doubts([("attn", [48, 100, 2]), ("mlp", [48, 100, 2])])
        == [.smallFirstAxis(samples: 48, axis: 2, length: 100, shape: [48, 100, 2])])
  }

  @Test(
    "a model of one array may be a stack of layers",
    arguments: [[48, 4, 24], [6, 48, 5, 8], [48, 6, 5, 8], [40, 8, 8, 8]])
  func stacks(_ shape: [Int]) throws {
    let beside = try doubts([("m/feats", shape), ("other/x", [shape[0]])])
    #expect(beside == [.stack(name: "feats", shape: shape, layers: 1)])
    let one = try doubts([("feats", shape)])
    #expect(one.count == 1, "\(one)")
    let options = FeatureOptions(
      axes: try FeatureAxes(
        shape.count == 3 ? "samples,tokens,features" : "samples,channels,height,width"))
    #expect(try doubts([("feats", shape)], options).isEmpty)
  }

  @Test("arrays that are called by numbers", arguments: ["", "arr_", "sent_", "batch"])
  func numbers(_ word: String) throws {
    let arrays = (0..<3).map { ("\(word)\($0)", [40, 4 + $0]) }
    #expect(
      try doubts(arrays)
        == [.numberNames(model: "a", count: 3, first: "\(word)0", last: "\(word)2")])
    #expect(try doubts([("layer1", [40, 3]), ("layer2", [40, 4])]).isEmpty)
  }

  @Test("arrays that are called by numbers and differ in tokens are sentences")
  func sentences() throws {
    let arrays = (0..<3).map { ("\($0)", [2, 3 + $0, 4]) }
    #expect(
      try doubts(arrays)
        == [.sentences(file: "a.safetensors", count: 3, layers: 2, isSure: false)])
  }

  @Test("averaged maps whose channels may be last")
  func channels() throws {
    let mean = FeatureOptions(pool: .mean)
    #expect(
      try doubts([("a", [40, 6, 6, 5]), ("b", [40, 4, 4, 9])], mean)
        == [.channels(name: "a", shape: [40, 6, 6, 5], kept: 1)])
    #expect(try doubts([("a", [40, 5, 6, 6]), ("b", [40, 9, 4, 4])], mean).isEmpty)
    // A map as high as wide tells it of the others of its model.
    #expect(try doubts([("a", [40, 5, 6, 6]), ("b", [40, 4, 4, 4])], mean).isEmpty)
    #expect(try doubts([("a", [40, 4, 4, 4]), ("b", [40, 3, 3, 3])], mean).count == 1)
    // Flattened, the order of the axes changes nothing.
    #expect(try doubts([("a", [40, 6, 6, 5]), ("b", [40, 4, 4, 9])]).isEmpty)
  }

  @Test("parameters are no activations")
  func parameters() throws {
    let found = try doubts([("0.weight", [40, 6]), ("2.weight", [40, 8]), ("2.bias", [40])])
    #expect(found == [.parameters(model: "a", name: "0.weight")])
    let path = try folder.write(
      SavedFile.safetensors([SavedArray("0.weight", [8, 6]), SavedArray("2.weight", [4, 8])]),
      "w.safetensors")
    let error = #expect(throws: FormatError.self) { try FeatureSet.open([path]) }
    #expect(error?.remedy.hasPrefix("these are a model's parameters") == true)
  }

  @Test("arrays that agree on another axis than the first are told of it")
  func otherAxis() throws {
    for (shapes, axes) in [
      ([[10, 50], [7, 50]], "features,samples"),
      ([[6, 50, 8], [4, 50, 8]], "layers,samples,features"),
    ] {
      let path = try folder.write(
        SavedFile.safetensors([SavedArray("a", shapes[0]), SavedArray("b", shapes[1])]),
        "t.safetensors")
      let error = #expect(throws: FormatError.self) { try FeatureSet.open([path]) }
      #expect(error?.remedy.contains("say --axes \(axes);") == true)
    }
  }

  @Test("every doubt says what was taken, and what may be said instead")
  func texts() {
    let doubts: [FeatureWarning] = [
      .fewSamples(samples: 6, layers: 9, name: "h", shape: [6, 48, 4]),
      .smallFirstAxis(samples: 6, axis: 2, length: 48, shape: [6, 48, 5, 8]),
      .stack(name: "feats", shape: [48, 4, 24], layers: 1),
      .channels(name: "a", shape: [40, 6, 6, 5], kept: 1),
      .list(name: "x", lengths: [6], shape: [8, 10], meanings: [.layers], isSure: false),
    ]
    for (doubt, axes) in zip(
      doubts,
      [
        "layers,samples,features", "layers,samples,tokens,features", "samples,layers,features",
        "samples,positions,positions,channels", "batches,samples,features",
      ])
    {
      #expect(doubt.isDoubt && doubt.description.contains("--axes \(axes)"), "\(doubt)")
    }
  }
}
