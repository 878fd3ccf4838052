import Core
import Testing

@testable import Formats

@Suite struct JSONReaderTests {
  private func read(_ text: String) throws -> Value { try JSONReader.value(of: text) }

  private func read(_ bytes: [UInt8]) throws -> Value {
    try JSONReader.read(region: ByteRegion(copying: bytes)).value
  }

  private func numbers(_ text: String) throws -> [Double] {
    guard case .array(let array) = try read(text) else { return [] }
    return array.values()
  }

  @Test func readsNumbersAsPythonWritesThem() throws {
    #expect(
      try numbers("[0.9978464841842651, -1, 1e-05, 2E+3, 0]") == [
        0.9978464841842651, -1, 1e-05, 2000, 0,
      ])
    #expect(
      try numbers("[Infinity, -Infinity, 1e400, -1e400]") == [
        .infinity, -.infinity, .infinity, -.infinity,
      ])
    let missing = try numbers("[0.5, null, NaN]")
    #expect(missing[0] == 0.5 && missing[1].isNaN && missing[2].isNaN)
  }

  @Test func keepsWholeNumbersWhole() throws {
    guard case .array(let array) = try read("[1, 2, 3]") else {
      Issue.record("a list of numbers is packed")
      return
    }
    #expect(array.type == .int64)
  }

  @Test func aListOfNamesOrOfNothingStaysAList() throws {
    for text in ["[1, \"a\"]", "[null, null]", "[null, \"a\"]", "[[1], [2]]"] {
      guard case .list(let elements) = try read(text) else {
        Issue.record("\(text) is not a list")
        continue
      }
      #expect(elements.count == 2)
    }
  }

  @Test(arguments: [
    (#""a\"\\\/\b\f\n\r\t""#, "a\"\\/\u{8}\u{C}\n\r\t"),
    (#""\u00e9\u00E9""#, "éé"),
    (#""\ud83d\ude00""#, "😀"),
    (#""\ud83dx""#, "\u{FFFD}x"),
    (#""\ude00""#, "\u{FFFD}"),
    (#""\ud83d\ud83d\ude00""#, "\u{FFFD}😀"),
    (#""naïve – 層""#, "naïve – 層"),
  ])
  func resolvesEscapes(_ text: String, _ expected: String) throws {
    #expect(try read(text).text == expected)
  }

  @Test(arguments: [
    "", "  ", "[", "[1", "[1,", "[1,]", "{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,}", "{a:1}",
    "01", "1.", ".5", "+1", "1e", "--1", "nul", "True", "NAN", "'a'", "\"a", "\"\\x\"", "\"\\u12\"",
    "\"\t\"", "[1] 2", "[1 2]", "[,1]", "nan",
  ])
  func refusesWhatIsNoJSON(_ text: String) {
    let error = #expect(throws: FormatError.self) { try read(text) }
    #expect(error?.place.isEmpty == false)
  }

  @Test func namesTheLineAndByteOfAnError() {
    let error = #expect(throws: FormatError.self) { try read("{\"a\": 1,\n \"b\": x}") }
    #expect(error?.place == "line 2, byte 15")
  }

  @Test func refusesDuplicateKeysAndOtherEncodings() {
    #expect(throws: FormatError.self) { try read("{\"a\": 1, \"a\": 1}") }
    #expect(throws: FormatError.self) { try read([0x22, 0x63, 0xE9, 0x22]) }
    #expect(throws: FormatError.self) { try read([0xFF, 0xFE, 0x5B, 0x00, 0x5D, 0x00]) }
  }

  @Test func skipsAByteOrderMark() throws {
    #expect(try read([0xEF, 0xBB, 0xBF] + Array("\"a\"".utf8)).text == "a")
  }

  @Test func boundsTheNesting() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    _ = try read(nested(Limits.depth))
    #expect(throws: FormatError.self) { try read(nested(Limits.depth + 2)) }
    #expect(throws: FormatError.self) { try read(String(repeating: "{\"a\":", count: 100_000)) }
  }
}
