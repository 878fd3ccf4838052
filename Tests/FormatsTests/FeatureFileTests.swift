import Foundation
import Testing

@testable import Core
@testable import Formats

@Suite("Files of activations")
struct FeatureFileTests {
  @Test("deflated arrays are unpacked a minibatch at a time, in any order")
  func deflated() throws {
    let folder = try ScratchFolder()
    let array = SavedArray("", [50, 3, 7])
    let columnMajor = SavedArray("", [50, 4])
    let path = folder.path + "/acts.npz"
    try SavedFile.deflatedNpz(
      path,
      [
        ("a/c.npy", SavedFile.npy(array)),
        ("a/f.npy", SavedFile.npy([50, 4], columnMajor.bytes, fortran: true)),
        ("a/ids.npy", NpyText.list((0..<50).map { "image \($0)" })),
      ])
    let set = try FeatureSet.open([path], options: FeatureOptions(batchSize: 8))
    #expect(set.sampleIDHashes.count == 7)
    for minibatch in [0, 1, 2, 6, 3, 0, 5] {
      let matrix = try set.features(minibatch, "a", "c")
      let start = minibatch * 8 * 21
      #expect(matrix.values() == (start..<start + matrix.rows * 21).map(Double.init))
      // The first axis runs fastest: element (i, j) is i + 50 j.
      #expect(try set.features(minibatch, "a", "f")[1, 3] == Double(minibatch * 8 + 1 + 150))
    }
  }

