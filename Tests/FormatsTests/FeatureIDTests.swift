import Core
import Testing

@testable import Formats

@Suite("Sample IDs")
struct FeatureIDTests {
  private typealias Entry = (name: String, dtype: String, shape: [Int], bytes: [UInt8])

  private func ids(_ name: String, _ values: [Int64]) -> Entry {
    (name, "I64", [values.count], values.flatMap(littleEndian))
  }

  private func layer(_ name: String) -> Entry {
    let array = SavedArray(name, [4, 2])
    return (name, "F32", array.shape, array.bytes)
  }

  private func open(_ entries: [Entry], batchSize: Int? = nil) throws -> FeatureSet {
    let folder = try ScratchFolder()
    let path = try folder.write(SavedFile.safetensors(entries), "acts.safetensors")
    return try FeatureSet.open([path], options: FeatureOptions(batchSize: batchSize))
  }

  @Test("IDs that all models share give a hash for each minibatch")
  func shared() throws {
    let set = try open(
      [layer("a/fc"), layer("b/fc"), ids("sample_ids", [7, 8, 7, 8])], batchSize: 2)
    #expect(set.names == ["a/fc", "b/fc"] && set.warnings.isEmpty)
    #expect(set.sampleIDHashes.count == 2 && set.sampleIDHashes[0] == set.sampleIDHashes[1])
    // FNV-1a of "7", 0, "8", 0.
    #expect(set.sampleIDHashes[0] == SampleIDs.hash(["7", "8"]))
    #expect(SampleIDs.hash([]) == 0xCBF2_9CE4_8422_2325)
    #expect(SampleIDs.hash(["7"]) != SampleIDs.hash(["8"]))
    #expect(SampleIDs.hash(["78"]) != SampleIDs.hash(["7", "8"]))
  }

  @Test("IDs of two models that differ are an error that names the first such sample")
  func different() throws {
    // Apart only beyond what float64 can tell.
    let big: Int64 = 9_007_199_254_740_993
    let error = #expect(throws: FormatError.self) {
      try open([
        layer("a/fc"), ids("a/__ids__", [1, 2, big, 4]), layer("b/fc"),
        ids("b/ids", [1, 2, big - 1, 4]),
      ])
    }
    #expect(error?.kind == .mismatch)
    #expect(
      error?.problem.hasPrefix("the samples differ: number 2 is '9007199254740993' in ") == true)
    #expect(error?.problem.hasSuffix("acts.safetensors:b/ids") == true)
  }

  @Test("a model without IDs is named, and a wrong number of them is an error")
  func counts() throws {
    let set = try open([layer("a/fc"), ids("a/ids", [1, 2, 3, 4]), layer("b/fc")])
    #expect(set.warnings == [.withoutIDs(model: "b")])
    #expect(set.sampleIDHashes.count == 1)
    let error = #expect(throws: FormatError.self) {
      try open([layer("a/fc"), ids("a/ids", [1, 2, 3])])
    }
    #expect(error?.kind == .mismatch)
    #expect(throws: FormatError.self) { try open([layer("a/fc"), layer("a/ids")]) }
  }

  @Test("IDs may be text, and travel with each file of a folder of minibatches")
  func texts() throws {
    let folder = try ScratchFolder()
    for (number, names) in [["x", "y"], ["z"]].enumerated() {
      var zip = StoredZip()
      try zip.add("sample_ids.npy", NpyText.list(names))
      try zip.add("a/fc.npy", SavedFile.npy(SavedArray("", [names.count, 2])))
      try zip.add("b/fc.npy", SavedFile.npy(SavedArray("", [names.count, 3])))
      _ = try folder.write(try zip.finished(), "\(number).npz")
    }
    let set = try FeatureSet.open([folder.path])
    #expect(set.sampleIDHashes == [SampleIDs.hash(["x", "y"]), SampleIDs.hash(["z"])])
  }
}
