import Core
import Testing
import TestSupport

@testable import Similarity

/// Warnings are told where something is wrong, and only there.
@Suite("Warnings")
struct StudyWarningTests {
  private func study(
    _ minibatches: [[Table]], _ options: StudyOptions = StudyOptions(precision: .float64)
  ) throws -> Study {
    let source = ArraySource(minibatches.map { [$0.map(\.matrix)] })
    return try Computation(source: source, options: options, threads: 2).run()
  }

  /// What networks give: Gaussian inputs, and layers of rectified random projections with biases.
  private func network(_ samples: Int, _ noise: inout Noise, _ weights: [Table]) -> [Table] {
    var layers = [noise.gaussians(samples, weights[0].rows)]
    for weight in weights {
      layers.append((layers[layers.count - 1] * weight).map { max(0, $0 + 0.1) })
    }
    return layers
  }

  @Test(
    "none on ordinary data",
    arguments: [(128, 14), (128, 1), (32, 20), (16, 40), (64, 8)], [UInt64(1), 2])
  func quiet(sizes: (samples: Int, minibatches: Int), seed: UInt64) throws {
    var noise = Noise(seed: seed)
    let weights = [(16, 24), (24, 24), (24, 12)].map { size in
      noise.gaussians(size.0, size.1).map { $0 * (2 / Double(size.0)).squareRoot() }
    }
    let study = try study(
      (0..<sizes.minibatches).map { _ in network(sizes.samples, &noise, weights) })
    #expect(study.warnings == [])
  }

  @Test("none of factor models with a short last minibatch", arguments: Population.allCases)
  func quietFactors(population: Population) throws {
    var noise = Noise(seed: 3)
    let sizes = [Int](repeating: 32, count: 14) + [5]
    let found = try study(sizes.map { population.minibatch($0, &noise) })
    #expect(found.warnings == [])
  }

  @Test("of one sample, and of its minibatch")
  func oneSample() throws {
    var noise = Noise(seed: 2)
    var minibatches = (0..<10).map { _ in [noise.gaussians(16, 6), noise.gaussians(16, 4)] }
    // Two far samples: U-centring takes out what one alone would give.
    for k in 0..<6 {
      minibatches[3][0][5, k] *= 60
      minibatches[3][0][6, k] = minibatches[3][0][5, k] / 4 + minibatches[3][0][6, k]
    }
    let found = try study(minibatches).warnings
    // So far a sample is a direction of its own, too.
    guard found.count == 3, case .oneDirection("a", _) = found[2],
      case .minibatchShare("a", 3, let whole, let weight) = found[0],
      case .sampleShare("a", 3, 5, let share) = found[1]
    else {
      Issue.record("\(found)")
      return
    }
    #expect(whole > 0.9 && abs(weight - 0.1) < 1e-12 && share > 0.8 && share <= whole)
    #expect(found[0].description.contains("minibatch 4 alone makes up"))
    #expect(found[1].description.contains("sample 6 of minibatch 4"))
    // Only where the layer takes part.
    let again = try study(minibatches)
    #expect(again.warnings(0, 1).count == 3 && again.warnings(1, 1).isEmpty)
  }

  @Test("of one direction, but not of a layer of one feature")
  func oneDirection() throws {
    var noise = Noise(seed: 4)
    let minibatches = (0..<8).map { _ in
      let factor = noise.gaussians(32, 1)
      let own = noise.gaussians(32, 8)
      return [Table(rows: 32, columns: 8) { factor[$0, 0] + 0.05 * own[$0, $1] }, factor]
    }
    var source = ArraySource(minibatches.map { [$0.map(\.matrix)] })
    source.models[0].layers[1].shape = [1]
    let found = try Computation(
      source: source, options: StudyOptions(), threads: 1
    ).run().warnings
    guard found.count == 1, case .oneDirection("a", let participation) = found[0] else {
      Issue.record("\(found)")
      return
    }
    #expect((1...1.05).contains(participation))
    let text = "a: one direction decides; the participation ratio is 1.0"
    #expect(found[0].description.hasPrefix(text))
  }

  @Test("of biased HSIC with fewer samples than features, with the unbiased value")
  func biased() throws {
    var noise = Noise(seed: 5)
    let minibatches = (0..<8).map { _ in [noise.gaussians(32, 512), noise.gaussians(32, 512)] }
    let options = StudyOptions(estimator: .biased, precision: .float64)
    let study = try study(minibatches, options)
    let found = study.warnings
    guard found.count == 1,
      case .biased("a × b", let biased, let unbiased, 32, let features) = found[0]
    else {
      Issue.record("\(found)")
      return
    }
    #expect(biased == study.cka(0, 1) && biased > 0.9 && abs(unbiased) < 0.1 && features == nil)
    #expect(study.warnings(0, 1).map(\.mark) == ["unbiased \(found[0].mark.dropFirst(9))"])
    // Plenty of samples: both say the same.
    let many = try self.study([[noise.gaussians(1000, 4), noise.gaussians(1000, 4)]], options)
    #expect(many.warnings == [])
  }

  @Test("of intervals from few minibatches")
  func rough() {
    func warnings(_ sizes: [Int]) -> [StudyWarning] {
      var study = Study(
        models: [StudyModel(name: "A", layers: [StudyLayer(name: "a")])], options: StudyOptions())
      for size in sizes { study.add(samples: size, hsic: [1]) }
      return study.warnings
    }
    #expect(warnings([128]) == [])
    #expect(warnings([Int](repeating: 128, count: 8)) == [])
    #expect(warnings([Int](repeating: 128, count: 5)) == [.roughIntervals(minibatches: 5)])
    // Seven and a rest are no eight.
    #expect(warnings([Int](repeating: 128, count: 7) + [9]).count == 1)
  }

  @Test("of many layers are counted")
  func lines() {
    let all = (0..<9).map { StudyWarning.oneDirection(layer: "l\($0)", participation: 1.01) }
    let lines = StudyWarning.lines(all + [.roughIntervals(minibatches: 3)])
    #expect(lines.count == 6 && lines[5] == "5 more layers hang on one direction")
  }
}
