import Core
import Foundation
import Testing

@testable import Formats

@Suite("Activations in several files")
struct FeatureJoinTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  @discardableResult
  private func save(_ name: String, _ arrays: [SavedArray]) throws -> String {
    try save(name, SavedFile.safetensors(arrays))
  }

  @discardableResult
  private func save(_ name: String, _ bytes: [UInt8]) throws -> String {
    let parent = (folder.path + "/" + name as NSString).deletingLastPathComponent
    try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
    return try folder.write(bytes, name)
  }

  private func open(
    _ names: [String], layout: String = "", batchSize: Int? = nil
  ) throws -> FeatureSet {
    try FeatureSet.open(
      names.map { folder.path + "/" + $0 },
      options: FeatureOptions(batchSize: batchSize, layout: try FeatureLayout(layout)))
  }

  private func problem(_ names: [String], layout: String = "") -> String? {
    #expect(throws: FormatError.self) { try open(names, layout: layout) }?.description
      .replacingOccurrences(of: folder.path + "/", with: "")
  }

  @Test("files join: the union of their models, or one model from two files")
  func joined() throws {
    try save("one.safetensors", [SavedArray("a/c1", [6, 2]), SavedArray("b/c1", [6, 3])])
    try save("two.safetensors", [SavedArray("a/c2", [6, 4]), SavedArray("c/c1", [6, 5])])
    let set = try open(["one.safetensors", "two.safetensors"], batchSize: 4)
    #expect(set.names == ["a/c1", "a/c2", "b/c1", "c/c1"])
    #expect(set.sampleCounts == [4, 2])
    #expect(try set.features(1, "c", "c1").values() == (20..<30).map(Double.init))
  }

  @Test("files whose names have no model are models by themselves")
  func plainFiles() throws {
    try save("resnet18.safetensors", [SavedArray("c1", [6, 2])])
    try save("resnet34.v2.safetensors", [SavedArray("c1", [6, 3])])
    #expect(
      try open(["resnet18.safetensors", "resnet34.v2.safetensors"]).names == [
        "resnet18/c1", "resnet34.v2/c1",
      ])
  }

  @Test("one layer twice is an error that names both arrays")
  func twice() throws {
    try save("one.safetensors", [SavedArray("a/c1", [6, 2]), SavedArray("b/c1", [6, 2])])
    try save("two.safetensors", [SavedArray("a/c1", [6, 2])])
    let text = try #require(problem(["one.safetensors", "two.safetensors"]))
    #expect(
      text.hasPrefix("one.safetensors:a/c1 and two.safetensors:a/c1 are both layer 'c1' of 'a'"))
  }

  @Test("different numbers of samples are an error that names both arrays")
  func samples() throws {
    try save("one.safetensors", [SavedArray("a/c1", [6, 2])])
    try save("two.safetensors", [SavedArray("b/c1", [5, 2])])
    let text = try #require(problem(["one.safetensors", "two.safetensors"]))
    #expect(
      text.hasPrefix(
        "numbers of samples differ: one.safetensors:a/c1 has 6, two.safetensors:b/c1 has 5"))
  }

  @Test("a folder of files that hold the same names is a minibatch a file, in natural order")
  func minibatchFiles() throws {
    for (number, samples) in [(2, 5), (10, 3), (1, 5)] {
      try save(
        "acts/batch_\(number).safetensors",
        [
          SavedArray("a/c1", [samples, 2], from: Float(number * 100)),
          SavedArray("b/c1", [samples, 3]),
        ])
    }
    let set = try open(["acts"])
    #expect(set.sampleCounts == [5, 5, 3])
    #expect(try set.features(0, "a", "c1")[0, 0] == 100)
    #expect(try set.features(2, "a", "c1")[0, 0] == 1000)
    #expect(
      set.warnings.contains(.minibatchFiles(folder: "acts", files: 3)))
    let asked = try open(["acts"], batchSize: 2)
    #expect(asked.warnings.contains { $0.description.hasPrefix("the batch size is not used") })
  }

  @Test("one set in two formats is not two minibatches")
  func twoFormats() throws {
    let array = SavedArray("a/c1", [4, 2])
    try save("acts/x.safetensors", [array])
    var zip = StoredZip()
    try zip.add("a/c1.npy", SavedFile.npy(array))
    try save("acts/x.npz", try zip.finished())
    #expect(problem(["acts"])?.contains("are both layer 'c1' of 'a'") == true)
  }

  @Test("two folders of minibatches are two models")
  func minibatchFolders() throws {
    for model in ["resnet18", "resnet34"] {
      for number in 0..<2 {
        try save("\(model)/\(number).safetensors", [SavedArray("c1", [4, 2])])
      }
    }
    #expect(try open(["resnet18", "resnet34"]).names == ["resnet18/c1", "resnet34/c1"])
    try save("resnet34/2.safetensors", [SavedArray("c1", [4, 2])])
    #expect(
      problem(["resnet18", "resnet34"])?.hasPrefix(
        "'resnet18/c1' has 2 minibatches, 'resnet34/c1' has 3") == true)
  }

  @Test("a file of all samples joins a folder of minibatches")
  func wholeAndMinibatches() throws {
    for (number, samples) in [(0, 4), (1, 2)] {
      try save("a/\(number).safetensors", [SavedArray("c1", [samples, 2])])
    }
    try save("b.safetensors", [SavedArray("c1", [6, 1])])
    let set = try open(["a", "b.safetensors"])
    #expect(set.sampleCounts == [4, 2])
    #expect(try set.features(1, "b", "c1").values() == [4, 5])
  }

  @Test("minibatches of one layer that differ are an error")
  func unlikeMinibatches() throws {
    try save("a/0.safetensors", [SavedArray("m/c1", [4, 2]), SavedArray("n/c1", [4, 2])])
    try save("a/1.safetensors", [SavedArray("m/c1", [4, 3]), SavedArray("n/c1", [4, 2])])
    #expect(
      problem(["a"])?.hasPrefix(
        "minibatches of one layer differ: a/0.safetensors:m/c1 is float32 [4, 2], "
          + "a/1.safetensors:m/c1 is float32 [4, 3]") == true)
    try save("a/1.safetensors", [SavedArray("m/c1", [4, 2]), SavedArray("n/c1", [3, 2])])
    #expect(
      problem(["a"])?.hasPrefix(
        "numbers of samples differ: a/1.safetensors:m/c1 has 4, a/1.safetensors:n/c1 has 3")
        == true)
  }

  @Test("numbered entries of one file are minibatches by the layout")
  func numberedEntries() throws {
    try save(
      "acts.safetensors",
      [11, 2].flatMap { number in
        ["a", "b"].map { SavedArray("\($0)_\(number)/c1", [4, 2], from: Float(number)) }
      })
    let set = try open(["acts.safetensors"], layout: "{model}_{batch}/{layer}")
    #expect(set.names == ["a/c1", "b/c1"] && set.sampleCounts == [4, 4])
    #expect(try set.features(0, "b", "c1")[0, 0] == 2)
    try save(
      "gap.safetensors", ["a_0/c1", "a_1/c1", "b_0/c1", "b_2/c1"].map { SavedArray($0, [4, 2]) })
    #expect(
      problem(["gap.safetensors"], layout: "{model}_{batch}/{layer}")?
        .hasPrefix("minibatches are missing: after gap.safetensors:a_1/c1") == true)
  }

  @Test("a tree of npy files: folders are models, files are layers")
  func npyTree() throws {
    for name in ["vit/head", "resnet18/layer10", "resnet18/layer2.0"] {
      try save("acts/\(name).npy", SavedFile.npy(SavedArray("", [4, 2])))
    }
    let names = ["resnet18/layer2.0", "resnet18/layer10", "vit/head"]
    #expect(try open(["acts"]).names == names)
    #expect(try open(["acts"], layout: "{model}/{layer}.npy").names == names)
    #expect(
      try open(["acts/vit", "acts/resnet18/layer10.npy"]).names == ["vit/head", "resnet18/layer10"])
    #expect(
      try open(["acts"], layout: "acts/{model}/{layer}").names == names)
  }

  @Test("folders without activations and paths to nowhere are errors")
  func nothing() throws {
    try save("notes/readme.txt", Array("text".utf8))
    #expect(problem(["notes"])?.hasPrefix("notes: the folder holds no saved activations") == true)
    #expect(problem(["nowhere"])?.hasPrefix("nowhere: there is no such file or folder") == true)
  }

  @Test("more files than stay open are read all the same")
  func manyFiles() throws {
    let count = FeatureStore.mostOpen + 6
    for number in 0..<count {
      try save("a/\(number).safetensors", [SavedArray("c1", [1, 2], from: Float(number))])
    }
    let set = try open(["a"])
    #expect(set.minibatchCount == count)
    for round in 0..<2 {
      for number in 0..<count {
        #expect(try set.features(number, "a", "c1")[0, 1] == Double(number) + 1, "round \(round)")
      }
    }
  }
}
