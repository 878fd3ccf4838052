import Testing

@testable import Core
@testable import Formats

@Suite("numpy arrays of Python objects")
struct NumpyObjectTests {
  /// An npy of `shape` whose data is `pickle`.
  private func npy(_ shape: [Int], _ pickle: [UInt8]) -> ByteRegion {
    SavedFile.npy(shape, pickle, descr: "|O").withUnsafeBytes { ByteRegion(copying: $0) }
  }

  /// What `numpy.save` pickles for an object array of `shape`, whose elements `items` pushes.
  private func pickle(_ shape: [UInt8], _ items: [UInt8]) -> [UInt8] {
    func text(_ text: String) -> [UInt8] {
      [0x58] + littleEndian(UInt32(text.utf8.count)) + Array(text.utf8)
    }
    let sizes: [UInt8] = shape.flatMap { [0x4B, $0] }
    let tuple: [UInt8] = [UInt8(ascii: "(")] + sizes + [UInt8(ascii: "t")]
    let parts: [[UInt8]] = [
      [0x80, 3], Array("cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\n".utf8),
      [0x4B, 0, 0x85], [0x43, 1, 0x62], [0x87, UInt8(ascii: "R")],
      [UInt8(ascii: "("), 0x4B, 1], tuple, Array("cnumpy\ndtype\n".utf8), text("O8"),
      [0x89, 0x88, 0x87, UInt8(ascii: "R")],
      [UInt8(ascii: "("), 0x4B, 3], text("|"), Array("NNN".utf8),
      [0x4A, 0xFF, 0xFF, 0xFF, 0xFF, 0x4A, 0xFF, 0xFF, 0xFF, 0xFF, 0x4B, 63],
      Array("tb".utf8), [0x89], Array("](".utf8), items, Array("etb.".utf8),
    ]
    return Array(parts.joined())
  }

  @Test("the fixture that numpy wrote is the dictionary that was saved")
  func dictionary() throws {
    let value = try NpyReader.read(region: try BinaryFixtures.region("field/dict.npy")).value
    guard case .dictionary(let members) = value else {
      Issue.record("\(value.kind)")
      return
    }
    #expect(members.map { $0.key.text } == ["layer1", "fc"])
    guard case .array(let array) = members[0].value else { return }
    #expect(array.shape == [48, 10])
  }

  @Test("one object is itself, several are a list")
  func objects() throws {
    func short(_ text: String) -> [UInt8] { [0x8C, UInt8(text.utf8.count)] + Array(text.utf8) }
    let one = try NpyReader.read(region: npy([], pickle([], short("fc")))).value
    #expect(one.text == "fc")
    let two = try NpyReader.read(region: npy([2], pickle([2], short("a") + short("b")))).value
    guard case .list(let elements) = two else {
      Issue.record("\(two.kind)")
      return
    }
    #expect(elements.compactMap(\.text) == ["a", "b"])
  }

  @Test("plain numbers that were saved as objects are refused")
  func numbers() {
    for (shape, items) in [
      ([UInt8](), [UInt8]([0x4B, 7])), ([2], [0x4B, 7, 0x4B, 8]), ([2], [0x4B, 7, 0x4E]),
    ] {
      let error = #expect(throws: FormatError.self) {
        try NpyReader.read(region: npy(shape.map(Int.init), pickle(shape, items)))
      }
      #expect(error?.kind == .unsupported)
      #expect(error?.remedy.contains("numpy.savez") == true)
    }
  }

  @Test("in an archive of arrays a dictionary is read, and a list of objects is refused")
  func archives() throws {
    func member(_ items: [UInt8]) throws -> ByteRegion {
      var zip = StoredZip()
      try zip.add("arr_0.npy", SavedFile.npy([], pickle([], items), descr: "|O"))
      return try zip.finished().withUnsafeBytes { ByteRegion(copying: $0) }
    }
    let value = try NpzReader.read(try ZipArchive(member([0x7D]))).value
    guard case .dictionary(let members) = value, case .dictionary? = members.first?.value else {
      Issue.record("\(value.kind)")
      return
    }
    let error = #expect(throws: FormatError.self) {
      try NpzReader.read(try ZipArchive(member([0x8C, 1, 0x61])))
    }
    #expect(error?.kind == .unsafe)
  }

  @Test("nothing that would run code is read, and the remedy needs no pickle")
  func refused() {
    let call = Array("cposix\nsystem\n".utf8) + [0x8C, 2, 0x6C, 0x73, 0x85, UInt8(ascii: "R")]
    for (shape, bytes) in [
      ([1], pickle([1], call)), ([3], pickle([2], [0x4B, 7, 0x4B, 8])), ([2, 1], pickle([2], [])),
      ([1], [0x80]),
    ] {
      let error = #expect(throws: FormatError.self) {
        try NpyReader.read(region: npy(shape, bytes))
      }
      #expect(error?.remedy.contains("numpy.savez") == true, "\(String(describing: error))")
    }
  }

  @Test("in a pickle of its own such an array is refused as before")
  func plainPickle() {
    let region = pickle([1], [0x4B, 7]).withUnsafeBytes { ByteRegion(copying: $0) }
    #expect(throws: FormatError.self) { try PickleReader.read(region: region) }
  }
}

@Suite("MATLAB files and user blocks")
struct MATLABTests {
  @Test("HDF5 is known behind a block of its user's")
  func signature() throws {
    let bytes = try BinaryFixtures.region("field/matlab73.mat")
    #expect(try Signature.format(of: bytes) == .hdf5)
    for offset in [512, 1024, 8192] {
      var file = [UInt8](repeating: 0x20, count: offset)
      file += [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
      #expect(try format(file) == .hdf5)
      file.insert(0x20, at: 0)
      #expect((try? format(file)) != .hdf5)
    }
    let old = #expect(throws: FormatError.self) {
      try format(Array("MATLAB 5.0 MAT-file, Platform: GLNXA64".utf8))
    }
    #expect(old?.kind == .unsupported)
    #expect(old?.remedy == "save it in MATLAB with -v7.3")
  }

  private func format(_ bytes: [UInt8]) throws -> Signature {
    try Signature.format(of: bytes.withUnsafeBytes { ByteRegion(copying: $0) })
  }

  @Test("its axes are MATLAB's, as activations and as a result")
  func axes() throws {
    let path = FixtureFile.path("field/matlab73.mat")
    let set = try FeatureSet.open([path])
    #expect(set.sampleCounts == [48] && set.models[0].layers.map(\.shape) == [[20], [20], [20]])
    #expect(set.warnings.contains { $0.description.contains("MATLAB's order") })
    let value = try HDF5Reader.readHere(try BinaryFixtures.region("field/matlab73.mat")).value
    guard case .dictionary(let members) = value, case .array(let array) = members[0].value else {
      Issue.record("\(value.kind)")
      return
    }
    #expect(array.shape == [48, 20])
    #expect(
      array.values().prefix(20) == (try set.features(0, "matlab73", "conv1").values().prefix(20)))
  }
}
