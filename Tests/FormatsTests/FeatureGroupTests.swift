import Foundation
import TestSupport
import Testing

@testable import Formats

/// Files that Python wrote, each with its arrays under one top group of the same name.
@Suite("Models called after their files")
struct FeatureGroupTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  @discardableResult
  private func save(_ name: String, _ arrays: [SavedArray]) throws -> String {
    let path = folder.path + "/" + name
    try FileManager.default.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    let bytes: [UInt8]
    if name.hasSuffix(".npz") {
      var zip = StoredZip()
      for array in arrays { try zip.add(array.name + ".npy", SavedFile.npy(array)) }
      bytes = try zip.finished()
    } else {
      bytes = SavedFile.safetensors(arrays)
    }
    try Data(bytes).write(to: URL(filePath: path))
    return path
  }

  private let layers = [SavedArray("acts/c1", [40, 2]), SavedArray("acts/fc", [40, 3])]

  @Test("one group in both files is no model", arguments: ["npz", "safetensors"])
  func sharedGroup(_ end: String) throws {
    let paths = [try save("resnet18.\(end)", layers), try save("resnet34.\(end)", layers)]
    let set = try FeatureSet.open(paths)
    #expect(set.names == ["resnet18/c1", "resnet18/fc", "resnet34/c1", "resnet34/fc"])
    #expect(set.warnings.contains(.groupIsNoModel(group: "acts")))
  }

  @Test("real HDF5, pickle, torch and npz files", arguments: ["h5", "pkl", "pt", "npz"])
  func realFiles(_ end: String) throws {
    let names = ["teacher", "student"].map { BinaryFixtures.folder.path + "/groups/\($0).\(end)" }
    let set = try FeatureSet.open(names)
    #expect(set.models.map(\.name) == ["teacher", "student"])
    #expect(set.models.allSatisfy { $0.layers.map(\.name) == ["conv1", "fc"] })
    // The files differ by a constant: each model has the values of its own file.
    #expect(try set.features(0, "teacher", "fc").values()[0] == 0)
    #expect(try set.features(0, "student", "fc").values()[0] == 1000)
  }

  @Test("files of one name are called after their folders, with and without a group")
  func sameName() throws {
    let grouped = [try save("a/acts.npz", layers), try save("b/acts.npz", layers)]
    #expect(try FeatureSet.open(grouped).models.map(\.name) == ["a", "b"])
    let flat = [SavedArray("c1", [40, 2])]
    let plain = [try save("c/x.npz", flat), try save("d/x.npz", flat)]
    #expect(try FeatureSet.open(plain).names == ["c/c1", "d/c1"])
  }

  @Test("two folders of minibatches under one group are two models")
  func minibatches() throws {
    for model in ["resnet18", "resnet34"] {
      for number in 0..<2 { try save("\(model)/\(number).npz", layers) }
    }
    let set = try FeatureSet.open(["resnet18", "resnet34"].map { folder.path + "/" + $0 })
    #expect(set.models.map(\.name) == ["resnet18", "resnet34"])
    #expect(set.sampleCounts == [40, 40])
  }

  @Test("a model whose layers stand in two files stays one")
  func spreadModel() throws {
    let paths = [
      try save("one.npz", [SavedArray("m/c1", [40, 2])]),
      try save("two.npz", [SavedArray("m/c2", [40, 2])]),
    ]
    #expect(try FeatureSet.open(paths).names == ["m/c1", "m/c2"])
  }

  @Test("sample IDs in the group belong to the file's model")
  func sampleIDs() throws {
    let names = ["a", "b"]
    let paths = try names.map { name in
      let arrays = layers.map { ($0.name, "F32", $0.shape, $0.bytes) }
      let ids = (0..<40).flatMap { littleEndian(Int64($0)) }
      let bytes = SavedFile.safetensors(arrays + [("acts/ids", "I64", [40], ids)])
      return try folder.write(bytes, "\(name).safetensors")
    }
    let set = try FeatureSet.open(paths)
    #expect(set.models.map(\.name) == names)
    #expect(!set.warnings.contains { if case .withoutIDs = $0 { true } else { false } })
  }

  @Test("a result's group is no model either", arguments: ["h5", "pkl", "npz"])
  func results(_ end: String) throws {
    for name in ["teacher", "student"] {
      let path = BinaryFixtures.folder.path + "/groups/result_\(name).\(end)"
      let results = try ResultFile.read(path: path)
      #expect(results.map(\.id.key) == ["results"])
      #expect(results.map(\.rows.model) == [""] && results.map(\.columns.model) == [""])
    }
  }
}
