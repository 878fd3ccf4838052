import Core
import Similarity
import Testing

@testable import Formats

@Suite struct ResultBundleTests {
  private func comparison(_ model: String, key: String = "") -> Comparison {
    Comparison(
      id: ResultID(path: "a.pkl", key: key), format: "pickle", kind: .layers,
      rows: Axis(model: model, layers: ["a"]), columns: Axis(model: "T", layers: ["x", "y"]),
      matrix: Matrix(rows: 1, columns: 2, values: [0.25, 0.5]))
  }

  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  /// The bundle with `old` in its header replaced by a text of the same length.
  private func read(replacing old: String, with new: String) throws -> [Comparison] {
    let bytes = Unsealed.bytes(try ResultBundle.encode([comparison("S")]))
    let header = text(Array(bytes.dropFirst(8).dropLast(16)))
    let changed = Array(header.replacing(old, with: new).utf8)
    #expect(changed.count == header.utf8.count && header.contains(old), "the test's own text")
    let again = bytes.prefix(8) + changed + bytes.suffix(16)
    return try ResultFile.read(region: ByteRegion(copying: again), path: "b")
  }

  @Test func modelsAreWrittenOnce() throws {
    let bytes = try ResultBundle.encode([comparison("S", key: "1"), comparison("R", key: "2")])
    #expect(text(bytes).split(separator: "layers_are_generated").count == 4)
    let results = try ResultFile.read(region: ByteRegion(copying: bytes), path: "b")
    #expect(results.map(\.id) == [ResultID(path: "b", key: "1"), ResultID(path: "b", key: "2")])
    #expect(results.map(\.rows.model) == ["S", "R"])
    #expect(results[0].format.description == "cka bundle, version 1")
  }

  @Test func unknownKeysAreIgnored() throws {
    #expect(try read(replacing: #"\"warnings\""#, with: #"\"noveltys\""#).count == 1)
  }

  @Test func aNewerVersionIsRefused() {
    let error = #expect(throws: FormatError.self) {
      try read(replacing: #""version": "1""#, with: #""version": "2""#)
    }
    #expect(error?.kind == .tooNew)
    #expect(error?.remedy == "update cka")
  }

  @Test(arguments: [
    (#""version": "1""#, #""version": "x""#), (#"\"rows\": 0"#, #"\"rows\": 7"#),
    (#"\"cka.0\""#, #"\"cka.9\""#), (#"\"kind\": \"layers"#, #"\"kind\": \"lawyer"#),
    (#"[\"a\"]"#, #"[1, 23]"#),
  ])
  func aBrokenStudyIsRefused(_ old: String, _ new: String) {
    #expect(throws: FormatError.self) { try read(replacing: old, with: new) }
  }

  @Test func nothingIsNoBundle() {
    #expect(throws: FormatError.self) { try ResultBundle.encode([]) }
  }
}
