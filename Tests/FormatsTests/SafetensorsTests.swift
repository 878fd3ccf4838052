import Core
import Testing

@testable import Formats

@Suite struct SafetensorsTests {
  /// A file with this header and `count` bytes of data.
  private func file(_ header: String, data count: Int) throws -> SafetensorsFile {
    var bytes = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) }
    bytes += Array(header.utf8)
    bytes += (0..<count).map { UInt8(truncatingIfNeeded: $0) }
    return try SafetensorsFile(region: ByteRegion(copying: bytes))
  }

  private func tensor(_ dtype: String, _ shape: String, _ start: Int, _ end: Int) -> String {
    #"{"dtype": "\#(dtype)", "shape": \#(shape), "data_offsets": [\#(start), \#(end)]}"#
  }

  @Test(arguments: SafetensorsFile.types.keys.sorted())
  func readsEveryType(_ dtype: String) throws {
    let type = try #require(SafetensorsFile.types[dtype])
    let header = #"{"a": \#(tensor(dtype, "[2, 3]", 0, 6 * type.size))}"#
    let array = try #require(file(header, data: 6 * type.size).tensor("a"))
    #expect(array.type == type && array.shape == [2, 3])
  }

  @Test func anyOrderAndEmptyTensorsAreFine() throws {
    let header =
      #"{"b": \#(tensor("U8", "[]", 4, 5)), "c": \#(tensor("F32", "[0, 9]", 4, 4)), "#
      + #""a": \#(tensor("F32", "[1]", 0, 4))}"#
    let found = try file(header, data: 5)
    #expect(found.tensors.map(\.name) == ["b", "c", "a"])
    #expect(found.tensor("b")?.values() == [4])
  }

  @Test func nothingIsCopied() throws {
    let bytes = try FixtureFile.bytes("samples/variants/results.safetensors")
    let region = ByteRegion(copying: bytes)
    #expect(try SafetensorsFile(region: region).tensor("CKA")?.region === region)
  }

  @Test(arguments: [
    (#"{"a": {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]}}"#, "leaves a hole"),
    (#"{"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}"#, "after the last tensor"),
    (#"{"a": {"dtype": "F32", "shape": [3], "data_offsets": [0, 12]}}"#, "ends at data byte 12"),
    (#"{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 4]}}"#, "needs 8 bytes"),
    (#"{"a": {"dtype": "F8", "shape": [2], "data_offsets": [0, 8]}}"#, "unknown dtype"),
    (#"{"a": {"dtype": "F32", "shape": [-2], "data_offsets": [0, 8]}}"#, "not a list of sizes"),
    (#"{"a": {"dtype": "F32", "shape": [2.0], "data_offsets": [0, 8]}}"#, "not a list of sizes"),
    (#"{"a": {"dtype": "F32", "shape": [2], "data_offsets": [8, 0]}}"#, "ends before it begins"),
    (#"{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0]}}"#, "not a pair"),
    (#"{"a": 1}"#, "not an object"),
    (#"{"__metadata__": {"a": 1}}"#, "not a map of strings"),
    (#"[1, 2]"#, "not a JSON object"),
  ])
  func refusesAHeaderThatLies(_ header: String, _ problem: String) {
    let error = #expect(throws: FormatError.self) { try file(header, data: 8) }
    #expect(error?.problem.contains(problem) == true)
  }

  @Test func onlyTensorOfAFileNeedsNoName() throws {
    let header = #"{"similarity": \#(tensor("U8", "[2, 2]", 0, 4))}"#
    let value = SafetensorsReader.read(try file(header, data: 4))
    let results = try ResultExtractor.comparisons(from: value, file: "a")
    #expect(results.map(\.id.key) == [""])
    #expect(results[0].matrix.values() == [0, 1, 2, 3])
  }
}
