import Glibc
import Testing
import TestSupport

@testable import Similarity

@Suite("Uncertainty")
struct StudyUncertaintyTests {
  private let models = ["A", "B"].map {
    StudyModel(name: $0, layers: [StudyLayer(name: "a"), StudyLayer(name: "b")])
  }

  /// HSICs of four layers in one minibatch: squares and products of noisy common factors, so that
  /// layers with themselves are positive and ratios are skewed, as in practice.
  private func draw(_ noise: inout Noise) -> [Double] {
    let common = (0..<6).map { _ in noise.uniform() }
    let factors = (0..<4).map { layer in
      let spread = layer < 2 ? 0.3 : 0.5
      return common.map { $0 + noise.uniform() + spread * noise.uniform() }
    }
    var hsic: [Double] = []
    for i in 0..<4 {
      for j in i..<4 {
        hsic.append(zip(factors[i], factors[j]).reduce(0) { $0 + $1.0 * $1.1 })
      }
    }
    return hsic
  }

  private func study(_ count: Int, _ noise: inout Noise, _ keep: KeepPolicy = .standard) -> Study {
    var study = Study(models: models, options: StudyOptions(weighting: .samples, keep: keep))
    for index in 0..<count { study.add(samples: 8 + index % 3, hsic: draw(&noise)) }
    return study
  }

  @Test("is the jackknife, written out")
  func jackknife() throws {
    var noise = Noise()
    let study = study(9, &noise)
    let triangle = study.triangle
    func ratio(without left: Int?, _ i: Int, _ j: Int) -> Double {
      var (c, a, b) = (0.0, 0.0, 0.0)
      for (k, values) in study.kept.enumerated() where k != left {
        let weight = Double(study.minibatches[k].samples)
        c += weight * Double(values[triangle.index(i, j)])
        a += weight * Double(values[triangle.index(i, i)])
        b += weight * Double(values[triangle.index(j, j)])
      }
      return c / (a * b).squareRoot()
    }
    let weights = study.minibatches.map { Double($0.samples) }
    let shares = weights.map { $0 / weights.reduce(0, +) }
    #expect(abs(study.effectiveMinibatches - 1 / shares.reduce(0) { $0 + $1 * $1 }) < 1e-12)
    for (i, j) in [(0, 1), (0, 2), (3, 1), (2, 3)] {
      let left = (0..<9).map { ratio(without: $0, i, j) }
      let mean = zip(shares, left).reduce(0) { $0 + $1.0 * $1.1 }
      let error = zip(shares, left).reduce(0) {
        $0 + (1 - $1.0) * ($1.1 - mean) * ($1.1 - mean)
      }.squareRoot()
      let found = try #require(study.uncertainty(i, j))
      #expect(abs(found.standardError - error) < 1e-12)
      let quantile = StudentT.quantile975(degrees: study.effectiveMinibatches - 1)
      #expect(abs(found.halfWidth - quantile * error) < 1e-12)
    }
    #expect(study.uncertainty(1, 1)?.halfWidth == 0)
  }

