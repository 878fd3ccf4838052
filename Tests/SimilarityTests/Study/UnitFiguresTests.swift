import Core
import Testing
import TestSupport

@testable import Similarity

/// Figures and nulls of layers that are measured in another unit than 1, of minibatches that are
/// left out, and of those that are gone through in tiles.
@Suite("Figures in a layer's unit")
struct UnitFiguresTests {
  /// Three minibatches of three layers, the first two times `unit`; the second minibatch is larger
  /// than the others by 10, the third smaller. One sample stands out.
  private func source(_ unit: Double) -> ArraySource {
    var noise = Noise(seed: 41)
    return ArraySource(
      [1, 10, 0.01].map { size in
        var x = noise.gaussians(14, 5)
        for k in 0..<5 { x[6, k] = 4 * x[6, k] }
        let (mixed, own) = (x * noise.gaussians(5, 4), noise.gaussians(14, 4))
        let y = Table(rows: 14, columns: 4) { mixed[$0, $1] + own[$0, $1] }
        let scaled = [x, y].map { $0.map { $0 * size * unit }.matrix }
        return [scaled + [noise.gaussians(14, 3).matrix]]
      })
  }

  private func options(_ estimator: Estimator, null: Bool = true) -> StudyOptions {
    StudyOptions(
      estimator: estimator, precision: .float64, null: null ? NullPlan(draws: 99, seed: 5) : nil)
  }

  private func expectSame(_ found: Study, _ expected: Study) throws {
    let (a, b) = (try #require(found.figures), try #require(expected.figures))
    for layer in 0..<3 {
      let own = expected.triangle.index(layer, layer)
      let (x, y) = (a.layers[layer], b.layers[layer])
      #expect(abs(x.participation / y.participation - 1) < 1e-9)
      #expect(abs(x.minibatchPeak / found.sums[own] - y.minibatchPeak / expected.sums[own]) < 1e-9)
      #expect(x.minibatch == y.minibatch)
      #expect(x.sampleMinibatch == y.sampleMinibatch && x.sample == y.sample)
      let shares = (x.samplePeak / found.sums[own], y.samplePeak / expected.sums[own])
      #expect(shares.0.isNaN && shares.1.isNaN || abs(shares.0 - shares.1) < 1e-9)
      for other in 0..<3 {
        #expect(abs(found.cka(layer, other) - expected.cka(layer, other)) < 1e-9)
        let unbiased = (found.unbiasedCKA(layer, other), expected.unbiasedCKA(layer, other))
        #expect((unbiased.0 == nil) == (unbiased.1 == nil))
        #expect(abs((unbiased.0 ?? 0) - (unbiased.1 ?? 0)) < 1e-9)
      }
    }
    #expect(found.warnings.map(\.mark) == expected.warnings.map(\.mark))
    #expect(!expected.warnings.isEmpty)
  }

  @Test(
    "are those of the same features at scale 1, and so is the null",
    arguments: Estimator.allCases, [1e-100, 1e-62, 1e-58, 1e59, 1e120])
  func units(estimator: Estimator, unit: Double) throws {
    let expected = try study(of: source(1), options(estimator))
    let found = try study(of: source(unit), options(estimator))
    #expect(found.units[2] == 0)
    try expectSame(found, expected)
    for (i, j) in [(0, 1), (0, 2), (1, 2)] {
      #expect(found.nullP(i, j) == expected.nullP(i, j))
      #expect(distance(found.nullValues(i, j), expected.nullValues(i, j)) < 1e-9)
    }
    #expect(found.nullP(0, 1) == 0.01 && found.nullP(0, 2) > 0.01)
  }

  @Test(
    "are so from products of features too",
    arguments: Estimator.allCases, [1e-100, 1e-62, 1e-58, 1e59, 1e120])
  func featureForm(estimator: Estimator, unit: Double) throws {
    let options = options(estimator)
    let expected = try study(of: source(1), options, gramBytes: 0)
    let found = try study(of: source(unit), options, gramBytes: 0)
    try expectSame(found, expected)
    #expect(distance(found.nullValues(0, 1), expected.nullValues(0, 1)) < 1e-9)
    let whole = try study(of: source(1), options)
    for layer in 0..<3 {
      let pair = [expected, whole].map { $0.figures?.layers[layer].participation ?? .nan }
      #expect(abs(pair[0] / pair[1] - 1) < 1e-9)
    }
  }

  @Test("a minibatch that is left out adds nothing to the null", arguments: Estimator.allCases)
  func skipped(estimator: Estimator) throws {
    var noise = Noise(seed: 43)
    var tables = (0..<5).map { _ in [noise.gaussians(9, 4), noise.gaussians(9, 3)] }
    tables[1][0][2, 1] = .nan
    let source = ArraySource(tables.map { [$0.map(\.matrix)] })
    var options = options(estimator)
    options.skipBad = true
    let computation = Computation(source: source, options: options, threads: 2)
    let found = try computation.run()
    let (null, plan) = (try #require(found.null), try #require(options.null))
    #expect(found.countedMinibatches == 4 && found.minibatches[1].skipped != nil)
    let hsic = estimator == .biased ? biasedHSIC : unbiasedHSIC
    for draw in [0, 50, 98] {
      let sum = [0, 2, 3, 4].reduce(0.0) { sum, index in
        let order = plan.permutation(of: 9, minibatch: index, draw: draw)
        let y = tables[index][1]
        let moved = Table(rows: 9, columns: 3) { y[order[$0], $1] }
        return sum + 9 * 6 * hsic(linearGram(tables[index][0]), linearGram(moved))
      }
      #expect(abs(null.sum(draw: draw, 0, 1) - sum) < 1e-9 * max(1, abs(sum)))
    }
    #expect(found.nullP(0, 1).isFinite && found.figures?.layers[0].participation.isFinite == true)
    for stop in 1..<5 {
      let part = try computation.run { $0.minibatches.count < stop }
      let again = try computation.run(from: part)
      #expect(again.null == found.null && again.figures == found.figures)
    }
  }

  @Test("are known of tiles; a null is refused", arguments: Estimator.allCases)
  func tiles(estimator: Estimator) throws {
    var noise = Noise(seed: 44)
    let layers = (0..<2).map { _ in noise.gaussians(90, 100).matrix }
    let source = ArraySource([[layers]])
    let found = try study(of: source, options(estimator, null: false), gramBytes: 150_000)
    let figures = try #require(found.figures)
    for layer in 0..<2 {
      #expect(figures.layers[layer].participation > 1 && figures.layers[layer].samplePeak > 0)
      #expect(figures.layers[layer].minibatchPeak == found.sums[found.triangle.index(layer, layer)])
    }
    #expect((found.unbiasedCKA(0, 1) == nil) == (estimator == .unbiased))
    #expect(found.unknownFigures == nil)
    let error = #expect(throws: ComputeError.self) {
      try study(of: source, options(estimator), gramBytes: 150_000)
    }
    #expect(error?.description.contains("a permutation null needs the Gram matrices") == true)
  }
}
