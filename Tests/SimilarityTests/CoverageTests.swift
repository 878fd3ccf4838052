import Core
import Testing
import TestSupport

@testable import Similarity

/// Whether 95 % intervals hold the truth in 95 % of all studies, from activations to the end.
@Suite("Coverage of intervals")
struct CoverageTests {
  /// Minibatches of 16 samples of two layers, 4 and 6 features, which share two factors.
  private func minibatch(_ noise: inout Noise) -> [[Matrix]] {
    let factors = noise.gaussians(16, 2)
    return [4, 6].map { features in
      let own = noise.gaussians(16, features)
      let layer = Table(rows: 16, columns: features) { i, k in
        factors[i, k % 2] + (k < 2 ? 0.4 : 1.2) * own[i, k]
      }
      return [layer.matrix]
    }
  }

  /// The population's CKA: linear HSIC is ‖cov(x, y)‖², and covariances are known.
  private func truth() -> Double {
    func noise(_ k: Int) -> Double { k < 2 ? 0.16 : 1.44 }
    func squares(_ rows: Int, _ columns: Int, isSame: Bool) -> Double {
      var sum = 0.0
      for i in 0..<rows {
        for j in 0..<columns {
          let shared = i % 2 == j % 2 ? 1.0 : 0
          let covariance = shared + (isSame && i == j ? noise(i) : 0)
          sum += covariance * covariance
        }
      }
      return sum
    }
    let own = squares(4, 4, isSame: true) * squares(6, 6, isSame: true)
    return squares(4, 6, isSame: false) / own.squareRoot()
  }

  @Test("of minibatch CKA is 93 to 97 %", arguments: Estimator.allCases.prefix(1))
  func coverage(estimator: Estimator) throws {
    var noise = Noise(seed: 2)
    let (draws, minibatches) = (1000, 40)
    var (covered, mean) = (0, 0.0)
    for _ in 0..<draws {
      let source = ArraySource((0..<minibatches).map { _ in minibatch(&noise) })
      let result = try study(
        of: source, StudyOptions(estimator: estimator, precision: .float64), threads: 1)
      let width = try #require(result.uncertainty(0, 1)).halfWidth
      if abs(result.cka(0, 1) - truth()) <= width { covered += 1 }
      mean += result.cka(0, 1) / Double(draws)
    }
    let share = Double(covered) / Double(draws)
    #expect((0.93...0.97).contains(share), "\(share)")
    // The estimator's own bias is far below an interval's width.
    #expect(abs(mean - truth()) < 0.005)
  }
}