  @Test("of equal weights is the jackknife of the books")
  func equalWeights() throws {
    var (noise, same) = (Noise(), Noise())
    var study = Study(models: models, options: StudyOptions())
    for _ in 0..<9 { study.add(samples: 16, hsic: draw(&noise)) }
    var hsic: [[Double]] = []
    for _ in 0..<9 { hsic.append(draw(&same)) }
    let left = (0..<9).map { left in
      let sums = hsic.indices.filter { $0 != left }.reduce(into: [0.0, 0, 0]) { sums, k in
        for (index, entry) in [(0, 2), (0, 0), (2, 2)].enumerated() {
          sums[index] += hsic[k][study.triangle.index(entry.0, entry.1)]
        }
      }
      return sums[0] / (sums[1] * sums[2]).squareRoot()
    }
    let mean = left.reduce(0, +) / 9
    let error = (8.0 / 9 * left.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }).squareRoot()
    let found = try #require(study.uncertainty(0, 2))
    #expect(abs(found.standardError / error - 1) < 1e-5)
    #expect(abs(found.halfWidth / (2.3060 * error) - 1) < 1e-4)
    #expect(study.effectiveMinibatches == 9)
  }

  @Test("covers the truth in 95 % of many draws", arguments: [8, 30])
  func coverage(minibatches: Int) throws {
    var noise = Noise()
    let truth = study(30_000, &noise, .sumsOnly).cka(0, 2)
    let draws = 1500
    var covered = 0
    for _ in 0..<draws {
      let study = study(minibatches, &noise)
      let width = try #require(study.uncertainty(0, 2)).halfWidth
      if abs(study.cka(0, 2) - truth) <= width { covered += 1 }
    }
    // The proportion itself scatters by 0.6 %.
    #expect(abs(Double(covered) / Double(draws) - 0.95) < 0.025)
  }

  @Test("agrees with the scatter of many studies")
  func scatter() throws {
    var noise = Noise()
    let draws = 1000
    var (values, errors) = ([Double](), 0.0)
    for _ in 0..<draws {
      let study = study(25, &noise)
      values.append(study.cka(1, 3))
      errors += try #require(study.uncertainty(1, 3)).standardError / Double(draws)
    }
    let mean = values.reduce(0, +) / Double(draws)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(draws - 1)
    #expect(abs(errors / variance.squareRoot() - 1) < 0.06)
  }

  @Test("of kept minibatches stands for all by √(k/m)")
  func partlyKept() throws {
    var (first, second) = (Noise(), Noise())
    let some = study(40, &first, .upTo(bytes: 10 * 10 * 4))
    let ten = study(10, &second)
    let share = Double(ten.countedSamples) / Double(some.countedSamples)
    let expected = try #require(ten.uncertainty(0, 3)).standardError * share.squareRoot()
    #expect(abs(try #require(some.uncertainty(0, 3)).standardError - expected) < 1e-12)
  }

  @Test("of a block is that of its cells, whichever model has the rows")
  func blocks() {
    var noise = Noise()
    let study = study(6, &noise)
    let intervals = StudyIntervals(study)
    for row in 0..<2 {
      for column in 0..<2 {
        let widths = study.halfWidths(rowModel: row, columnModel: column)
        let all = intervals.halfWidths(rowModel: row, columnModel: column)
        #expect(all.values() == widths.values())
        for (y, i) in study.layers(of: row).enumerated() {
          for (x, j) in study.layers(of: column).enumerated() {
            #expect(widths[y, x] == study.uncertainty(i, j)?.halfWidth)
          }
        }
      }
    }
    let largest = study.halfWidths(rowModel: 0, columnModel: 1).values().max()
    let convergence = StudyIntervals(study).convergence(pairs: [(0, 1)])
    #expect(convergence.largestHalfWidth == largest && convergence.cells == 4)
    #expect(StudyIntervals(study).convergence().cells == 12)
  }

  @Test("is missing where nothing can be said")
  func missing() {
    var noise = Noise()
    let one = study(1, &noise)
    #expect(one.uncertainty(0, 1) == nil)
    #expect(StudyIntervals(one).convergence().largestHalfWidth == .infinity)
    var study = study(3, &noise)
    study.add(samples: 8, hsic: draw(&noise), faults: [2: "broken"])
    #expect(study.uncertainty(0, 2) == nil && study.uncertainty(0, 1) != nil)
    // Model B's row and column of layer 2 have no cells.
    #expect(StudyIntervals(study).convergence(pairs: [(0, 1)]).cells == 2)
    #expect(StudyIntervals(study).convergence(pairs: [(0, 1)]).largestHalfWidth.isFinite)
  }

  @Test("is missing for a layer that varies in one minibatch only")
  func singleMinibatch() {
    var study = Study(
      models: [StudyModel(name: "A", layers: [StudyLayer(name: "a"), StudyLayer(name: "b")])],
      options: StudyOptions())
    study.add(samples: 5, hsic: [1, 0.5, 1])
    study.add(samples: 5, hsic: [1, 0, 0])
    #expect(study.cka(0, 1).isFinite && study.uncertainty(0, 1) == nil)
    #expect(StudyIntervals(study).convergence().largestHalfWidth == .infinity)
  }

  @Test(
    "uses the t distribution",
    arguments: [
      (1, 12.7062), (2, 4.3027), (3, 3.1824), (4, 2.7764), (8, 2.3060), (9, 2.2622), (30, 2.0423),
      (1000, 1.9623),
    ])
  func quantiles(degrees: Int, expected: Double) {
    let tolerance = degrees == 3 ? 2e-3 : degrees == 4 ? 5e-4 : 5e-5
    #expect(abs(StudentT.quantile975(degrees: degrees) / expected - 1) < tolerance)
    let real = StudentT.quantile975(degrees: Double(degrees))
    #expect(real == StudentT.quantile975(degrees: degrees))
  }

  @Test(
    "uses it between whole degrees of freedom too",
    arguments: [
      (1.0001, 12.703203), (1.3, 7.500529), (1.5, 6.016663), (2.0005, 4.301622), (2.6, 3.478182),
      (2.98, 3.194564), (3.4, 2.980774), (7.5, 2.333040), (13.2, 2.157046),
    ])
  func fractions(degrees: Double, expected: Double) {
    let tolerance = degrees > 3 ? 1e-3 : 2e-4
    #expect(abs(StudentT.quantile975(degrees: degrees) / expected - 1) < tolerance)
    #expect(StudentT.quantile975(degrees: 0.7).isNaN)
  }
}
