import Core
import Testing
import TestSupport

@testable import Similarity

/// Layers that grow or shrink by orders of magnitude from one minibatch to the next.
@Suite("Scales")
struct ScaleTests {
  /// Six minibatches of two layers, the first multiplied by `units` in turn.
  private func source(_ units: [Double]) -> ArraySource {
    var noise = Noise(seed: 33)
    return ArraySource(
      units.map { unit in
        let x = noise.gaussians(12, 4)
        let y = x * noise.gaussians(4, 5)
        return [[x.map { $0 * unit }.matrix], [y.matrix]]
      })
  }

  /// The jackknife's error from HSIC in float64.
  private func standardError(_ source: ArraySource) -> Double {
    let terms = source.matrices.map { models in
      let grams = models.map { layers in
        let x = layers[0]
        return linearGram(centred(Table(rows: x.rows, columns: x.columns) { x[$0, $1] }))
      }
      return [(0, 1), (0, 0), (1, 1)].map { uCentredHSIC(grams[$0.0], grams[$0.1]) }
    }
    let m = terms.count
    let values = (0..<m).map { left in
      let sums = (0..<3).map { k in
        terms.indices.reduce(0) { $0 + ($1 == left ? 0 : terms[$1][k]) }
      }
      return sums[0] / (sums[1].squareRoot() * sums[2].squareRoot())
    }
    let mean = values.reduce(0, +) / Double(m)
    let spread = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (spread * Double(m - 1) / Double(m)).squareRoot()
  }

  @Test(
    "keep HSICs finite and intervals right",
    arguments: [
      [1e-15, 1, 1, 1.5, 1, 1], [1e-30, 1, 1, 1.5, 1, 1], [1, 1e15, 1, 1e14, 1, 1e15],
      [1, 1e30, 1e30, 1e30, 1e29, 1e30], [1e18, 1, 1e18, 1, 1e17, 1e18],
    ])
  func growth(units: [Double]) throws {
    let source = source(units)
    let options = StudyOptions(weighting: .equal, precision: .float64)
    let result = try study(of: source, options)
    #expect(result.kept.allSatisfy { $0.allSatisfy(\.isFinite) })
    let error = try #require(result.uncertainty(0, 1)).standardError
    #expect(abs(error / standardError(source) - 1) < 1e-4)
    // Within 10^18 of one another every minibatch has its score.
    let spread = (units.max() ?? 1) / (units.min() ?? 1)
    for (index, minibatch) in source.matrices.enumerated() where spread < 1e17 {
      let alone = try study(of: ArraySource([minibatch]), options).cka(0, 1)
      #expect(abs(result.scores(0, 1)[index] - alone) < 1e-6)
    }
  }

  @Test(
    "do not depend on where a run was cut",
    arguments: [
      [1e-15, 1, 1, 1e-15, 1, 1], [1e30, 1, 1, 1e30, 1, 1],
      [0, 1e-105, 1e-100, 1e-100, 1e-110, 1e-100], [1e130, 1e150, 1e150, 1e130, 1e150, 1e151],
    ])
  func resumed(units: [Double]) throws {
    let source = source(units)
    let computation = Computation(source: source, options: StudyOptions(), threads: 1)
    let whole = try computation.run()
    for stop in 1..<6 {
      let part = try computation.run { $0.minibatches.count < stop }
      let stored = try restored(part)
      let again = try computation.run(from: stored)
      #expect(again.sums.map(\.bitPattern) == whole.sums.map(\.bitPattern))
      #expect(again.kept == whole.kept && again.scales == whole.scales)
      #expect(again.units == whole.units && again.flat == whole.flat)
    }
  }

  @Test("a layer that leaves its unit by more than float64 holds has a reason")
  func outOfRange() throws {
    let result = try study(of: source([1e-100, 1e10, 1]))
    #expect(result.gap(0) == .fault(LayerFault(minibatch: 1, reason: .outOfRange)))
    #expect(result.cka(1, 1) == 1 && result.sums[2].isFinite)
  }

  @Test("a layer that is dead at first is measured from when it lives")
  func deadAtFirst() throws {
    let source = source([0, 1e-100, 1e-100])
    let result = try study(of: source)
    let scaled = try study(of: self.source([0, 1, 1]))
    #expect(abs(result.cka(0, 1) - scaled.cka(0, 1)) < 1e-6)
    #expect(result.flat == [0: .constant] && result.gap(0) == nil)
  }
}
