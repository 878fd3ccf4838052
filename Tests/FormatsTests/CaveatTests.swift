import Core
import Similarity
import Testing

@testable import Formats

/// What must be said of a result goes with it into every file that has room for it, and comes back.
@Suite struct CaveatTests {
  /// The first pair of a study that has seen four of nine minibatches.
  private func partial() throws -> Comparison {
    var provenance = StudyProvenance()
    provenance.plannedMinibatches = 9
    let bytes = try ResultBundle.encode(StudyBundleSamples.study(), provenance: provenance)
    return try #require(try read(bytes).first)
  }

  private func read(_ bytes: [UInt8]) throws -> [Comparison] {
    try ResultFile.read(region: ByteRegion(copying: bytes), path: "runs/a.cka.safetensors")
  }

  @Test("A bundle of an unfinished study says so by a value, also where figures are made of it")
  func ofABundle() throws {
    let result = try partial()
    #expect(result.caveats == [.partial(seen: 4, planned: 9)])
    #expect(result.warnings.contains("partial: 4 of 9 minibatches so far"))
    var complete = StudyProvenance()
    complete.state = .complete
    let whole = try ResultBundle.encode(StudyBundleSamples.study(), provenance: complete)
    #expect(try read(whole).allSatisfy { $0.caveats.isEmpty })
  }

  @Test("JSON, npz and a bundle of matrices give it back")
  func throughFiles() throws {
    var result = try partial()
    result.block = nil
    #expect(try read(ResultWriter.json([result]))[0].caveats == result.caveats)
    #expect(try read(ResultBundle.encode([result, result]))[1].caveats == result.caveats)
    #expect(try read(ResultWriter.json([result, result])).map(\.caveats).count == 2)
    let npz = try read(ResultWriter.npz([result]))[0]
    #expect(npz.caveats == [.told("partial: 4 of 9 minibatches so far")])
    #expect(npz.matrix.values().count == result.matrix.values().count)
    #expect(npz.rows == result.rows)
  }

  @Test("What contradicts its sums is said by a value, too")
  func contradiction() throws {
    var bytes = Unsealed.bytes(
      try ResultBundle.encode(StudyBundleSamples.study(), provenance: StudyProvenance()))
    let length = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    bytes[8 + length + 6] ^= 0x10
    let result = try read(bytes)[0]
    #expect(result.caveats.first?.kind == "contradiction")
    #expect(result.caveats.last?.isPartial == true)
  }

  @Test("Names in doubt are told from the names, not from what a file says of them")
  func labels() throws {
    let path = FixtureFile.path("samples/real/resnet18_vs_resnet34_full.pkl")
    let original = try ResultFile.read(path: path)[0]
    #expect(original.caveats == [.labelsSuspect])
    #expect(original.caveats(order: .executed).isEmpty)
    let again = try read(ResultWriter.json([original]))[0]
    #expect(again.caveats == [.labelsSuspect])
    let npz = try read(ResultWriter.npz([original]))[0]
    #expect(npz.caveats == [.labelsSuspect])
    // Three of the names look like any others; they stand on the same wrong rows all the same.
    var few = Comparison(
      id: original.id, format: original.format, kind: .layers,
      rows: Axis(layers: Array(original.rows.layers.prefix(1))),
      columns: Axis(layers: Array(original.columns.layers.prefix(1))),
      matrix: Matrix(rows: 1, columns: 1, values: [0.5]))
    #expect(few.caveats.isEmpty)
    few.inherit(original, order: .exported)
    #expect(few.caveats == [.labelsSuspect])
    few.inherit(original, order: .executed)
    #expect(few.caveats.isEmpty)
  }
}
