import Core
import Glibc
import Testing
import TestSupport

@testable import Similarity

/// Networks of four layers with two features each, which see three factors of the data.
///
/// Networks 1 and 2 have the same loadings and noise of the same size: each has the same CKA with
/// network 0 in the long run, though no sample's features are the same.
private struct World {
  private let loadings: [[Double]]
  private let isHeavy: Bool
  private static let (layers, features, factors, samples) = (4, 2, 3, 16)

  /// - Parameter drift: by how much the loadings of network 2 are others than those of network 1.
  init(isHeavy: Bool, drift: Double = 0, _ noise: inout Noise) {
    self.isHeavy = isHeavy
    let count = Self.layers * Self.features
    let own = (0..<2).map { _ in
      (0..<count).map { _ in (0..<Self.factors).map { _ in noise.gaussian() } }
    }
    let drifted = own[1].map { $0.map { $0 + (drift > 0 ? drift * noise.gaussian() : 0) } }
    loadings = own[0] + own[1] + drifted
  }

  /// HSIC₀ of every two of the twelve layers over one minibatch, as a study's triangle stores it.
  private func minibatch(_ noise: inout Noise) -> [Double] {
    let rows = (0..<Self.samples).map { _ in sample(&noise) }
    let count = loadings.count
    var sums = [Double](repeating: 0, count: count)
    for row in rows { for k in 0..<count { sums[k] += row[k] } }
    let means = sums.map { $0 / Double(Self.samples) }
    var covariances = [Double](repeating: 0, count: count * count)
    for row in rows {
      for i in 0..<count {
        for j in i..<count {
          covariances[i * count + j] += (row[i] - means[i]) * (row[j] - means[j])
        }
      }
    }
    func squares(_ a: Int, _ b: Int) -> Double {
      (0..<4).reduce(0) { sum, index in
        let (i, j) = (2 * a + index / 2, 2 * b + index % 2)
        let value = covariances[min(i, j) * count + max(i, j)]
        return sum + value * value
      }
    }
    return (0..<count / 2).flatMap { a in (a..<count / 2).map { squares(a, $0) } }
  }

  /// Features of one sample; a heavy factor decides most of them, and has heavy tails.
  private func sample(_ noise: inout Noise) -> [Double] {
    var factors = (0..<Self.factors).map { _ in noise.gaussian() }
    if isHeavy { factors[0] *= 2.5 / (0.2 + noise.uniform()).squareRoot() }
    return loadings.map { loading in
      zip(loading, factors).reduce(0.7 * noise.gaussian()) { $0 + $1.0 * $1.1 }
    }
  }

  /// Networks `rows` and `columns` of a study of all three over new samples.
  func study(_ minibatches: Int, tag: String, _ noise: inout Noise) -> [Comparison] {
    let models = (0..<3).map { model in
      StudyModel(name: "n", layers: (0..<Self.layers).map { StudyLayer(name: "\(model)/\($0)") })
    }
    let shown = models.map { model in
      StudyModel(
        name: "n", layers: (0..<Self.layers).map { StudyLayer(name: "\($0)") })
    }
    var study = Study(models: shown, options: StudyOptions(estimator: .biased))
    for index in 0..<minibatches {
      study.add(samples: Self.samples, sampleHash: "\(tag) \(index)", hsic: minibatch(&noise))
    }
    return [1, 2].map { other in
      let block = StudyBlock(study: study, rowModel: 0, columnModel: other)
      return Comparison(
        id: ResultID(path: tag, key: "\(other)"), format: "", kind: .layers, rows: shown[0].axis,
        columns: shown[other].axis, matrix: block.matrix(), block: block)
    }
  }
}

/// What many tests of differences that are none say.
private struct Tally {
  var runs = 0
  var runsWithAny = 0
  /// Runs with any cell where degrees of freedom are the minibatches less one.
  private var runsWithAnyNaively = 0
  private var cells = 0
  private var below = [0.05: 0, 0.2: 0, 0.5: 0]

  mutating func add(_ difference: Difference) {
    let p = difference.test?.pValues.values() ?? []
    runs += 1
    cells += p.count
    for level in below.keys { below[level, default: 0] += p.count { $0 < level } }
    if (difference.summary().differing ?? 0) > 0 { runsWithAny += 1 }
    guard let test = difference.test, case .same(let minibatches) = test.pairing else { return }
    let naive = zip(difference.matrix.values(), test.standardErrors.values()).map {
      StudentT.twoSidedP($0 / $1, degrees: Double(minibatches - 1))
    }
    if FalseDiscovery.adjusted(naive).contains(where: { $0 <= 0.05 }) { runsWithAnyNaively += 1 }
  }

