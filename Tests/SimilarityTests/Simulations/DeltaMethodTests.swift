import Foundation
import TestSupport
import Testing

@testable import Similarity

/// Intervals of sums alone: beside those of kept scores, and beside the truth.
@Suite("Delta method")
struct DeltaMethodTests {
  struct Setting: CustomTestStringConvertible {
    var population: Population
    var sizes: [Int]
    var weighting: Weighting
    var testDescription: String {
      "\(population), \(sizes.count) minibatches, last \(sizes.last ?? 0), \(weighting)"
    }
  }

  private static let settings: [Setting] = Population.allCases.flatMap { population in
    [
      ([Int](repeating: 32, count: 16), Weighting.pairs),
      ([Int](repeating: 32, count: 40), .pairs), ([Int](repeating: 32, count: 40) + [6], .pairs),
      ([Int](repeating: 32, count: 40) + [16], .equal),
      ([Int](repeating: 32, count: 160), .samples),
    ].map { Setting(population: population, sizes: $0.0, weighting: $0.1) }
  }

  private func study(
    _ setting: Setting, _ keep: KeepPolicy, _ hsic: [[Double]]
  ) -> Study {
    let models = ["A", "B"].map { StudyModel(name: $0, layers: [StudyLayer(name: "a")]) }
    let options = StudyOptions(weighting: setting.weighting, keep: keep)
    var study = Study(models: models, options: options)
    for (samples, values) in zip(setting.sizes, hsic) { study.add(samples: samples, hsic: values) }
    return study
  }

  @Test("agrees with the jackknife, and covers", arguments: settings)
  func coverage(setting: Setting) throws {
    var noise = Noise(seed: 31)
    let draws = Simulation.draws(100)
    var (delta, jackknife) = (Scorecard(), Scorecard())
    var (sum, squares, largest) = (0.0, 0.0, 0.0)
    for _ in 0..<draws {
      let hsic = try setting.sizes.map {
        try Population.hsic(setting.population.minibatch($0, &noise))
      }
      let sums = study(setting, .sumsOnly, hsic)
      let kept = study(setting, .standard, hsic)
      delta.add(sums, truth: setting.population.truth)
      jackknife.add(kept, truth: setting.population.truth)
      let pair = (try #require(sums.uncertainty(0, 1)), try #require(kept.uncertainty(0, 1)))
      let ratio = pair.0.standardError / pair.1.standardError
      (sum, squares) = (sum + ratio, squares + ratio * ratio)
      largest = max(largest, abs(ratio - 1))
    }
    let mean = sum / Double(draws)
    Simulation.tell(
      "\(setting.testDescription): delta \(delta.text); jackknife \(jackknife.text); "
        + String(format: "ratio of errors %.4f, farthest %.4f", mean, largest))
    let effective = setting.sizes.count
    #expect(abs(mean - 1) < 1.5 / Double(effective), "\(mean)")
    #expect(largest < 6 / Double(effective), "\(largest)")
    #expect((draws < 500 ? 0.85 : 0.93)...(draws < 500 ? 1 : 0.97) ~= delta.coverage)
  }

  @Test("is the definition, written out")
  func definition() throws {
    var noise = Noise(seed: 7)
    let models = [StudyModel(name: "A", layers: ["a", "b", "c"].map { StudyLayer(name: $0) })]
    for keep in [1.0, 1e-60, 1e70] {
      var study = Study(models: models, options: StudyOptions(keep: .sumsOnly))
      var rows: [(weight: Double, hsic: [Double])] = []
      for index in 0..<23 {
        let x = (0..<3).map { _ in noise.gaussian() }
        let samples = 8 + index % 3
        let hsic = [
          2 + x[0] * x[0], 1 + x[0] * x[1], x[2], 3 + x[1] * x[1], 0.5 * x[1], 1 + x[2] * x[2],
        ].map { $0 * keep }
        study.add(samples: samples, hsic: hsic)
        rows.append((Double(samples * (samples - 3)), hsic))
      }
      let total = (0..<6).map { entry in rows.reduce(0) { $0 + $1.weight * $1.hsic[entry] } }
      let root = (total[0] * total[3]).squareRoot()
      let value = total[1] / root
      let moves = rows.map { weight, hsic in
        weight * (hsic[1] / root - value / 2 * (hsic[0] / total[0] + hsic[3] / total[3]))
      }
      #expect(abs(moves.reduce(0, +)) < 1e-12)
      let weights = rows.map(\.weight)
      let sum = weights.reduce(0, +)
      let count = sum * sum / weights.reduce(0) { $0 + $1 * $1 }
      let error = (count / (count - 1) * moves.reduce(0) { $0 + $1 * $1 }).squareRoot()
      let found = try #require(study.uncertainty(0, 1))
      #expect(abs(found.standardError / error - 1) < 1e-9)
      #expect(study.uncertainty(1, 0) == found && study.uncertainty(1, 1)?.standardError == 0)
      #expect(study.halfWidths(rowModel: 0, columnModel: 0)[0, 1] == found.halfWidth)
      #expect(
        StudyIntervals(study).halfWidths(rowModel: 0, columnModel: 0)[1, 0] == found.halfWidth)
    }
  }

  @Test("has no interval where there is nothing to tell it from")
  func none() {
    let models = [StudyModel(name: "A", layers: ["a", "b"].map { StudyLayer(name: $0) })]
    var study = Study(models: models, options: StudyOptions(keep: .sumsOnly))
    #expect(study.uncertainty(0, 1) == nil)
    study.add(samples: 8, hsic: [4, 1, 9])
    #expect(study.uncertainty(0, 1) == nil && study.uncertainty(0, 0) == nil)
    study.add(samples: 8, hsic: [4, 2, 9])
    #expect(study.uncertainty(0, 1) != nil)
    study.add(samples: 8, hsic: [4e200, 2e100, 9])
    #expect(study.cka(0, 1).isFinite && study.uncertainty(0, 1) == nil)
  }
}
