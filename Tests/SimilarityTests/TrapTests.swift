import Foundation
import Testing
import TestSupport

@testable import Similarity

/// What published tools get wrong.
@Suite("Traps")
struct TrapTests {
  /// Two correlated layers of 64 samples.
  private func pair() -> (x: Table, y: Table) {
    var noise = Noise(seed: 5)
    let common = noise.gaussians(64, 12)
    let maps = (noise.gaussians(12, 200), noise.gaussians(12, 90))
    let own = (noise.gaussians(64, 200), noise.gaussians(64, 90))
    let x = common * maps.0
    let y = common * maps.1
    return (
      Table(rows: 64, columns: 200) { x[$0, $1] / 4 + own.0[$0, $1] },
      Table(rows: 64, columns: 90) { y[$0, $1] / 4 + own.1[$0, $1] }
    )
  }

  private func truth(_ x: Table, _ y: Table) -> Double {
    ratio(uCentredHSIC, linearGram(centred(x)), linearGram(centred(y)))
  }

  @Test(
    "1: features 10, 100 and 1,000 standard deviations from 0 keep their CKA",
    arguments: [10.0, 100, 1000], [StudyOptions(), StudyOptions(estimator: .biased)])
  func largeMeans(shift: Double, options: StudyOptions) throws {
    let (x, y) = pair()
    let (shiftedX, shiftedY) = (
      x.map { $0 + shift * 1.4 }.rounded, y.map { $0 - shift * 1.3 }.rounded
    )
    let hsic = options.estimator == .unbiased ? uCentredHSIC : biasedHSIC
    let exact = ratio(hsic, linearGram(centred(shiftedX)), linearGram(centred(shiftedY)))
    #expect(abs(try cka(shiftedX.floatMatrix, shiftedY.floatMatrix, options) - exact) < 1e-5)
  }

  @Test("1: an outlier among the first samples costs no digits")
  func outlier() throws {
    var (x, y) = pair()
    for k in 0..<x.columns { x[2, k] *= 1000 }
    for k in 0..<y.columns { y[3, k] += 500 }
    (x, y) = (x.rounded, y.rounded)
    #expect(abs(try cka(x.floatMatrix, y.floatMatrix) - truth(x, y)) < 1e-5)
  }

