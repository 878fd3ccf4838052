import Core
import Similarity
import Testing

@testable import Formats

/// A damaged or forged study is refused with a reason, or shown with a warning; nothing traps.
@Suite struct StudyBundleHostileTests {
  private func bytes() throws -> [UInt8] {
    var provenance = StudyProvenance()
    provenance.plannedMinibatches = 4
    // With a checksum all of this would be one case: the file is damaged (`SealTests`).
    return Unsealed.bytes(
      try ResultBundle.encode(StudyBundleSamples.study(), provenance: provenance))
  }

  private func read(_ bytes: [UInt8]) throws -> [Comparison] {
    try ResultFile.read(region: ByteRegion(copying: bytes), path: "b")
  }

  /// The file with `old` in its header replaced, and the header's length set again.
  private func read(replacing old: String, with new: String) throws -> [Comparison] {
    let bytes = try bytes()
    let length = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = String(decoding: bytes[8..<8 + length], as: UTF8.self)
    #expect(header.contains(old), "the test's own text")
    let changed = Array(header.replacing(old, with: new).utf8)
    let count = withUnsafeBytes(of: UInt64(changed.count).littleEndian) { Array($0) }
    return try read(count + changed + bytes[(8 + length)...])
  }

  @Test func everyCutIsRefused() throws {
    let bytes = try bytes()
    for count in 0..<bytes.count {
      #expect(throws: FormatError.self, "\(count)") { try read(Array(bytes.prefix(count))) }
    }
  }

  @Test(arguments: [
    // Numbers that do not fit one another.
    (
      #""study.scales": {"dtype": "F64", "shape": [5]"#,
      #""study.scales": {"dtype": "F64", "shape": [1, 5]"#
    ),
    (
      #""study.kept": {"dtype": "F32", "shape": [3, 15]"#,
      #""study.kept": {"dtype": "F32", "shape": [15, 3]"#
    ),
    (
      #""study.kept": {"dtype": "F32", "shape": [3, 15]"#,
      #""study.kept": {"dtype": "I32", "shape": [3, 15]"#
    ),
    (#""study.sums""#, #""study.sumo""#), (#""study.scales""#, #""study.scalp""#),
    (#"\"samples\": [16, 16, 2, 9]"#, #"\"samples\": [16, 16, 2]"#),
    (#"\"samples\": [16, 16, 2, 9]"#, #"\"samples\": [16, 3, 2, 9]"#),
    (#"\"samples\": [16, 16, 2, 9]"#, #"\"samples\": [16, 16, 2, 9e300]"#),
    (#"\"samples\": [16, 16, 2, 9]"#, #"\"samples\": [16, 16, 2, -9]"#),
    (#"\"samples\": [16, 16, 2, 9]"#, #"\"samples\": 4"#),
    // Places that do not exist.
    (#"\"layer\": 1"#, #"\"layer\": 5"#), (#"\"layer\": 1"#, #"\"layer\": -1"#),
    (#"{\"minibatch\": 2"#, #"{\"minibatch\": 99"#), (#"\"rows\": 0"#, #"\"rows\": 2"#),
    (#"\"b0\", "#, ""),
    // Meanings that nobody knows.
    (#"\"estimator\": \"unbiased"#, #"\"estimator\": \"debiased"#),
    (#"\"kernel\": \"linear"#, #"\"kernel\": \"rbf:-1"#),
    (#"\"keep\": 268435456"#, #"\"keep\": -1"#), (#"\"keep\": 268435456"#, #"\"keep\": \"all\""#),
    (#"\"statistics\": {"#, #"\"statistics\": 3, \"old\": {"#),
    // One block twice.
    (
      #"\"rows\": 1, \"columns\": 1, \"tensor\": \"cka.2\""#,
      #"\"rows\": 0, \"columns\": 1, \"tensor\": \"cka.0\""#
    ),
  ])
  func aBrokenStudyIsRefused(_ old: String, _ new: String) {
    #expect(throws: FormatError.self) { try read(replacing: old, with: new) }
  }

  @Test(arguments: [
    (#"\"provenance\": {"#, #"\"provenance\": 7, \"old\": {"#),
    (#"\"planned_minibatches\": 4"#, #"\"planned_minibatches\": \"x\""#),
    (#"\"shapes\": [[4, 2], []]"#, #"\"shapes\": [[-4, 2]]"#),
  ])
  func recordsForPeopleMayBeAnything(_ old: String, _ new: String) throws {
    #expect(try read(replacing: old, with: new).count == 3)
  }

  @Test func aMatrixThatIsNotThatOfItsSumsIsPointedOut() throws {
    var bytes = try bytes()
    let length = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    bytes[8 + length + 6] ^= 0x10
    let results = try read(bytes)
    #expect(results[0].warnings[0].contains("a0 × b0 is not the"))
    #expect(results[0].matrix[0, 0] == StudyBundleSamples.study().cka(0, 2))
  }

  @Test func aHeaderThatClaimsManyLayersAsksForNoMemory() throws {
    let names = (0..<90_000).map { _ in #"\"\""# }.joined(separator: ", ")
    #expect(throws: FormatError.self) { try read(replacing: #"\"b0\", "#, with: names + ", ") }
  }

  @Test func everyFlippedByteIsReadOrRefused() throws {
    let bytes = try bytes()
    for index in stride(from: 0, to: bytes.count, by: 3) {
      var changed = bytes
      changed[index] ^= 0x21
      // Either is right; what counts is that the program survives, also what is derived.
      for result in (try? read(changed)) ?? [] {
        _ = result.block?.uncertainty(row: 0, column: 0)
        _ = result.block?.scores(row: 0, column: 0)
      }
    }
  }
}
