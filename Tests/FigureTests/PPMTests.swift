import Testing

@testable import Figure

@Suite("PPM")
struct PPMTests {
  @Test func headerIsExact() {
    #expect(PPM.header(width: 3, height: 2, comment: "CKA") == "P6\n# CKA\n3 2\n255\n")
  }

  @Test func commentIsOneShortASCIILine() throws {
    let hostile = "é\n7 7\n255\r\u{1B}[31m\u{0}" + String(repeating: "x", count: 200)
    let lines = PPM.header(width: 1, height: 1, comment: hostile).split(
      separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 5)
    #expect(lines[1].hasPrefix("# ??7 7?255??[31m?xxx"))
    #expect(lines[1].utf8.count == 70)
    #expect(lines[1].utf8.allSatisfy { (0x20..<0x7F).contains($0) })
    #expect(Array(lines[2...]) == ["1 1", "255", ""])
  }

  @Test func bytesOfASmallPicture() throws {
    let figure = Sample.figure(rows: 1, columns: 2, title: "t", map: .grey) { _, column in
      Double(column)
    }
    #expect(
      try figure.rawPPM() == Array("P6\n# t\n2 1\n255\n".utf8) + [0, 0, 0, 255, 255, 255])
  }

  @Test func figureTitleBecomesTheComment() throws {
    let figure = Sample.figure(rows: 2, columns: 2, title: "a × b\nc") { _, _ in 0.5 }
    let bytes = try figure.ppm()
    #expect(bytes.starts(with: Array("P6\n# a ? b?c\n".utf8)))
  }
}
