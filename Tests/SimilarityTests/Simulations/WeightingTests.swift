import Testing
import TestSupport

@testable import Similarity

/// What a short last minibatch may count for.
@Suite("Short last minibatch")
struct WeightingTests {
  private enum Way: String, CaseIterable {
    case equal, pairs, samples, merged, dropped
  }

  struct Setting: CustomTestStringConvertible {
    /// Samples of each minibatch, where the whole simulation is wished for; otherwise the large ones
    /// are four times smaller.
    var fullSizes: [Int]
    var population: Population
    /// How many times as far off as `pairs` equal weights are at least.
    var penalty: Double
    var sizes: [Int] {
      Simulation.wished == nil ? fullSizes.map { $0 > 8 ? $0 / 4 : $0 } : fullSizes
    }
    var testDescription: String { "\(sizes.count) minibatches, last \(sizes.last ?? 0)" }
  }

  private static let short = [Int](repeating: 128, count: 14) + [5]

  /// One draw: HSICs of every minibatch, the last one merged with that before it as well.
  private func studies(_ setting: Setting, _ noise: inout Noise) throws -> [Way: Study] {
    let parts = setting.sizes.map { setting.population.minibatch($0, &noise) }
    let hsic = try zip(setting.sizes, parts).map { ($0, try Population.hsic($1)) }
    var merged = hsic
    if let last = setting.sizes.last, last < setting.sizes[0] {
      let (a, b) = (parts[parts.count - 2], parts[parts.count - 1])
      let both = try Population.hsic(zip(a, b).map { stacked($0, $1) })
      merged = Array(hsic.dropLast(2)) + [(setting.sizes[0] + last, both)]
    }
    let isShort = setting.sizes.last.map { 4 * $0 < setting.sizes[0] } ?? false
    return [
      .equal: study(hsic, .equal), .pairs: study(hsic, .pairs), .samples: study(hsic, .samples),
      .merged: study(merged, .equal),
      .dropped: study(isShort ? Array(hsic.dropLast()) : hsic, .equal),
    ]
  }

  @Test(
    "weights by pairs are as exact as merging, where equal weights are far off",
    arguments: [
      Setting(fullSizes: short, population: .twoFactors, penalty: 1.15),
      Setting(fullSizes: short, population: .oneFactor, penalty: 1.15),
      Setting(fullSizes: [128, 128, 128, 4], population: .twoFactors, penalty: 1.3),
      Setting(fullSizes: [128, 128, 128, 4], population: .oneFactor, penalty: 1.3),
      Setting(
        fullSizes: [Int](repeating: 128, count: 8) + [40], population: .twoFactors, penalty: 0.95),
      Setting(
        fullSizes: [Int](repeating: 128, count: 14), population: .twoFactors, penalty: 0.999),
    ])
  func settings(setting: Setting) throws {
    var noise = Noise(seed: 11)
    var cards: [Way: Scorecard] = [:]
    let draws = Simulation.draws(60)
    for _ in 0..<draws {
      for (way, study) in try studies(setting, &noise) {
        cards[way, default: Scorecard()].add(study, truth: setting.population.truth)
      }
    }
    for way in Way.allCases {
      Simulation.tell(
        "\(setting.testDescription), \(setting.population), \(way): \(cards[way]?.text ?? "")")
    }
    let (pairs, equal) = (try #require(cards[.pairs]), try #require(cards[.equal]))
    let merged = try #require(cards[.merged])
    #expect(equal.rootMeanSquare > setting.penalty * pairs.rootMeanSquare)
    #expect(pairs.rootMeanSquare < 1.1 * merged.rootMeanSquare)
    #expect(pairs.coverage > (draws < 500 ? 0.8 : 0.93))
  }

  @Test("counts for nothing in the interval either")
  func interval() throws {
    var noise = Noise(seed: 5)
    var hsic: [(Int, [Double])] = []
    for size in [128, 128, 128, 4] {
      hsic.append((size, try Population.hsic(Population.twoFactors.minibatch(size, &noise))))
    }
    let (all, three) = (study(hsic, .pairs), study(Array(hsic.dropLast()), .pairs))
    #expect(abs(all.effectiveMinibatches - 3) < 0.001 && three.effectiveMinibatches == 3)
    let (a, b) = (try #require(all.uncertainty(0, 1)), try #require(three.uncertainty(0, 1)))
    #expect(abs(a.halfWidth / b.halfWidth - 1) < 0.02)
    // Two minibatches of which one hardly counts are one, and one tells nothing of its scatter.
    #expect(study([hsic[0], hsic[3]], .pairs).uncertainty(0, 1) == nil)
  }

  @Test("is told where minibatches weigh equally all the same")
  func told() {
    let hsic = [1.0, 0.5, 1]
    let equal = study([(128, hsic), (128, hsic), (5, hsic)], .equal)
    #expect(equal.warnings.contains(.equalWeights(fewest: 5, most: 128)))
    #expect(
      !study([(128, hsic), (128, hsic), (5, hsic)], .pairs).warnings.contains {
        if case .equalWeights = $0 { true } else { false }
      })
    #expect(
      !study([(128, hsic), (100, hsic)], .equal).warnings.contains {
        if case .equalWeights = $0 { true } else { false }
      })
  }
}
