import Foundation
import Testing

@testable import Core
@testable import Formats

@Suite("Saved activations")
struct FeatureSetTests {
  /// What the golden set's manifest says of its activations.
  private struct GoldenManifest: Decodable {
    var model1: String
    var model2: String
    var layers1: [String]
    var layers2: [String]
    var shapes1: [[Int]]
    var shapes2: [[Int]]
    var batch_sizes: [Int]
  }

  private static func golden(_ name: String) -> String { FixtureFile.path("golden/tiny/\(name)") }

  private static func manifest() throws -> GoldenManifest {
    try JSONDecoder().decode(
      GoldenManifest.self, from: Data(FixtureFile.bytes("golden/tiny/manifest.json")))
  }

  @Test(
    "every format holds the layers and minibatches that the manifest describes",
    arguments: ["safetensors", "npz", "pt", "h5"])
  func golden(format: String) throws {
    let manifest = try Self.manifest()
    let set = try FeatureSet.open(
      [Self.golden("activations.\(format)")],
      options: FeatureOptions(batchSize: manifest.batch_sizes[0]))
    #expect(set.sampleCounts == manifest.batch_sizes)
    #expect(set.warnings.isEmpty && set.sampleIDHashes.isEmpty)
    #expect(Set(set.models.map(\.name)) == [manifest.model1, manifest.model2])
    let layers =
      zip(manifest.layers1, manifest.shapes1).map { (manifest.model1, $0.0, $0.1) }
      + zip(manifest.layers2, manifest.shapes2).map { (manifest.model2, $0.0, $0.1) }
    #expect(set.names.count == layers.count)
    for (model, layer, shape) in layers {
      for minibatch in set.sampleCounts.indices {
        let matrix = try set.features(minibatch, model, layer)
        #expect([matrix.rows, matrix.columns] == shape && matrix.type == .float32)
      }
    }
    try set.checkIntact()
  }

  @Test("all formats give the same bytes", arguments: ["npz", "pt", "h5"])
  func sameBytes(format: String) throws {
    let options = FeatureOptions(batchSize: 16)
    let first = try FeatureSet.open([Self.golden("activations.safetensors")], options: options)
    let second = try FeatureSet.open([Self.golden("activations.\(format)")], options: options)
    for model in first.models {
      for layer in model.layers {
        for minibatch in 0..<first.minibatchCount {
          let bytes = try first.features(minibatch, model.name, layer.name).bytes
          #expect(try second.features(minibatch, model.name, layer.name).bytes == bytes)
        }
      }
    }
  }

  @Test("minibatches are consecutive slices, the last one short")
  func slices() throws {
    let path = Self.golden("activations.npz")
    let whole = try FeatureSet.open([path])
    let parts = try FeatureSet.open([path], options: FeatureOptions(batchSize: 20))
    #expect(whole.sampleCounts == [48] && parts.sampleCounts == [20, 20, 8])
    let joined = try (0..<3).flatMap { try parts.features($0, "Teacher-10", "fc").bytes }
    #expect(joined == (try whole.features(0, "Teacher-10", "fc").bytes))
  }