  mutating func add(_ other: Tally) {
    runs += other.runs
    runsWithAny += other.runsWithAny
    runsWithAnyNaively += other.runsWithAnyNaively
    cells += other.cells
    below.merge(other.below, uniquingKeysWith: +)
  }

  /// `shareOfRuns` of paired differences with n − 1 degrees of freedom.
  var naiveShareOfRuns: Double { Double(runsWithAnyNaively) / Double(runs) }

  /// The share of p values below a level.
  func share(_ level: Double) -> Double { Double(below[level, default: 0]) / Double(cells) }
  var shareOfRuns: Double { Double(runsWithAny) / Double(runs) }
}

/// Differences that are none: how often they are taken for some.
@Suite("Calibration of differences")
struct DifferenceCalibrationTests {
  private func tally(
    isHeavy: Bool, minibatches: Int, isPaired: Bool, runs: Int = Simulation.draws(150)
  ) -> Tally {
    var noise = Noise(seed: 11)
    var tally = Tally()
    for _ in 0..<runs {
      let world = World(isHeavy: isHeavy, &noise)
      let first = world.study(minibatches, tag: "first", &noise)
      if isPaired {
        tally.add(Difference(first[0], minus: first[1]))
      } else {
        tally.add(Difference(first[0], minus: world.study(minibatches, tag: "second", &noise)[0]))
      }
    }
    return tally
  }

  @Test("two samples of the same networks differ in under 5 % of runs, p uniform or too large")
  func independent() { check(isPaired: false) }

  @Test("networks that are alike on the same samples differ in under 5 % of runs")
  func paired() {
    let all = check(isPaired: true)
    // Why degrees of freedom are not just the minibatches less one.
    #expect(all.naiveShareOfRuns > all.shareOfRuns, "\(all.naiveShareOfRuns)")
  }

  @Test("the paired test tells more cells apart than intervals that do not touch")
  func power() {
    for minibatches in [8, 32] {
      var noise = Noise(seed: 12)
      var (cells, paired, apart) = (0, 0, 0)
      for _ in 0..<Simulation.draws(40) {
        let world = World(isHeavy: false, drift: 0.4, &noise)
        let networks = world.study(minibatches, tag: "first", &noise)
        let difference = Difference(networks[0], minus: networks[1])
        for (row, column) in (0..<4).flatMap({ i in (0..<4).map { (i, $0) } }) {
          let widths = difference.halfWidths(row: row, column: column)
          cells += 1
          paired += difference.differs(row: row, column: column) == true ? 1 : 0
          apart += abs(difference.matrix[row, column]) > widths.a + widths.b ? 1 : 0
        }
      }
      Simulation.tell(
        "\(minibatches) minibatches, cells told apart: paired \(100 * paired / cells) %, by overlap "
          + "\(100 * apart / cells) %")
      // With 8 minibatches degrees of freedom and the false discovery rate cost most of the gain.
      let least = minibatches == 8 ? apart : 5 * apart / 4
      #expect(paired > least && apart > 0, "\(paired) \(apart) of \(cells)")
    }
  }

  /// With and without a heavy factor, 6 and 16 minibatches: all settings together keep the level, and
  /// each of them within what so few runs can tell.
  @discardableResult
  private func check(isPaired: Bool) -> Tally {
    var all = Tally()
    for isHeavy in [false, true] {
      for minibatches in [6, 16] {
        let found = tally(isHeavy: isHeavy, minibatches: minibatches, isPaired: isPaired)
        let error = (0.05 * 0.95 / Double(found.runs)).squareRoot()
        #expect(found.shareOfRuns < 0.05 + 2 * error, "\(isHeavy) \(minibatches)")
        #expect(found.share(0.05) < 0.05 + 2 * error, "\(isHeavy) \(minibatches)")
        all.add(found)
      }
    }
    #expect(all.shareOfRuns < 0.05, "\(all.shareOfRuns)")
    #expect((0.005...0.05).contains(all.share(0.05)), "\(all.share(0.05))")
    #expect((0.1...0.2).contains(all.share(0.2)), "\(all.share(0.2))")
    #expect((0.4...0.52).contains(all.share(0.5)), "\(all.share(0.5))")
    return all
  }
}
