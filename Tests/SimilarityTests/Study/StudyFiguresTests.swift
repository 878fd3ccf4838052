import Core
import Testing
import TestSupport

@testable import Similarity

/// What Gram matrices tell beside HSIC, against the definitions.
@Suite("Figures of Gram matrices")
struct StudyFiguresTests {
  /// H K H.
  private func centredKernel(_ k: Table) -> Table {
    let h = Table(rows: k.rows, columns: k.rows) { ($0 == $1 ? 1 : 0) - 1 / Double(k.rows) }
    return h * k * h
  }

  /// The largest share of ⟨U, U⟩ that pairs with one sample make up.
  private func share(_ x: Table) -> (share: Double, sample: Int) {
    let k = linearGram(x)
    let n = Double(k.rows)
    let sums = (0..<k.rows).map { i in
      (0..<k.rows).reduce(0) { $0 + ($1 == i ? 0 : k[i, $1]) }
    }
    let mean = sums.reduce(0, +) / ((n - 1) * (n - 2))
    let squares = Table(rows: k.rows, columns: k.rows) { i, j in
      let u = i == j ? 0 : k[i, j] - sums[i] / (n - 2) - sums[j] / (n - 2) + mean
      return u * u
    }
    let total = squares.values.reduce(0, +)
    let shares = (0..<k.rows).map { i in
      (0..<k.rows).reduce(0) { $0 + 2 * squares[i, $1] } / total
    }
    let largest = shares.max() ?? 0
    return (largest, shares.firstIndex(of: largest) ?? -1)
  }

  @Test("are those of the definitions", arguments: Estimator.allCases)
  func definitions(estimator: Estimator) throws {
    var noise = Noise(seed: 6)
    let x = noise.gaussians(12, 5).map { $0 + 100 }
    let (mixed, own) = (x * noise.gaussians(5, 3), noise.gaussians(12, 3))
    let y = Table(rows: 12, columns: 3) { mixed[$0, $1] + own[$0, $1] }
    let options = StudyOptions(estimator: estimator, weighting: .equal, precision: .float64)
    let study = try study(of: ArraySource([[[x.matrix], [y.matrix]]]), options)
    let figures = try #require(study.figures)
    let k = centredKernel(linearGram(x))
    let trace = (0..<12).reduce(0) { $0 + k[$1, $1] }
    let squares = k.values.reduce(0) { $0 + $1 * $1 }
    #expect(abs(figures.layers[0].squaredTrace * 121 / (trace * trace) - 1) < 1e-9)
    #expect(abs(figures.layers[0].squares * 121 / squares - 1) < 1e-9)
    #expect(abs(figures.layers[0].participation * squares / (trace * trace) - 1) < 1e-9)
    #expect(figures.layers[0].minibatchPeak == study.sums[0])
    if estimator == .unbiased {
      let expected = share(x)
      #expect(abs(figures.layers[0].samplePeak / study.sums[0] - expected.share) < 1e-9)
      #expect(figures.layers[0].sample == expected.sample)
      #expect(figures.unbiased.isEmpty && study.unbiasedCKA(0, 1) == nil)
    } else {
      let expected = ratio(unbiasedHSIC, linearGram(centred(x)), linearGram(centred(y)))
      #expect(abs(try #require(study.unbiasedCKA(0, 1)) - expected) < 1e-9)
      #expect(study.unbiasedCKA(0, 0) == 1)
    }
  }

  @Test("are the same from products of features", arguments: Estimator.allCases)
  func featureForm(estimator: Estimator) throws {
    var noise = Noise(seed: 9)
    let layers = [4, 3, 5].map { noise.gaussians(30, $0).matrix }
    let still = Table(rows: 30, columns: 2) { _, k in Double(k) }.matrix
    let source = ArraySource([[layers + [still]]])
    let options = StudyOptions(estimator: estimator, precision: .float64)
    let expected = try #require(try study(of: source, options).figures)
    let found = try #require(try study(of: source, options, gramBytes: 0).figures)
    for (a, b) in zip(expected.layers, found.layers) {
      #expect(abs(a.squares - b.squares) <= 1e-9 * a.squares)
      #expect(abs(a.squaredTrace - b.squaredTrace) <= 1e-9 * a.squaredTrace)
      #expect(abs(a.samplePeak - b.samplePeak) <= 1e-9 * a.samplePeak && a.sample == b.sample)
    }
    #expect(distance(expected.unbiased, found.unbiased) <= 1e-6)
    #expect(found.layers[0].samplePeak > 0 && found.layers[3].samplePeak == 0)
    #expect(try study(of: source, options, gramBytes: 0).unknownFigures == nil)
  }

  @Test("are the same from blocks of more features than one product takes")
  func wideFeatureForm() throws {
    var noise = Noise(seed: 10)
    let layer = noise.gaussians(40, FeatureForm.block + 30)
    // Products alone do not load it.
    try OpenBLAS.load()
    let form = FeatureForm(estimator: .unbiased, samples: 40, threads: 1)
    let gram = linearGram(centred(layer))
    let parts = form.sampleParts(try CentredLayer(layer.matrix))
    let u = uCentred(gram)
    for i in 0..<40 {
      let expected = (0..<40).reduce(0) { $0 + 2 * u[i, $1] * u[i, $1] } / (40 * 37)
      #expect(abs(parts[i] - expected) < 1e-9 * expected)
    }
  }

  @Test("are not made up where a minibatch came without them")
  func unknown() {
    var study = Study(
      models: [StudyModel(name: "A", layers: [StudyLayer(name: "a")])], options: StudyOptions())
    #expect(study.figures != nil)
    study.add(samples: 8, hsic: [1])
    #expect(study.figures == nil && study.warnings(layer: 0).isEmpty)
    #expect(study.unknownFigures?.contains("an earlier version began it") == true)
  }
}