  @Test("2: a minibatch of under four samples is skipped and said")
  func fewSamples() throws {
    var noise = Noise()
    let sizes = [16, 3, 16]
    let source = ArraySource(
      sizes.map { n in [[noise.gaussians(n, 5).matrix], [noise.gaussians(n, 4).matrix]] })
    let result = try study(of: source)
    #expect(result.countedMinibatches == 2)
    #expect(result.cka(0, 1).isFinite)
    #expect(
      result.notes == ["minibatch 2 of 3 samples skipped: HSIC needs at least 4 samples"])
  }

  @Test("3: a dead layer is NaN with a reason, all others stay")
  func deadLayer() throws {
    let (x, y) = pair()
    let dead = x.map { _ in 0.1 }
    let result = try study(
      of: ArraySource([[[x.floatMatrix, dead.floatMatrix], [y.floatMatrix]]]))
    #expect(result.cka(1, 1).isNaN && result.cka(0, 1).isNaN && result.cka(1, 2).isNaN)
    #expect(
      result.reason(1, 2) == "b: the output does not vary over the samples of any minibatch")
    #expect(abs(result.cka(0, 2) - truth(x, y)) < 1e-6)
  }

  @Test("3: the unit of the activations does not matter, down to 1e-30", arguments: [-100.0, 40])
  func tinyActivations(exponent: Double) throws {
    let (x, y) = pair()
    let small = x.rounded.map { $0 * exp2(exponent) }
    let expected = try cka(x.floatMatrix, y.floatMatrix)
    #expect(abs(try cka(small.floatMatrix, y.floatMatrix) - expected) < 1e-6)
  }

  @Test("3: a negative value is kept")
  func negative() throws {
    // U-centred, these Gram matrices are orthogonal but for a negative part.
    let x = Table(rows: 4, columns: 1) { i, _ in [1, 1, -1, -1][i] }
    let y = Table(rows: 4, columns: 1) { i, _ in [1, -1, 1, -1][i] }
    let value = try cka(x.matrix, y.matrix)
    #expect(value < 0)
    #expect(abs(value - truth(x, y)) < 1e-12)
  }

  @Test("4: a layer with itself is exactly 1, and so computed to 1e-6")
  func itself() throws {
    let (x, y) = pair()
    let result = try study(of: ArraySource([[[x.floatMatrix, x.matrix], [y.floatMatrix]]]))
    #expect(result.cka(0, 0) == 1)
    // The same features, once in float32 and once in float64: two rows of the product.
    #expect(abs(result.cka(0, 1) - 1) < 1e-6)
  }

  @Test("9: one model on two data sets has two sets of features")
  func twoDatasets() throws {
    let (x, y) = pair()
    var source = ArraySource([[[x.matrix], [y.matrix]]])
    source.models[1].name = source.models[0].name
    (source.models[0].dataset, source.models[1].dataset) = ("train", "test")
    #expect(abs(try study(of: source).cka(0, 1) - truth(x, y)) < 1e-6)
  }

  @Test("12: minibatch CKA is the ratio of sums, not the mean of ratios")
  func sumsFirst() throws {
    var noise = Noise()
    let batches = (0..<3).map { index in
      let x = noise.gaussians(16, 6).map { $0 * Double(index + 1) }
      return (x, x * noise.gaussians(6, 4))
    }
    let result = try study(of: ArraySource(batches.map { [[$0.0.matrix], [$0.1.matrix]] }))
    let sums = batches.reduce(into: [0.0, 0, 0]) { sums, batch in
      let (k, l) = (linearGram(batch.0), linearGram(batch.1))
      sums[0] += unbiasedHSIC(k, l)
      sums[1] += unbiasedHSIC(k, k)
      sums[2] += unbiasedHSIC(l, l)
    }
    #expect(abs(result.cka(0, 1) - sums[0] / (sums[1] * sums[2]).squareRoot()) < 1e-6)
    let scores = result.scores(0, 1)
    #expect(abs(scores.reduce(0, +) / 3 - result.cka(0, 1)) > 1e-3)
  }

  @Test("weightings differ by the stated weights when the last minibatch is short")
  func weightings() throws {
    var noise = Noise()
    let batches = [20, 20, 7].map { n in
      let x = noise.gaussians(n, 6)
      return (x, x * noise.gaussians(6, 4))
    }
    let source = ArraySource(batches.map { [[$0.0.matrix], [$0.1.matrix]] })
    let weights: [(Weighting, (Double) -> Double)] = [
      (.equal, { _ in 1 }), (.pairs, { $0 * ($0 - 3) }), (.samples, { $0 }),
    ]
    var values: Set<Double> = []
    for (weighting, weight) in weights {
      let sums = batches.reduce(into: [0.0, 0, 0]) { sums, batch in
        let (k, l) = (linearGram(batch.0), linearGram(batch.1))
        let w = weight(Double(k.rows))
        for (index, pair) in [(k, l), (k, k), (l, l)].enumerated() {
          sums[index] += w * unbiasedHSIC(pair.0, pair.1)
        }
      }
      let result = try study(
        of: source, StudyOptions(weighting: weighting, precision: .float64))
      let expected = sums[0] / (sums[1] * sums[2]).squareRoot()
      #expect(abs(result.cka(0, 1) - expected) < 1e-12)
      values.insert(result.cka(0, 1))
    }
    #expect(values.count == 3)
  }
}

@Suite("Invariances")
struct InvarianceTests {
  private static let everything = Estimator.allCases.flatMap { estimator in
    [Kernel.linear, .rbf(fraction: 0.8, median: .offDiagonal)].map {
      StudyOptions(estimator: estimator, kernel: $0, precision: .float64)
    }
  }

  @Test("orthogonal maps, scales and shifts change nothing", arguments: everything)
  func invariant(options: StudyOptions) throws {
    var noise = Noise(seed: 3)
    let x = noise.gaussians(24, 5)
    let y = x * noise.gaussians(5, 7)
    let expected = try cka(x.matrix, y.matrix, options)
    let turned = x * orthogonal(5, &noise)
    let changed = [turned, x.map { $0 * 37.5 }, x.map { $0 * -0.01 }, x.map { $0 + 12 }]
    for features in changed {
      #expect(abs(try cka(features.matrix, y.matrix, options) - expected) < 1e-11)
    }
  }

  @Test("a map that stretches one direction does")
  func notInvariant() throws {
    var noise = Noise(seed: 3)
    let x = noise.gaussians(24, 5)
    let y = x * noise.gaussians(5, 7)
    let stretched = Table(rows: 24, columns: 5) { x[$0, $1] * ($1 == 0 ? 10 : 1) }
    #expect(abs(try cka(stretched.matrix, y.matrix) - cka(x.matrix, y.matrix)) > 0.01)
  }

  /// A random orthogonal matrix, by Gram and Schmidt.
  private func orthogonal(_ side: Int, _ noise: inout Noise) -> Table {
    var q = noise.gaussians(side, side)
    for column in 0..<side {
      for earlier in 0..<column {
        let dot = (0..<side).reduce(0) { $0 + q[$1, column] * q[$1, earlier] }
        for row in 0..<side { q[row, column] -= dot * q[row, earlier] }
      }
      let norm = (0..<side).reduce(0) { $0 + q[$1, column] * q[$1, column] }.squareRoot()
      for row in 0..<side { q[row, column] /= norm }
    }
    return q
  }
}
