import Foundation
import Testing

@testable import Core
@testable import Formats

@Suite("Axes of saved activations")
struct FeatureAxesTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  @Test("rules are read, several words name positions")
  func rules() throws {
    let axes = try FeatureAxes("feats=samples, Layers,features; samples,height,width,channels")
    #expect(
      axes.rules == [
        .init(name: "feats", axes: [.samples, .layers, .features]),
        .init(name: nil, axes: [.samples, .positions, .positions, .channels]),
      ])
    #expect(try axes.rule(for: ["x"], rank: 4)?.axes.count == 4)
    #expect(try axes.rule(for: ["x"], rank: 2) == nil)
    let error = #expect(throws: FormatError.self) { try axes.rule(for: ["feats"], rank: 2) }
    #expect(error?.problem == "--axes says 3 axes for 'feats', which has 2")
  }

  @Test(
    "what is no rule is refused",
    arguments: [
      ("sample,features", "did you mean 'samples'?"), ("", "name them in"),
      ("samples,samples", "one axis of samples"), ("layers,samples;", "name them in"),
    ])
  func refused(_ text: String, _ remedy: String) {
    let error = #expect(throws: FormatError.self) { try FeatureAxes(text) }
    #expect(error?.remedy.contains(remedy) == true, "\(String(describing: error))")
  }

  /// The one array `shape` of a file, opened with `axes`.
  private func open(
    _ shape: [Int], _ axes: String, pool: Pooling = .flatten, batchSize: Int? = nil
  ) throws -> FeatureSet {
    let path = try folder.write(
      SavedFile.safetensors([SavedArray("net/x", shape)]), "a.safetensors")
    return try FeatureSet.open(
      [path],
      options: FeatureOptions(batchSize: batchSize, pool: pool, axes: try FeatureAxes(axes)))
  }

  @Test("layers first, samples second: each layer is a slice")
  func layersFirst() throws {
    let set = try open([3, 4, 2], "layers,samples,features")
    #expect(set.names == ["net/x.0", "net/x.1", "net/x.2"] && set.sampleCounts == [4])
    // Element (l, n, f) of the file is 8l + 2n + f.
    #expect(try set.features(0, "net", "x.1").values() == (8..<16).map(Double.init))
    #expect(set.models[0].layers[0].shape == [2] && set.warnings.isEmpty)
  }

  @Test("samples first, layers second")
  func samplesFirst() throws {
    let set = try open([4, 3, 2], "samples,layers,features", batchSize: 3)
    #expect(set.sampleCounts == [3, 1])
    // Element (n, l, f) is 6n + 2l + f.
    #expect(try set.features(0, "net", "x.2").values() == [4, 5, 10, 11, 16, 17])
    #expect(try set.features(1, "net", "x.0").values() == [18, 19])
  }

  @Test("samples last")
  func samplesLast() throws {
    let set = try open([2, 5], "features,samples", batchSize: 2)
    #expect(set.sampleCounts == [2, 2, 1])
    #expect(try set.features(1, "net", "x").values() == [2, 7, 3, 8])
  }

  @Test("batches of an array are joined in order")
  func batches() throws {
    let set = try open([2, 3, 2], "batches,samples,features")
    #expect(set.sampleCounts == [6])
    #expect(try set.features(0, "net", "x").values() == (0..<12).map(Double.init))
  }

  @Test("the mean keeps channels wherever they are")
  func channels() throws {
    // Element (n, h, w, c) is 12n + 6h + 3w + c.
    let last = try open([2, 2, 2, 3], "samples,height,width,channels", pool: .mean)
    #expect(try last.features(0, "net", "x").values() == [4.5, 5.5, 6.5, 16.5, 17.5, 18.5])
    #expect(last.models[0].layers[0].features == 3)
    // Element (n, p, c, q): channels between positions.
    let between = try open([1, 2, 3, 2], "samples,positions,channels,positions", pool: .mean)
    #expect(try between.features(0, "net", "x").values() == [3.5, 5.5, 7.5])
    let first = try open([1, 3, 4], "samples,channels,positions", pool: .mean)
    #expect(try first.features(0, "net", "x").values() == [1.5, 5.5, 9.5])
  }

  @Test("tokens may be averaged, or the first one taken, while positions stay")
  func tokens() throws {
    let path = try folder.write(
      SavedFile.safetensors([SavedArray("net/x", [1, 2, 3])]), "a.safetensors")
    var options = FeatureOptions()
    options.tokens = .mean
    #expect(
      try FeatureSet.open([path], options: options).features(0, "net", "x").values()
        == [1.5, 2.5, 3.5])
    options.tokens = .first
    let set = try FeatureSet.open([path], options: options)
    #expect(try set.features(0, "net", "x").values() == [0, 1, 2])
    #expect(set.models[0].layers[0].reduced == [.first(.tokens)])
  }

  @Test("what fits no array is told with the arrays that there are")
  func fitsNone() throws {
    let error = #expect(throws: FormatError.self) { try open([4, 3, 2], "samples,features") }
    #expect(
      error?.problem
        == "no array has the axes that --axes 'samples,features' says: there are x [4, 3, 2]")
    let samples = #expect(throws: FormatError.self) { try open([4, 2], "layers,features") }
    #expect(samples?.kind == .request)
  }

  @Test("one array for each sample, by its name")
  func samplesByName() throws {
    let arrays = [2, 0, 1].map { SavedArray("sent_\($0)", [2, 1 + $0, 2], from: Float(100 * $0)) }
    let path = try folder.write(SavedFile.safetensors(arrays), "s.safetensors")
    let options = FeatureOptions(
      layout: try FeatureLayout("sent_{sample}"), axes: try FeatureAxes("layers,tokens,features"))
    let set = try FeatureSet.open([path], options: options)
    #expect(set.names == ["s/0", "s/1"] && set.sampleCounts == [3] && set.pool == .mean)
    // Layer 1 of sentence k begins at 100k + 2(k + 1); the mean is over its k + 1 tokens.
    #expect(try set.features(0, "s", "1").values() == [2, 3, 105, 106, 208, 209])
    #expect(set.warnings == [.raggedTokens(layer: "0", fewest: 1, most: 3)])
  }
}
