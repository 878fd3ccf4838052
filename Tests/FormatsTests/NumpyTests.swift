import Core
import Testing

@testable import Formats

@Suite("numpy arrays in pickles")
struct NumpyPickleTests {
  @Test(
    "content",
    arguments: [
      ("masked", "float64[2, 3][0.0, nan, 2.0, 3.0, 4.0, nan]"),
      ("masked_fortran", "float64[2, 3][0.0, nan, 2.0, 3.0, 4.0, nan]"),
      ("big_fortran_proto5", "float64[2, 3][0.0, 1.0, 2.0, 3.0, 4.0, 5.0]"),
      ("empty_proto2", "float64[0, 3][]"),
      ("bool", "bool[3][1.0, 0.0, 1.0]"),
      ("bytes", #"text[3]["ab", "c", ""]"#),
      ("text_big", #"text[2, 2]["ab", "c", "", "dé"]"#),
      ("text_fortran", #"text[2, 2]["ab", "c", "x", "dé"]"#),
      ("text_scalar_proto2", "'abc'"),
      ("int_scalar", "int64[][-5.0]"),
      ("proto0", "{'CKA': float32[2, 3][0.0, 1.0, 2.0, 3.0, 4.0, 5.0], 'name': 'é\n\\'}"),
    ])
  func content(name: String, expected: String) throws {
    #expect(try BinaryFixtures.read("made/numpy_\(name).pkl").value.summary == expected)
  }

  @Test(
    "types that are refused, by name",
    arguments: [
      ("INVALID_complex", "the array holds complex numbers"),
      ("INVALID_dates", "the array holds dates or times"),
      ("INVALID_records", "the array holds records (a structured array)"),
    ])
  func refused(name: String, expected: String) throws {
    let error = #expect(throws: FormatError.self) {
      try BinaryFixtures.read("made/numpy_\(name).pkl")
    }
    #expect(error?.kind == .unsupported)
    #expect(error?.problem == expected)
    #expect(error?.place.hasPrefix("byte ") == true)
  }

  @Test(
    "type strings",
    arguments: [
      ("<f4", NumpyType.number(.float32, swapped: false)),
      (">f8", .number(.float64, swapped: true)), ("|b1", .number(.bool, swapped: false)),
      (">i1", .number(.int8, swapped: false)), ("u2", .number(.uint16, swapped: false)),
      ("<U12", .text(length: 12, swapped: false)), (">U3", .text(length: 3, swapped: true)),
      ("|S5", .byteText(length: 5)), ("=f2", .number(.float16, swapped: false)),
    ])
  func typeStrings(text: String, expected: NumpyType) throws {
    #expect(try NumpyType(text) == expected)
  }

  @Test(
    "no type strings",
    arguments: [
      "", "<", "f", "f3", "U", "U-1", "<U99999999999", "x4", "|O", "V8", "<M8[ns]", "T16",
    ])
  func badTypeStrings(text: String) {
    #expect(throws: FormatError.self) { try NumpyType(text) }
  }
}

@Suite("npy")
struct NpyTests {
  /// A version 1 file with this header and this many zero bytes after it.
  private func file(_ header: String, data: Int = 24) -> ByteRegion {
    let text = Array(header.utf8)
    return region(
      NpyReader.magic + [1, 0, UInt8(text.count & 0xFF), UInt8(text.count >> 8)] + text
        + [UInt8](repeating: 0, count: data))
  }

  @Test(
    "headers as numpy and others write them",
    arguments: [
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }          \n",
      #"{"shape":(2,3),"descr":"<f4","fortran_order":False}"#,
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2L, 3L)}\n",
      " { 'descr' : '<f4' , 'fortran_order' : False , 'shape' : ( 2 , 3 , ) , } ",
    ])
  func headers(text: String) throws {
    let value = try NpyReader.read(region: file(text)).value
    #expect(value.summary == "float32[2, 3][0.0, 0.0, 0.0, 0.0, 0.0, 0.0]")
  }

  @Test(
    "headers that are refused",
    arguments: [
      "", "{", "{}", "[]", "{'descr': '<f4'}", "{'descr': '<f4', 'fortran_order': False}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), 'x': 1}",
      "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)}",
      "{'descr': '<f4', 'fortran_order': 0, 'shape': (2, 3)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': [2, 3]}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)} + {}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2, -3)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 4)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296)}",
      "{'descr': '\\x3cf4', 'fortran_order': False, 'shape': (2, 3)}",
      "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,)}",
      "{'descr': '|O', 'fortran_order': False, 'shape': (2,)}",
      "{'descr': __import__('os').system('true'), 'fortran_order': False, 'shape': (2,)}",
    ])
  func badHeaders(text: String) {
    #expect(throws: FormatError.self) { try NpyReader.read(region: file(text)) }
  }

  @Test("bytes after the array are told, not read")
  func trailing() throws {
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)}"
    let result = try NpyReader.read(region: file(header, data: 30))
    #expect(result.warnings == [.bytesAfter("the array", count: 6)])
  }

  @Test("an empty array may have any length beside its zero")
  func emptyArrays() throws {
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 7)}"
    #expect(try NpyReader.read(region: file(header, data: 0)).value.summary == "float32[0, 7][]")
  }

  @Test("an empty array of texts costs nothing, whatever its other axes")
  func noTexts() throws {
    let header = "{'descr': '<U4', 'fortran_order': False, 'shape': (300000000, 0)}"
    #expect(try NpyReader.read(region: file(header)).value.summary == "text[300000000, 0][]")
  }

  @Test("texts without bytes cannot be made by the million")
  func emptyTexts() {
    let header = "{'descr': '<U0', 'fortran_order': False, 'shape': (300000000,)}"
    #expect(throws: FormatError.self) { try NpyReader.read(region: file(header)) }
  }

  @Test("a large array is read where it stands")
  func nothingIsCopied() throws {
    let bytes = try BinaryFixtures.region("samples/variants/cka.npy")
    guard case .array(let array) = try NpyReader.read(region: bytes).value else {
      Issue.record("no array")
      return
    }
    #expect(array.region === bytes)
  }
}
