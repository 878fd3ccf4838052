import Testing

@testable import Formats

/// The digits are those of xxHash's own program: `xxhsum -H1`, and `xxhash.xxh64` in Python.
@Suite struct FileHashTests {
  private static let known: [(count: Int, digits: String)] = [
    (0, "ef46db3751d8e999"), (4, "ae5acdc00a55ac41"), (31, "0f187c62b1e722b7"),
    (32, "91b0cb0931a8c629"), (33, "931b043cf8d65b94"), (63, "219110bf13e2fa26"),
    (100, "8e2272c08247d5db"), (300, "240b95edf72f18e0"), (1000, "25275608a9cfc168"),
  ]

  /// Byte i is 7 i modulo 256.
  private func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: 7 * $0) }
  }

  @Test(arguments: known)
  func isXXH64(_ known: (count: Int, digits: String)) {
    var hash = FileHash()
    bytes(known.count).withUnsafeBytes { hash.add($0) }
    #expect(hash.digits == known.digits)
  }

  @Test("Bytes that come in parts give what they give at once", arguments: [1, 7, 31, 32, 33, 999])
  func inParts(_ size: Int) {
    var hash = FileHash()
    let all = bytes(1000)
    for start in stride(from: 0, to: all.count, by: size) {
      Array(all[start..<min(all.count, start + size)]).withUnsafeBytes { hash.add($0) }
    }
    #expect(hash.text == "xxh64:25275608a9cfc168")
  }

  @Test("A copy goes on by itself") func copies() {
    var first = FileHash()
    bytes(32).withUnsafeBytes { first.add($0) }
    var second = first
    [UInt8(truncatingIfNeeded: 32 * 7)].withUnsafeBytes { second.add($0) }
    #expect(first.digits == "91b0cb0931a8c629" && second.digits == "931b043cf8d65b94")
  }
}
