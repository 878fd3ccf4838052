import Core
import Testing

@testable import Formats

@Suite("torch.save")
struct TorchTests {
  static let matrix = "float32[2, 3][0.0, 1.0, 2.0, 3.0, 4.0, 5.0]"
  static let views =
    "{'transposed': float32[3, 2][0.0, 3.0, 1.0, 4.0, 2.0, 5.0], 'row': float32[3][3.0, 4.0, 5.0], "
    + "'expanded': float32[2, 2][5.0, 5.0, 5.0, 5.0], 'parameter': \(matrix)}"

  @Test(
    "views, byte orders, containers",
    arguments: [
      ("views", "torch.save (zip)", views), ("big_endian", "torch.save (zip)", matrix),
      ("deflated", "torch.save (zip)", matrix),
      ("legacy_views", "torch.save (legacy)", views),
      ("legacy_protocol4", "torch.save (legacy)", matrix),
    ])
  func content(name: String, format: String, expected: String) throws {
    let result = try BinaryFixtures.read("made/torch_\(name).pt")
    #expect(result.value.summary == expected)
    #expect(result.format.description == format)
    #expect(result.warnings.isEmpty)
  }

  @Test("a storage by itself is a vector of its bytes")
  func untyped() throws {
    guard case .array(let array) = try BinaryFixtures.read("made/torch_untyped.pt").value else {
      Issue.record("no array")
      return
    }
    #expect(array.type == .uint8)
    #expect(array.shape == [24])
  }

  @Test(
    "what is refused, and why",
    arguments: [
      ("INVALID_short", "the storage '0' has 20 bytes, too few for 6 elements"),
      ("INVALID_missing", "the archive has no storage '0'"),
      ("INVALID_outside", "an array of shape [2, 3] reaches outside its 24 bytes of data"),
      ("INVALID_order", "the archive's byteorder is neither 'little' nor 'big'"),
      ("legacy_INVALID_count", "the storage '0' should have 6 elements, not 5"),
      (
        "legacy_INVALID_view",
        "a storage that is a view of another storage is not supported"
      ),
    ])
  func refused(name: String, expected: String) throws {
    let error = #expect(throws: FormatError.self) {
      try BinaryFixtures.read("made/torch_\(name).pt")
    }
    #expect(error?.problem == expected)
  }

  @Test("stored tensors are read where they stand in the archive")
  func nothingIsCopied() throws {
    let bytes = try BinaryFixtures.region("samples/variants/torchsave_zip.pt")
    guard case .array(let array) = try BinaryFixtures.readZip(bytes).value["CKA"] else {
      Issue.record("no tensor")
      return
    }
    #expect(array.region === bytes)
  }

  @Test("pickled tensors are read where they stand in the pickle")
  func pickledTensors() throws {
    let bytes = try BinaryFixtures.region("samples/variants/torch_f32_proto4.pkl")
    guard case .array(let array) = try PickleReader.read(region: bytes).value["CKA"] else {
      Issue.record("no tensor")
      return
    }
    #expect(array.region === bytes)
  }
}
