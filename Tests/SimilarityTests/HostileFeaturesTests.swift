import Testing
import TestSupport

@testable import Similarity

/// Activations at the edges of what can be computed: reasons, never infinities or a trap.
@Suite("Hostile features")
struct HostileFeaturesTests {
  private func noise(_ rows: Int, _ columns: Int) -> Table {
    var noise = Noise(seed: UInt64(rows + columns))
    return noise.gaussians(rows, columns)
  }

  @Test(
    "that overflow Grams keep their CKA, in float32 and in float64",
    arguments: [Kernel.linear, .rbf(fraction: 1, median: .offDiagonal)], Estimator.allCases)
  func huge(kernel: Kernel, estimator: Estimator) throws {
    let options = StudyOptions(estimator: estimator, kernel: kernel)
    let (x, y) = (noise(24, 5), noise(24, 7))
    let plain = try cka(x.rounded.floatMatrix, y.rounded.floatMatrix, options)
    for unit in [1e30, 1e-30] {
      let scaled = x.map { $0 * unit }.rounded.floatMatrix
      #expect(abs(try cka(scaled, y.rounded.floatMatrix, options) - plain) < 1e-5, "\(unit)")
    }
    let vast = x.map { $0 * 1e200 }.matrix
    let result = try study(of: ArraySource([[[vast, x.matrix], [y.matrix]]]), options)
    #expect(abs(result.cka(0, 2) - plain) < 1e-5 && abs(result.cka(0, 1) - 1) < 1e-6)
    #expect(result.cka(1, 2).isFinite && result.sums.allSatisfy(\.isFinite))
  }

  @Test("of a size whose HSIC leaves float64 have a value")
  func hugeHSIC() throws {
    // Products fit (1e160), their squares do not.
    let (x, y) = (noise(16, 3), noise(16, 4))
    let big = x.map { $0 * 1e80 }.matrix
    let result = try study(of: ArraySource([[[big, x.matrix], [y.matrix]]]))
    #expect(abs(result.cka(0, 1) - 1) < 1e-6)
    #expect(result.cka(1, 2).isFinite && result.uncertainty(1, 2) == nil)
    #expect(abs(result.scores(1, 2)[0] - result.cka(1, 2)) < 1e-6)
    #expect(abs(result.scores(0, 1)[0] - 1) < 1e-6)
  }

  @Test("of NaN alone are a reason for their layer, in every minibatch", arguments: [0, 1])
  func allNaN(minibatch: Int) throws {
    let x = noise(8, 3)
    let broken = x.map { _ in Double.nan }.floatMatrix
    let batches = (0..<2).map { index in
      [[index == minibatch ? broken : x.floatMatrix], [x.floatMatrix]]
    }
    let result = try study(of: ArraySource(batches))
    #expect(
      result.gap(0)
        == .fault(LayerFault(minibatch: minibatch, reason: .notFinite(count: 24, of: 24))))
    #expect(result.cka(1, 1) == 1 && result.countedMinibatches == 2)
  }

  @Test("of no feature, or of other samples than announced, are a reason")
  func shapes() throws {
    let x = noise(8, 3)
    let empty = Table(rows: 8, columns: 0) { _, _ in 0 }.matrix
    var source = ArraySource([[[empty, noise(7, 3).matrix], [x.matrix]]])
    source.sampleCounts = [8]
    let result = try study(of: source)
    #expect(result.reason(0) == "minibatch 1: no features")
    #expect(result.reason(1) == "minibatch 1: 7 rows of features for 8 samples")
    #expect(result.cka(2, 2) == 1)
  }

  @Test("one model of one layer is a study, of 1", arguments: [4, 5, 32])
  func oneLayer(samples: Int) throws {
    let result = try study(of: ArraySource([[[noise(samples, 2).floatMatrix]]]))
    #expect(
      result.cka(0, 0) == 1 && result.blockMatrix(rowModel: 0, columnModel: 0).values() == [1])
  }

  @Test("of fewer than four samples count nowhere", arguments: [1, 2, 3], Estimator.allCases)
  func fewSamples(samples: Int, estimator: Estimator) throws {
    let x = noise(samples, 3)
    let result = try study(
      of: ArraySource([[[x.matrix], [x.matrix]]]), StudyOptions(estimator: estimator))
    #expect(result.countedMinibatches == 0 && result.cka(0, 1).isNaN && result.cka(0, 0).isNaN)
    #expect(result.reason(0) == "no minibatch has been counted yet")
  }

  @Test("of mixed types in one study give what float64 gives")
  func mixedTypes() throws {
    // Values that every type holds.
    let x = noise(20, 6).map { ($0 * 8).rounded() / 8 }
    let y = noise(20, 9)
    let types = [
      x.matrix, x.floatMatrix,
      x.encoded(as: .bfloat16) {
        withUnsafeBytes(of: UInt16(Float($0).bitPattern >> 16)) { Array($0) }
      },
    ]
    let integers = x.map { $0 * 8 }.encoded(as: .int8) { [UInt8(bitPattern: Int8($0))] }
    let result = try study(of: ArraySource([[types + [integers], [y.matrix]]]))
    let truth = ratio(uCentredHSIC, linearGram(centred(x)), linearGram(centred(y)))
    for layer in 0..<4 { #expect(abs(result.cka(layer, 4) - truth) < 1e-6) }
  }
}
