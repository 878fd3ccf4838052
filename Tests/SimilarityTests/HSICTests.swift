import Testing
import TestSupport

@testable import Similarity

@Suite("HSIC")
struct HSICTests {
  private let float64 = StudyOptions(weighting: .equal, precision: .float64)

  private func hsic(_ x: Table, _ y: Table, _ options: StudyOptions) throws -> Double {
    let result = try study(of: ArraySource([[[x.matrix], [y.matrix]]]), options)
    return result.sums[result.triangle.index(0, 1)]
  }

  @Test("of the feature form, of three terms and U-centred is the same")
  func threeForms() throws {
    var noise = Noise()
    let x = noise.gaussians(40, 6)
    let y = x * noise.gaussians(6, 9) + noise.gaussians(40, 9)
    let (k, l) = (linearGram(centred(x)), linearGram(centred(y)))
    let truth = unbiasedHSIC(k, l)
    #expect(abs(uCentredHSIC(k, l) / truth - 1) < 1e-12)
    #expect(abs(try hsic(x, y, float64) / truth - 1) < 1e-12)
    let source = ArraySource([[[x.matrix], [y.matrix]]])
    let features = try study(of: source, float64, gramBytes: 0)
    #expect(abs(features.sums[features.triangle.index(0, 1)] / truth - 1) < 1e-12)
  }

  @Test("biased is tr(KHLH)/(n − 1)², from Gram matrices and from features")
  func biased() throws {
    var noise = Noise()
    let x = noise.gaussians(21, 4)
    let y = x * noise.gaussians(4, 5) + noise.gaussians(21, 5)
    let truth = biasedHSIC(linearGram(x), linearGram(y))
    let options = StudyOptions(
      estimator: .biased, weighting: .equal, precision: .float64)
    #expect(abs(try hsic(x, y, options) / truth - 1) < 1e-12)
    let source = ArraySource([[[x.matrix], [y.matrix]]])
    let features = try study(of: source, options, gramBytes: 0)
    #expect(abs(features.sums[features.triangle.index(0, 1)] / truth - 1) < 1e-12)
  }

  @Test(
    "of RBF kernels follows the stated median",
    arguments: [18, 19], Kernel.MedianRule.allCases)
  func rbf(samples: Int, rule: Kernel.MedianRule) throws {
    var noise = Noise(seed: UInt64(samples))
    let x = noise.gaussians(samples, 5)
    let y = x + noise.gaussians(samples, 5)
    let isOffDiagonal = rule == .offDiagonal
    let k = rbfGram(x, fraction: 0.7, offDiagonal: isOffDiagonal)
    let l = rbfGram(y, fraction: 0.7, offDiagonal: isOffDiagonal)
    let kernel = Kernel.rbf(fraction: 0.7, median: rule)
    for (estimator, reference) in [(Estimator.biased, biasedHSIC), (.unbiased, unbiasedHSIC)] {
      let options = StudyOptions(
        estimator: estimator, kernel: kernel, weighting: .equal, precision: .float64)
      #expect(abs(try hsic(x, y, options) / reference(k, l) - 1) < 1e-11)
    }
  }

  @Test("of many layers, of which tiles hold 64, is that of each pair")
  func tiles() throws {
    var noise = Noise()
    let layers = (0..<70).map { _ in noise.gaussians(8, 3) }
    let result = try study(of: ArraySource([[layers.map(\.matrix)]]), float64)
    for (i, j) in [(0, 1), (0, 69), (63, 64), (64, 69), (69, 69), (5, 66)] {
      let truth = unbiasedHSIC(linearGram(layers[i]), linearGram(layers[j]))
      #expect(abs(result.sums[result.triangle.index(i, j)] - truth) < 1e-11)
    }
  }

  @Test("by features crosses block borders")
  func featureBlocks() throws {
    var noise = Noise()
    let x = noise.gaussians(700, 3)
    let y = Table(rows: 700, columns: 1030) { x[$0, $1 % 3] + 0.1 * noise.gaussian() }
    let source = ArraySource([[[x.matrix], [y.matrix]]])
    let byFeatures = try study(of: source, float64, gramBytes: 0)
    let byGrams = try study(of: source, float64)
    #expect(distance(byFeatures.sums, byGrams.sums) < 1e-10 * byGrams.sums[2])
  }

  @Test("by features knows dead and broken layers too")
  func featureFaults() throws {
    var noise = Noise()
    let x = noise.gaussians(30, 3)
    var broken = x
    broken[4, 1] = .nan
    let constant = x.map { _ in 0.3 }
    let layers = [x, broken, constant].map(\.matrix)
    let result = try study(of: ArraySource([[layers]]), gramBytes: 0)
    #expect(result.isLive(0))
    #expect(result.reason(1) == "minibatch 1: 1 of 90 activations are NaN or infinite")
    #expect(result.reason(2) == "the output does not vary over the samples of any minibatch")
  }
}

extension Table {
  fileprivate static func + (a: Table, b: Table) -> Table {
    Table(rows: a.rows, columns: a.columns) { a[$0, $1] + b[$0, $1] }
  }
}
