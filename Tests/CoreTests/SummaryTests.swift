import Testing
import TestSupport

@testable import Core

/// The summary by its definition, one value at a time.
private func plainSummary(_ values: [Double]) -> Summary {
  let finite = values.filter(\.isFinite)
  var summary = Summary()
  summary.finiteCount = finite.count
  summary.nanCount = values.filter(\.isNaN).count
  summary.infiniteCount = values.filter(\.isInfinite).count
  summary.negativeCount = finite.filter { $0 < 0 }.count
  summary.minimum = finite.min() ?? .nan
  summary.maximum = finite.max() ?? .nan
  summary.mean = finite.isEmpty ? .nan : finite.reduce(0, +) / Double(finite.count)
  return summary
}

private func expectSame(_ a: Summary, _ b: Summary, _ comment: Comment) {
  #expect(a.finiteCount == b.finiteCount, comment)
  #expect(a.nanCount == b.nanCount, comment)
  #expect(a.infiniteCount == b.infiniteCount, comment)
  #expect(a.negativeCount == b.negativeCount, comment)
  #expect(isClose(a.minimum, b.minimum), comment)
  #expect(isClose(a.maximum, b.maximum), comment)
  #expect(isClose(a.mean, b.mean, 1e-12), comment)
}

@Suite struct SummaryTests {
  @Test(arguments: [
    (1, 1), (1, 7), (7, 1), (8, 8), (9, 8), (8, 9), (16, 24), (3, 300), (300, 3), (65, 263),
  ])
  func equalsTheDefinitionAtAnySize(rows: Int, columns: Int) {
    var noise = Noise()
    for holes in [false, true] {
      let values = noise.values(rows * columns, holes: holes)
      let matrix = Matrix(rows: rows, columns: columns, values: values)
      expectSame(matrix.summary(), plainSummary(values), "\(rows) × \(columns), holes: \(holes)")
      expectSame(matrix.transposed.summary(), plainSummary(values), "transposed")
    }
  }

  @Test(arguments: [false, true], [false, true])
  func readsFloat32InEveryLayout(holes: Bool, swapped: Bool) throws {
    var noise = Noise()
    let values = noise.values(40 * 25, holes: holes).map(Float.init)
    let expected = plainSummary(values.map(Double.init))
    let packed = try floatMatrix(values, rows: 40, columns: 25, swapped: swapped)
    expectSame(packed.summary(), expected, "row-major")
    let fortran = try floatMatrix(
      values, rows: 25, columns: 40, rowStride: 4, columnStride: 100, swapped: swapped)
    expectSame(fortran.summary(), expected, "column-major")
    let backward = try floatMatrix(
      values, rows: 40, columns: 25, offset: 39 * 100, rowStride: -100, columnStride: 4,
      swapped: swapped)
    expectSame(backward.summary(), expected, "rows backward")
  }

  @Test func isTheSumOfManyStripes() {
    // Tall enough to be divided among cores.
    let values = (0..<40_000 * 9).map { Double($0 % 1000) }
    let summary = Matrix(rows: 40_000, columns: 9, values: values).summary()
    expectSame(summary, plainSummary(values), "40,000 × 9")
  }

  @Test func hasNoValuesWhereThereAreNone() {
    let empty = Matrix(rows: 0, columns: 5, values: []).summary()
    #expect(empty.finiteCount == 0 && empty.nanCount == 0 && empty.mean.isNaN)
    let nan = Matrix(rows: 3, columns: 3, values: Array(repeating: .nan, count: 9)).summary()
    #expect(nan.nanCount == 9 && nan.minimum.isNaN && nan.maximum.isNaN && nan.mean.isNaN)
    let infinite = Matrix(rows: 1, columns: 2, values: [.infinity, -.infinity]).summary()
    #expect(infinite.infiniteCount == 2 && infinite.minimum.isNaN && infinite.mean.isNaN)
  }

  @Test func keepsSmallDifferencesOfManyFloats() throws {
    // Summed in float32 the mean of these is off in the third digit.
    let values = [Float](repeating: 0.1, count: 512 * 512)
    let mean = try floatMatrix(values, rows: 512, columns: 512).summary().mean
    #expect(abs(mean - Double(Float(0.1))) < 1e-15)
  }

  @Test func countsNegativeZeroAsNotNegative() {
    let summary = Matrix(rows: 1, columns: 3, values: [-0.0, -1e-300, 1]).summary()
    #expect(summary.negativeCount == 1)
    #expect(summary.minimum == -1e-300)
  }
}
