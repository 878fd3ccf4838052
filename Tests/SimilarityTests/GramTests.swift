import CGram
import COpenBLAS
import Core
import Foundation
import Testing
import TestSupport

@testable import Similarity

@Suite("Gram matrices")
struct GramTests {
  /// HKH of the Gram matrix that the maker forms, so that shifts do not matter.
  private func gram(_ features: Matrix, _ precision: Precision) throws -> Table {
    let maker = GramMaker()
    let upper = try withExtendedLifetime(maker) {
      let view = try maker.gram(of: features, precision: precision)
      return Table(rows: view.side, columns: view.side) { i, j in
        view.values[min(i, j) * view.pitch + max(i, j)]
      }
    }
    return doublyCentred(upper)
  }

  private func doublyCentred(_ k: Table) -> Table { centred(centred(k).transposed) }

  private func isClose(_ a: Table, _ b: Table, _ tolerance: Double) -> Bool {
    let scale = (0..<b.rows).reduce(1e-300) { max($0, b[$1, $1]) }
    return distance(a.values, b.values) <= tolerance * scale
  }

  @Test(
    "equal the plain product, whatever the shape",
    arguments: [1, 2, 7, 8, 9, 16, 17, 40, 129], [1, 7, 8, 9, 100, 1031])
  func shapes(rows: Int, columns: Int) throws {
    var noise = Noise(seed: UInt64(rows * 10_000 + columns))
    let x = noise.gaussians(rows, columns).map { $0 + 3 }.rounded
    let truth = linearGram(centred(x))
    #expect(isClose(try gram(x.floatMatrix, .float32), truth, 2e-6))
    #expect(isClose(try gram(x.matrix, .float64), truth, 1e-13))
  }

  @Test("do not depend on how the features are stored")
  func layouts() throws {
    var noise = Noise()
    // Values that every type here holds exactly.
    let x = noise.gaussians(20, 50).map { ($0 * 16).rounded() / 16 }
    let truth = linearGram(centred(x))
    let stored = [
      x.matrix, x.floatMatrix, x.transposed.floatMatrix.transposed,
      x.encoded(as: .float32, padding: 3) { withUnsafeBytes(of: Float($0)) { Array($0) } },
      x.encoded(as: .float32, swapped: true) {
        withUnsafeBytes(of: Float($0).bitPattern.bigEndian) { Array($0) }
      },
      x.encoded(as: .bfloat16) {
        withUnsafeBytes(of: UInt16(Float($0).bitPattern >> 16)) { Array($0) }
      },
    ]
    for features in stored {
      #expect(isClose(try gram(features, .float32), truth, 1e-6))
      #expect(isClose(try gram(features, .float64), truth, 1e-13))
    }
  }

  @Test("of many samples go through OpenBLAS, and are right there too")
  func manySamples() throws {
    var noise = Noise()
    let x = noise.gaussians(GramMaker.largestPacked + 1, 3).rounded
    #expect(isClose(try gram(x.floatMatrix, .float32), linearGram(centred(x)), 1e-6))
  }

  @Test("equal OpenBLAS's on centred features to float32's rounding")
  func againstOpenBLAS() throws {
    try OpenBLAS.load()
    var noise = Noise()
    let x = centred(noise.gaussians(48, 3000))
    let floats = x.values.map(Float.init)
    var products = [Float](repeating: 0, count: 48 * 48)
    copenblas_ssyrk(48, 3000, floats, 3000, &products, 48)
    let blas = Table(rows: 48, columns: 48) { Double(products[min($0, $1) * 48 + max($0, $1)]) }
    #expect(isClose(try gram(x.floatMatrix, .float32), doublyCentred(blas), 1e-6))
  }

  @Test("are exactly 0 where a feature does not vary", arguments: Precision.allCases)
  func constants(precision: Precision) throws {
    let x = Table(rows: 37, columns: 530) { _, k in 0.1 * Double(k) - 17.3 }
    let maker = GramMaker()
    let trace = try withExtendedLifetime(maker) {
      try maker.gram(of: x.floatMatrix, precision: precision).trace
    }
    #expect(trace == 0)
  }

  @Test(
    "of white noise, whose kernel is as small beside the diagonal as any, are sharp in float32",
    arguments: [(128, 40), (128, 600), (128, 5000), (24, 20_000), (600, 300)])
  func whiteNoise(rows: Int, columns: Int) throws {
    var noise = Noise(seed: 77)
    let x = noise.gaussians(rows, columns).floatMatrix
    let maker = GramMaker()
    try withExtendedLifetime(maker) {
      let gram = try maker.gram(of: x, precision: .float32)
      let row = UnsafeMutablePointer<Double>.allocate(
        capacity: HSICRow.count(samples: rows, estimator: .unbiased))
      defer { row.deallocate() }
      let own = HSICRow.fill(row, kernel: gram, estimator: .unbiased, rounding: 0)
      // Half of what would have the layer formed again.
      #expect(gram.error * gram.trace / Double(rows) < 0x1p-14 * own.squareRoot())
    }
  }

  @Test("of tiny and of huge activations differ by their unit only")
  func units() throws {
    var noise = Noise()
    let x = noise.gaussians(12, 40).rounded
    let truth = linearGram(centred(x))
    for exponent in [-120.0, -70, 0, 60, 100] {
      let unit = exp2(exponent)
      let scaled = try gram(x.map { $0 * unit }.floatMatrix, .float32).map { $0 / unit / unit }
      #expect(isClose(scaled, truth, 1e-6))
    }
  }
}
