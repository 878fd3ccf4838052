import Core
import Similarity
import Testing

@testable import Formats

/// What is written reads back as the same result.
@Suite struct WriterTests {
  static let samples = [
    "samples/real/teacher10_vs_student_dpk.pkl", "samples/variants/torch_with_nan.pkl",
    "samples/variants/numpy2_fortran.pkl", "samples/variants/torch_f16.pkl",
    "samples/variants/torch_f64.pkl", "samples/variants/torch_strided_offset.pkl",
    "samples/variants/results.csv", "samples/variants/mb400.npy", "samples/variants/cka_0d.npy",
    "samples/variants/cka.npy", "samples/real/mb400_student_dpk_vs_teacher6.pkl",
    "samples/variants/dict_of_results.pkl", "samples/variants/torch_3d.pkl",
    "hostile/csv_quotes_crlf.csv", "hostile/names_controls.pkl", "hostile/val_nan_inf.pkl",
  ]

  private func originals(_ name: String) throws -> [Comparison] {
    try ResultFile.read(path: FixtureFile.path(name))
  }

  private func reread(_ bytes: [UInt8]) throws -> [Comparison] {
    try ResultFile.read(region: ByteRegion(copying: bytes), path: "again")
  }

  private func same(_ a: [Double], _ b: [Double]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }
  }

  private func expectSame(_ result: Comparison, _ original: Comparison) {
    #expect(result.kind == original.kind)
    #expect(same(result.matrix.values(), original.matrix.values()))
    #expect(result.rows == original.rows)
    #expect(result.columns == original.columns)
  }

  @Test(arguments: samples) func bundle(_ name: String) throws {
    let originals = try originals(name)
    let results = try reread(ResultBundle.encode(originals))
    #expect(results.count == originals.count)
    for (result, original) in zip(results, originals) {
      expectSame(result, original)
      #expect(result.id.key == original.id.key)
      #expect(result.dtype == original.dtype && result.matrix.type == original.matrix.type)
      #expect(result.warnings == original.warnings)
    }
  }

  @Test(arguments: samples) func json(_ name: String) throws {
    let originals = try originals(name)
    let results = try reread(ResultWriter.json(originals))
    #expect(results.count == originals.count)
    for (result, original) in zip(results, originals) { expectSame(result, original) }
  }

  @Test(arguments: samples) func npz(_ name: String) throws {
    let originals = try originals(name)
    let results = try reread(ResultWriter.npz(originals))
    #expect(results.count == originals.count)
    for (result, original) in zip(results, originals) {
      expectSame(result, original)
      #expect(result.matrix.type == original.matrix.type)
    }
  }

  @Test(arguments: samples) func npy(_ name: String) throws {
    for original in try originals(name) {
      let result = try #require(reread(ResultWriter.npy(original)).first)
      #expect(result.kind == original.kind && result.matrix.type == original.matrix.type)
      #expect(result.matrix.rows == original.matrix.rows)
      #expect(same(result.matrix.values(), original.matrix.values()))
    }
  }

  @Test(arguments: samples) func csv(_ name: String) throws {
    for original in try originals(name) {
      let result = try #require(reread(ResultWriter.csv(original)).first)
      #expect(result.kind == original.kind)
      #expect(same(result.matrix.values(), original.matrix.values()))
      guard original.kind == .layers else { continue }
      #expect(result.rows.layers == original.rows.layers)
      #expect(result.columns.layers == original.columns.layers)
    }
  }

  @Test func numbersAreSpelledAsPythonSpellsThem() throws {
    let original = try originals("samples/variants/results.csv")[0]
    let text = String(decoding: ResultWriter.csv(original), as: UTF8.self)
    let sample = String(
      decoding: try FixtureFile.bytes("samples/variants/results.csv"), as: UTF8.self)
    #expect(text == sample.replacing("\r\n", with: "\n"))
  }

  @Test(arguments: ScalarType.allCases) func everyTypeKeepsItsBits(_ type: ScalarType) throws {
    // Bytes that are ordinary values in every type; the most significant ones differ.
    let count = 6
    let bytes = (0..<count * type.size).map { index in
      type == .bool ? UInt8(index % 2) : UInt8(truncatingIfNeeded: index * 37 % 61)
    }
    let matrix = try #require(
      Matrix(rows: 2, columns: 3, type: type, region: ByteRegion(copying: bytes)))
    guard type != .int64, type != .uint64 else { return }
    var written: [UInt8] = []
    MatrixBytes.append(matrix, as: type, to: &written)
    #expect(written == bytes)
    written = []
    MatrixBytes.append(matrix.transposed.transposed, as: type, to: &written)
    #expect(written == bytes)
  }

  @Test func extremesSurvive() {
    let values: [Double] = [0, -0.0, .infinity, -.infinity, 5.960464477539063e-08, 65504, -6.1e-05]
    for type: ScalarType in [.float16, .float64] {
      let source = Matrix(rows: 1, columns: values.count, values: values)
      var bytes: [UInt8] = []
      MatrixBytes.append(source, as: type, to: &bytes)
      let matrix = Matrix(
        rows: 1, columns: values.count, type: type, region: ByteRegion(copying: bytes))
      let back = matrix?.values() ?? []
      #expect(back.prefix(6).elementsEqual(values.prefix(6)))
      #expect(back[1].sign == .minus)
    }
    var bytes: [UInt8] = []
    MatrixBytes.append(
      Matrix(rows: 1, columns: 2, values: [0x1p63, -1]), as: .int64, to: &bytes)
    #expect(bytes == [255, 255, 255, 255, 255, 255, 255, 127] + [UInt8](repeating: 255, count: 8))
  }
}