  @Test("several threads may ask at once")
  func threads() async throws {
    let folder = try ScratchFolder()
    let path = folder.path + "/acts.npz"
    let names = (0..<8).map { "a/c\($0).npy" }
    try SavedFile.deflatedNpz(
      path,
      names.enumerated().map { ($1, SavedFile.npy(SavedArray("", [64, 9], from: Float($0)))) })
    let set = try FeatureSet.open([path], options: FeatureOptions(batchSize: 16))
    let sums = try await withThrowingTaskGroup(of: Double.self) { group in
      for layer in 0..<8 {
        group.addTask {
          try (0..<4).reduce(0) {
            try $0 + set.features(minibatch: $1, model: 0, layer: layer).values().reduce(0, +)
          }
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    let first = Double(575 * 576 / 2)
    #expect(sums.sorted() == (0..<8).map { first + Double($0) * 576 })
  }

  @Test("chunked HDF5 is read by rows, and contiguous HDF5 is a view")
  func chunkedHDF5() throws {
    let folder = try ScratchFolder()
    HDF5Service.use(Self.reader)
    let set = try FeatureSet.open(
      [try Self.chunked(in: folder)], options: FeatureOptions(batchSize: 4))
    #expect(set.names == ["net/conv"] && set.sampleCounts == [4, 4, 2])
    #expect(try set.features(1, "net", "conv").values() == (24..<48).map(Double.init))
    #expect(try set.features(2, "net", "conv").values() == (48..<60).map(Double.init))
    let golden = try FeatureSet.open([FixtureFile.path("golden/tiny/activations.h5")])
    let views = try [("Teacher-10", "fc"), ("Student-dpk", "pool")].map {
      try golden.features(0, $0, $1).region
    }
    #expect(views[0] === views[1])
  }

  @Test("HDF5 may be read in this very process, too")
  func chunkedHDF5Here() throws {
    let folder = try ScratchFolder()
    let path = try Self.chunked(in: folder)
    try HDF5Reader.locked { () throws(FormatError) in
      let file = try HDF5Datasets(try MappedFile.region(path: path))
      #expect(file.listing.needsLibrary && file.listing.entries.map(\.name) == ["net/conv"])
      #expect(try file.part([8..<10, 0..<2, 0..<3], of: 0).values() == (48..<60).map(Double.init))
    }
  }

  @Test("what the process that reads HDF5 refuses is told as it was, and it is asked again")
  func refusal() throws {
    let folder = try ScratchFolder()
    let server = try HDF5Server(Self.reader, path: Self.chunked(in: folder))
    _ = try server.listing()
    let error = #expect(throws: FormatError.self) { try server.part([0..<1], of: 5, count: 48) }
    #expect(error?.kind == .missing)
    #expect(throws: FormatError.self) { try server.part([9..<11, 0..<2, 0..<3], of: 0, count: 96) }
    #expect(try server.part([9..<10, 0..<2, 0..<3], of: 0, count: 48).count == 48)
    // An answer of another length than it must have is the end: nothing more is believed.
    for _ in 0..<2 {
      let error = #expect(throws: FormatError.self) {
        try server.part([9..<10, 0..<2, 0..<3], of: 0, count: 40)
      }
      #expect(error?.kind == .damaged)
    }
  }

  @Test(
    "a process that is no reader of HDF5 says nothing of the file",
    arguments: [("/bin/false", Int32(1)), ("/bin/echo", 0)])
  func deadServer(program: String, code: Int32) throws {
    let server = try HDF5Server([program], path: "any")
    let error = #expect(throws: FormatError.self) { try server.listing() }
    #expect(error == HDF5Failure.endedEarly(code: code, signal: 0).error)
    #expect(throws: FormatError.self) { try server.part([0..<1], of: 0, count: 8) }
  }

  private static let reader = [BuiltProgram.path, "read-hdf5", "--"]

  private static func chunked(in folder: ScratchFolder) throws -> String {
    let path = folder.path + "/acts.h5"
    try SavedFile.chunkedHDF5(
      path, group: "net", SavedArray("conv", [10, 2, 3]), chunk: [4, 1, 3])
    return path
  }

  @Test("nested dictionaries of a pickle are models and layers")
  func nested() throws {
    let array = try NDArray(copying: [1, 2, 3, 4], shape: [2, 2])
    let value = Value.dictionary([
      (
        .string("net"),
        .dictionary([(.string("fc"), .array(array)), (.int(3), .array(array))])
      ),
      (.string("sample_ids"), .list([.int(5), .string("six")])),
      (.string("epoch"), .int(3)),
    ])
    let file = try ArrayFeatureFile(
      ReadValue(value: value, format: "pickle"), region: array.region)
    #expect(file.entries.map(\.name) == ["net/fc", "net/3", "sample_ids", "epoch"])
    #expect(try file.texts(of: 2) == ["5", "six"])
    #expect(try file.rows(1..<2, of: 1).values() == [3, 4])
  }

  @Test("stored members of a zip beyond 4 GiB are found by their zip64 field")
  func zip64() throws {
    // The directory says 0xFFFFFFFF, and the true offset, 0, in an extra field of kind 1.
    let name = Array("a.npy".utf8)
    let local =
      littleEndian(UInt32(0x0403_4B50)) + [UInt8](repeating: 0, count: 22)
      + littleEndian(UInt16(name.count)) + littleEndian(UInt16(0)) + name
    let entry =
      littleEndian(UInt32(0x0201_4B50)) + [UInt8](repeating: 0, count: 24)
      + littleEndian(UInt16(name.count)) + littleEndian(UInt16(12))
      + [UInt8](repeating: 0, count: 10) + littleEndian(UInt32.max) + name
      + littleEndian(UInt16(1)) + littleEndian(UInt16(8)) + littleEndian(UInt64(0))
    let end =
      littleEndian(UInt32(0x0605_4B50)) + [UInt8](repeating: 0, count: 8)
      + littleEndian(UInt32(entry.count)) + littleEndian(UInt32(local.count)) + [0, 0]
    let region = ByteRegion(copying: local + entry + end)
    #expect(ZipLayout.dataOffsets(in: region) == ["a.npy": local.count])
  }
}

@Suite("Damaged files of activations")
struct FeatureDamageTests {
  @Test("a file that shrinks or is written to is noticed, and never a trap", arguments: [0, 1000])
  func shrunk(size: Int) throws {
    let folder = try ScratchFolder()
    let arrays = ["a/x", "b/y"].map { SavedArray($0, [512, 512]) }
    let path = try folder.write(SavedFile.safetensors(arrays), "acts.safetensors")
    let set = try FeatureSet.open([path], options: FeatureOptions(batchSize: 64))
    let before = try set.features(minibatch: 7, model: 1, layer: 0)
    try set.checkIntact()
    #expect(truncate(path, size) == 0)
    _ = before.values()
    #expect(throws: FormatError.self) { try set.checkIntact() }
    let error = #expect(throws: FormatError.self) {
      try set.features(minibatch: 0, model: 0, layer: 0)
    }
    #expect(error?.kind == .changed)
    #expect(error?.file == path)
  }

  @Test("a file that was replaced is still read as it was")
  func replaced() throws {
    let folder = try ScratchFolder()
    let path = try folder.write(
      SavedFile.safetensors([SavedArray("a/x", [4, 2])]), "a.safetensors")
    let set = try FeatureSet.open([path])
    let other = try folder.write(SavedFile.safetensors([SavedArray("a/x", [9, 9])]), "b")
    #expect(rename(other, path) == 0)
    #expect(try set.features(0, "a", "x").values() == (0..<8).map(Double.init))
  }

  @Test("cut at any byte, a file gives an error or what is there", arguments: ["st", "npy", "npz"])
  func cut(format: String) throws {
    let folder = try ScratchFolder()
    let array = SavedArray("a/x", [3, 2])
    var bytes: [UInt8]
    switch format {
    case "st": bytes = SavedFile.safetensors([array])
    case "npy": bytes = SavedFile.npy(array)
    default:
      let path = folder.path + "/whole.npz"
      try SavedFile.deflatedNpz(path, [("a/x.npy", SavedFile.npy(array))])
      bytes = Array(try Data(contentsOf: URL(filePath: path)))
    }
    let whole = try FeatureSet.open([folder.write(bytes, "x")])
    #expect(try whole.features(minibatch: 0, model: 0, layer: 0).values() == [0, 1, 2, 3, 4, 5])
    for length in 0..<bytes.count {
      let path = try folder.write(Array(bytes[..<length]), "cut")
      #expect(throws: FormatError.self, "\(length) bytes") { try FeatureSet.open([path]) }
    }
  }

  @Test("any byte of a deflated archive changed: an error, or the right numbers")
  func flipped() throws {
    let folder = try ScratchFolder()
    let path = folder.path + "/whole.npz"
    let array = SavedArray("a/x", [3, 2])
    try SavedFile.deflatedNpz(path, [("a/x.npy", SavedFile.npy(array))])
    let bytes = Array(try Data(contentsOf: URL(filePath: path)))
    for index in bytes.indices {
      var damaged = bytes
      damaged[index] ^= 0x55
      let path = try folder.write(damaged, "damaged")
      guard let set = try? FeatureSet.open([path]),
        let matrix = try? set.features(minibatch: 0, model: 0, layer: 0)
      else { continue }
      #expect(matrix.values() == [0, 1, 2, 3, 4, 5], "byte \(index)")
    }
  }

  @Test("a damaged HDF5 file is an error or other numbers, and never the end of the process")
  func damagedHDF5() throws {
    let folder = try ScratchFolder()
    let path = folder.path + "/whole.h5"
    try SavedFile.chunkedHDF5(path, group: "a", SavedArray("x", [6, 4]), chunk: [2, 4])
    HDF5Service.use([BuiltProgram.path, "read-hdf5", "--"])
    let bytes = Array(try Data(contentsOf: URL(filePath: path)))
    for index in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 50)) {
      var damaged = bytes
      for offset in 0..<8 where index + offset < bytes.count { damaged[index + offset] ^= 0xFF }
      let path = try folder.write(damaged, "damaged.h5")
      guard let set = try? FeatureSet.open([path]),
        let matrix = try? set.features(minibatch: 0, model: 0, layer: 0)
      else { continue }
      #expect(matrix.rows == set.sampleCounts[0], "byte \(index)")
    }
  }

  @Test("an absurd shape is refused before anything is allocated")
  func absurd() throws {
    let folder = try ScratchFolder()
    let path = try folder.write(
      SavedFile.npy([1 << 31, 1 << 31], [], descr: "<f4"), "a.npy")
    #expect(throws: FormatError.self) { try FeatureSet.open([path]) }
  }
}
