import Core
import Testing
import TestSupport

@testable import Similarity

/// Why there is no value, and values that were once refused for a false reason.
@Suite("Reasons")
struct ReasonTests {
  private func noise(_ rows: Int, _ columns: Int) -> Table {
    var noise = Noise(seed: UInt64(rows * 100 + columns))
    return noise.gaussians(rows, columns)
  }

  private static let rbf = Kernel.rbf(fraction: 0.5, median: .offDiagonal)

  @Test(
    "one-hot rows are equally far apart; the biased estimator has a value",
    arguments: [Kernel.linear, rbf], Precision.allCases)
  func oneHot(kernel: Kernel, precision: Precision) throws {
    let (x, y) = (Table(rows: 12, columns: 12) { $0 == $1 ? 7.3 : 0 }, noise(12, 4))
    let source = ArraySource([[[x.floatMatrix], [y.floatMatrix]]])
    let unbiased = try study(of: source, StudyOptions(kernel: kernel, precision: precision))
    #expect(unbiased.gap(0) == .flat(.equidistant) && unbiased.cka(0, 1).isNaN)
    let options = StudyOptions(estimator: .biased, kernel: kernel, precision: precision)
    let isLinear = kernel == .linear
    let (k, l) = (
      isLinear ? linearGram(x) : rbfGram(x, fraction: 0.5, offDiagonal: true),
      isLinear ? linearGram(y) : rbfGram(y, fraction: 0.5, offDiagonal: true)
    )
    #expect(abs(try study(of: source, options).cka(0, 1) - ratio(biasedHSIC, k, l)) < 1e-6)
  }

  @Test("one sample that differs from all others is no variation for HSIC₁")
  func oneSample() throws {
    let x = Table(rows: 9, columns: 3) { i, k in i == 4 ? Double(k) + 5 : 2 }
    let orthogonal = Table(rows: 9, columns: 9) { i, k in i == k ? Double(i) + 1 : 0 }
    let source = ArraySource([[[x.matrix, orthogonal.matrix, noise(9, 2).matrix]]])
    for precision in Precision.allCases {
      let result = try study(of: source, StudyOptions(precision: precision))
      #expect(result.gap(0) == .flat(.oneSample) && result.gap(1) == .flat(.cancels))
      #expect(result.gap(2) == nil)
      let rbf = try study(of: source, StudyOptions(kernel: Self.rbf, precision: precision))
      #expect(rbf.gap(0) == .fault(.init(minibatch: 0, reason: .zeroMedian)))
      #expect(rbf.gap(1) == nil)
    }
  }

  @Test(
    "a bandwidth that is large gives the value of the linear kernel in the end",
    arguments: [1e3, 1e6, 1e9, 1e150, 1e300], Estimator.allCases)
  func wideBandwidth(fraction: Double, estimator: Estimator) throws {
    let (x, y) = (noise(20, 6), noise(20, 5))
    let mixed = Table(rows: 20, columns: 5) { x[$0, $1] + y[$0, $1] }
    for (precision, tolerance) in [(Precision.float64, 1e-9), (.float32, 1e-5)] {
      func value(_ kernel: Kernel) throws -> Double {
        try cka(
          x.matrix, mixed.matrix,
          StudyOptions(estimator: estimator, kernel: kernel, precision: precision))
      }
      let found = try value(.rbf(fraction: fraction, median: .offDiagonal))
      // The next term of exp is smaller by 1/fraction².
      let limit = tolerance + 10 / fraction / fraction
      #expect(abs(found - (try value(.linear))) < limit)
    }
  }

  @Test("a bandwidth that is small has a value as long as float64 holds its kernel")
  func narrowBandwidth() throws {
    let (x, y) = (noise(20, 6).rounded, noise(20, 5).rounded)
    for fraction in [0.2, 0.1, 0.07] {
      let (k, l) = (
        rbfGram(x, fraction: fraction, offDiagonal: true),
        rbfGram(y, fraction: fraction, offDiagonal: true)
      )
      for precision in Precision.allCases {
        let options = StudyOptions(
          kernel: .rbf(fraction: fraction, median: .offDiagonal), precision: precision)
        let found = try cka(x.floatMatrix, y.floatMatrix, options)
        #expect(abs(found - ratio(uCentredHSIC, k, l)) < 1e-5, "\(fraction) \(precision)")
      }
    }
    for fraction in [0.005, 1e-3, 1e-200] {
      let options = StudyOptions(kernel: .rbf(fraction: fraction, median: .offDiagonal))
      let result = try study(of: ArraySource([[[x.matrix]]]), options)
      #expect(result.gap(0) == .flat(.narrowBandwidth))
      #expect(result.reason(0)?.contains("bandwidth is too small") == true)
    }
  }