  @Test("models and layers keep the file's order, sorted names the natural one")
  func order() throws {
    #expect(
      try FeatureSet.open([Self.golden("activations.npz")]).names == [
        "Teacher-10/blocks.3", "Teacher-10/pool", "Teacher-10/fc",
        "Student-dpk/blocks.0", "Student-dpk/pool", "Student-dpk/fc",
      ])
    let folder = try ScratchFolder()
    let names = ["b/layer1", "b/layer10", "b/layer2", "a/stem", "a/layer1", "a/head"]
    let path = try folder.write(
      SavedFile.safetensors(names.map { SavedArray($0, [4, 2]) }), "order.safetensors")
    #expect(
      try FeatureSet.open([path]).names == [
        "b/layer1", "b/layer2", "b/layer10", "a/stem", "a/layer1", "a/head",
      ])
  }

  @Test("a large file is opened without reading it, and its matrices are views")
  func largeFile() throws {
    let folder = try ScratchFolder()
    let (samples, features) = (1000, 37_500)
    let size = samples * features * 4
    let header =
      #"{"a/x": {"dtype": "F32", "shape": [\#(samples), \#(features)], "data_offsets": [0, \#(size)]}, "#
      + #""b/y": {"dtype": "F32", "shape": [\#(samples), \#(features)], "#
      + #""data_offsets": [\#(size), \#(2 * size)]}}"#
    let start = littleEndian(UInt64(header.utf8.count)) + Array(header.utf8)
    let path = try folder.write(start, "large.safetensors")
    // A hole: the file takes no room on disk.
    #expect(truncate(path, start.count + 2 * size) == 0)
    let set = try FeatureSet.open([path], options: FeatureOptions(batchSize: 128))
    let first = try set.features(7, "a", "x")
    let second = try set.features(0, "b", "y")
    #expect(first.rows == 1000 - 7 * 128 && second.columns == features)
    #expect(first.region === second.region && first.region.count == start.count + 2 * size)
    #expect(first.offset == start.count + 7 * 128 * features * 4)
    #expect(try residentShare(of: first.region) < 0.1)
  }

  /// The share of a mapping's pages that are in memory.
  private func residentShare(of region: ByteRegion) throws -> Double {
    let page = sysconf(Int32(_SC_PAGESIZE))
    var pages = [UInt8](repeating: 0, count: (region.count + page - 1) / page)
    let address = UnsafeMutableRawPointer(mutating: region.bytes.baseAddress)
    #expect(mincore(address, region.count, &pages) == 0)
    return Double(pages.count { $0 & 1 == 1 }) / Double(pages.count)
  }

  @Test("layers that the filter leaves out are not looked at")
  func filter() throws {
    let folder = try ScratchFolder()
    let path = try folder.write(
      SavedFile.safetensors([
        SavedArray("a/conv1", [4, 2]), SavedArray("a/empty", [0, 2]),
        SavedArray("a/conv2", [4, 3]),
      ]), "a.safetensors")
    let error = #expect(throws: FormatError.self) { try FeatureSet.open([path]) }
    #expect(error?.kind == .empty)
    let filter = try LayerFilter("conv")
    let set = try FeatureSet.open([path], options: FeatureOptions(layers: filter))
    #expect(set.names == ["a/conv1", "a/conv2"])
    let nothing = FeatureOptions(layers: try LayerFilter("fc"))
    #expect(throws: FormatError.self) { try FeatureSet.open([path], options: nothing) }
  }

  @Test("what is no layer is left out with a warning, what cannot be read is an error")
  func kinds() throws {
    let folder = try ScratchFolder()
    let labels = ("a/labels", "I64", [4], [UInt8](repeating: 0, count: 32))
    let layer = SavedArray("a/fc", [4, 2])
    let path = try folder.write(
      SavedFile.safetensors([
        labels, ("a/fc", "F32", layer.shape, layer.bytes), ("step", "F32", [], [0, 0, 0, 0]),
      ]), "a.safetensors")
    let set = try FeatureSet.open([path])
    #expect(set.names == ["a/fc"])
    #expect(
      set.warnings == [
        .leftOut(file: "a.safetensors", name: "a/labels", reason: .labels),
        .leftOut(file: "a.safetensors", name: "step", reason: .layout),
      ])
    #expect(
      set.warnings.map(\.description) == [
        "a.safetensors: 'a/labels' is a list of whole numbers, as labels are, and was left out",
        "a.safetensors: 'step' does not fit the layout and was left out",
      ])
    let number = try folder.write(
      SavedFile.safetensors([("a/loss", "F32", [], [0, 0, 0, 0])]), "number.safetensors")
    #expect(throws: FormatError.self) { try FeatureSet.open([number]) }
    var zip = StoredZip()
    try zip.add("a/fc.npy", SavedFile.npy([4], [UInt8](repeating: 0, count: 32), descr: "|O"))
    let objects = try folder.write(try zip.finished(), "objects.npz")
    let error = #expect(throws: FormatError.self) { try FeatureSet.open([objects]) }
    #expect(error?.kind == .unsafe)
  }

  @Test("the golden set itself is no result of cka, and a result is no activations")
  func results() throws {
    let error = #expect(throws: FormatError.self) {
      try FeatureSet.open([FixtureFile.path("samples/variants/results.json")])
    }
    #expect(error?.kind == .foreign)
  }
}
