import Core
import Testing
import TestSupport

@testable import Similarity

@Suite("Tiles")
struct TileTests {
  /// Two models of three layers, 150 samples with an outlier and two that are the same.
  private func source() -> ArraySource {
    var noise = Noise(seed: 21)
    let common = noise.gaussians(150, 6)
    return ArraySource([
      [3, 5].map { scale in
        (0..<3).map { layer in
          let own = noise.gaussians(150, 12 + layer)
          let mapped = common * noise.gaussians(6, 12 + layer)
          var x = Table(rows: 150, columns: 12 + layer) {
            mapped[$0, $1] + own[$0, $1] * Double(scale) / 4
          }
          for k in 0..<x.columns {
            x[77, k] = 50 + Double(k)
            x[9, k] = x[120, k]
          }
          return x.matrix
        }
      }
    ])
  }

  private static let kernels: [Kernel] = [
    .linear, .rbf(fraction: 0.5, median: .offDiagonal), .rbf(fraction: 0.8, median: .all),
    .rbf(fraction: 40, median: .offDiagonal),
  ]

  @Test(
    "give what whole matrices give, to 1e-12", arguments: kernels, Estimator.allCases)
  func whole(kernel: Kernel, estimator: Estimator) throws {
    let source = source()
    let options = StudyOptions(estimator: estimator, kernel: kernel, precision: .float64)
    let whole = try study(of: source, options)
    var tiled = StudyAccumulator(
      Study(models: source.models, options: options), threads: 2, gramBytes: 500_000)
    #expect(!tiled.fitsGrams(samples: 150))
    let inputs = source.matrices[0].flatMap { $0 }
    try tiled.add(samples: 150, sampleHash: nil, order: Array(0..<6)) { .features(inputs[$0]) }
    let (figures, expected) = (
      try #require(tiled.study.figures), try #require(whole.figures)
    )
    #expect(tiled.study.unknownFigures == nil)
    for (a, b) in zip(figures.layers, expected.layers) {
      // Two samples are the same: either may be the one that is named.
      #expect(abs(a.samplePeak / b.samplePeak - 1) < 1e-9)
      #expect(kernel != .linear || a.sample == b.sample)
      #expect(abs(a.participation - b.participation) < 1e-9)
    }
    for (a, b) in zip(figures.unbiased, expected.unbiased) { #expect(abs(a / b - 1) < 1e-8) }
    for i in 0..<6 {
      for j in i..<6 {
        #expect(abs(tiled.study.cka(i, j) - whole.cka(i, j)) < 1e-12)
        let entry = whole.triangle.index(i, j)
        #expect(abs(tiled.study.sums[entry] / whole.sums[entry] - 1) < 1e-10)
      }
    }
  }

  @Test("have the same bits on any number of threads, and of a computation beyond its memory")
  func threads() throws {
    let source = source()
    let options = StudyOptions(kernel: .rbf(fraction: 0.5, median: .offDiagonal))
    let studies = try [1, 2, 5].map {
      try study(of: source, options, threads: $0, gramBytes: 500_000)
    }
    let bits = studies.map { $0.sums.map(\.bitPattern) }
    #expect(bits[1] == bits[0] && bits[2] == bits[0])
    let whole = try study(of: source, options)
    #expect(abs(studies[0].cka(0, 4) - whole.cka(0, 4)) < 1e-5)
  }

  @Test("take wide linear layers, and Gram matrices that were sent", arguments: kernels)
  func sent(kernel: Kernel) throws {
    var noise = Noise(seed: 8)
    let layers = (0..<2).map { _ in noise.gaussians(90, 400) }
    let options = StudyOptions(kernel: kernel, precision: .float64)
    let source = ArraySource([[layers.map(\.matrix)]])
    let whole = try study(of: source, options)
    let tiled = try study(of: source, options, gramBytes: 150_000)
    #expect(abs(tiled.cka(0, 1) - whole.cka(0, 1)) < 1e-12)
    var accumulator = StudyAccumulator(
      Study(models: source.models, options: options), threads: 1, gramBytes: 150_000)
    try accumulator.add(
      GramFrame(samples: 90, layers: layers.map { .gram(linearGram(centred($0)).matrix) }))
    #expect(abs(accumulator.study.cka(0, 1) - whole.cka(0, 1)) < 1e-10)
  }

  @Test("tell reasons as whole matrices do", arguments: kernels)
  func reasons(kernel: Kernel) throws {
    var noise = Noise()
    let x = noise.gaussians(90, 100)
    var broken = x
    broken[4, 1] = .nan
    let oneHot = Table(rows: 90, columns: 100) { $0 == $1 ? 3 : 0 }
    let constant = x.map { _ in 0.3 }
    let single = Table(rows: 90, columns: 100) { i, k in i == 13 ? Double(k) : 1 }
    let source = ArraySource([[[x, broken, oneHot, constant, single].map(\.matrix)]])
    let options = StudyOptions(kernel: kernel)
    let tiled = try study(of: source, options, gramBytes: 300_000)
    let whole = try study(of: source, options)
    #expect(tiled.gap(0) == nil)
    #expect(tiled.gap(1) == .fault(.init(minibatch: 0, reason: .notFinite(count: 1, of: 9000))))
    #expect(tiled.gap(2) == .flat(.equidistant) && tiled.gap(3) == .flat(.constant))
    for layer in 0..<5 { #expect(tiled.gap(layer) == whole.gap(layer)) }
  }

  @Test("refuse what not even they have room for, with what to do")
  func refusal() {
    let options = StudyOptions(kernel: .rbf(fraction: 1, median: .offDiagonal))
    let source = source()
    let error = #expect(throws: ComputeError.self) {
      try study(of: source, options, gramBytes: 1000)
    }
    #expect(error?.description.contains("use a smaller batch size") == true)
  }

  @Test("find medians exactly, with room for a few numbers only", arguments: [1, 2, 7, 1000, 1001])
  func median(count: Int) {
    var noise = Noise(seed: UInt64(count))
    // Many that are the same, zeros, and numbers that share their first bits.
    var numbers = (0..<count).map { index -> Double in
      switch index % 5 {
      case 0: 0
      case 1: 1.5
      case 2: 1 + abs(noise.gaussian()) * 1e-9
      default: abs(noise.gaussian()) * 1e3
      }
    }
    let sorted = numbers.sorted()
    numbers.reverse()
    for limit in [1, 3, 64, 10_000] {
      for lower in Set([0, (count - 1) / 2, count - 1]) {
        for upper in [lower, min(count - 1, lower + 1)] {
          let found = OrderStatistic.values(lower: lower, upper: upper, limit: limit) { show in
            numbers.withUnsafeBufferPointer { all in
              show(UnsafeBufferPointer(rebasing: all[..<(count / 3)]))
              show(UnsafeBufferPointer(rebasing: all[(count / 3)...]))
            }
          }
          #expect(found.lower == sorted[lower] && found.upper == sorted[upper])
        }
      }
    }
  }
}