  @Test(
    "the unit of float64 features does not matter, as far as the type goes",
    arguments: [1e-300, 1e-160, 1e-100, 1e-60, 1e60, 1e100, 1e150, 1e300])
  func units(unit: Double) throws {
    let (x, y) = (noise(14, 3), noise(14, 30))
    for kernel in [Kernel.linear, Self.rbf] {
      for estimator in Estimator.allCases {
        let options = StudyOptions(estimator: estimator, kernel: kernel)
        let plain = try cka(x.matrix, y.matrix, options)
        let source = ArraySource([[[x.map { $0 * unit }.matrix], [y.matrix]]])
        let whole = try study(of: source, options)
        #expect(abs(whole.cka(0, 1) - plain) < 1e-6)
        #expect(whole.scores(0, 1).allSatisfy { abs($0 - plain) < 1e-6 })
      }
    }
    // The feature form, and tiles.
    let (a, b) = (noise(90, 3), noise(90, 4))
    let source = ArraySource([[[a.map { $0 * unit }.matrix], [b.matrix]]])
    for kernel in [Kernel.linear, Self.rbf] {
      let options = StudyOptions(kernel: kernel)
      let found = try study(of: source, options, gramBytes: 120_000)
      #expect(abs(found.cka(0, 1) - (try cka(a.matrix, b.matrix, options))) < 1e-6)
    }
  }

  @Test("Gram matrices of any unit have a value", arguments: [1e-200, 1e-280, 1e160, 1e250])
  func sentUnits(unit: Double) throws {
    let (x, y) = (noise(14, 3), noise(14, 30))
    let grams = [linearGram(centred(x)).map { $0 * unit }, linearGram(centred(y))]
    for kernel in [Kernel.linear, Self.rbf] {
      let options = StudyOptions(kernel: kernel, precision: .float64)
      let models = [StudyModel(name: "A", layers: ["a", "b"].map { StudyLayer(name: $0) })]
      var accumulator = StudyAccumulator(Study(models: models, options: options), threads: 1)
      try accumulator.add(GramFrame(samples: 14, layers: grams.map { .gram($0.matrix) }))
      let plain = try cka(x.matrix, y.matrix, options)
      #expect(abs(accumulator.study.cka(0, 1) - plain) < 1e-10)
    }
  }

  @Test(
    "features at the edges of their types, and few of them, have a value",
    arguments: [Kernel.linear, rbf])
  func edges(kernel: Kernel) throws {
    let (x, y) = (noise(4, 1), noise(4, 2).map { $0 + 5 })
    let options = StudyOptions(kernel: kernel)
    let isLinear = kernel == .linear
    func truth(_ x: Table, _ y: Table) -> Double {
      isLinear
        ? ratio(uCentredHSIC, linearGram(centred(x)), linearGram(centred(y)))
        : ratio(
          uCentredHSIC, rbfGram(x, fraction: 0.5, offDiagonal: true),
          rbfGram(y, fraction: 0.5, offDiagonal: true))
    }
    for unit in [1e-38, 1e-30, 1, 1e30, 5e37] {
      let scaled = x.map { $0 * unit }.rounded
      let found = try cka(scaled.floatMatrix, y.rounded.floatMatrix, options)
      #expect(abs(found - truth(scaled.map { $0 / unit }, y.rounded)) < 1e-5, "\(unit)")
    }
    // float16, up to 65,504, and 64-bit integers.
    let halves = Table(rows: 8, columns: 2) { Double((($0 * 5 + $1 * 3) % 7) * 8960) + 64 }
    let half = halves.encoded(as: .float16) { withUnsafeBytes(of: Float16($0)) { Array($0) } }
    let whole = halves.map { $0 * 0x1p40 }.encoded(as: .int64) {
      withUnsafeBytes(of: Int64($0)) { Array($0) }
    }
    let z = noise(8, 3).rounded
    for matrix in [half, whole] {
      #expect(abs(try cka(matrix, z.floatMatrix, options) - truth(halves, z)) < 1e-5)
    }
  }
}
