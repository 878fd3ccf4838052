import Core
import Testing
import TestSupport

@testable import Similarity

/// Two models of two layers each, over minibatches whose HSICs `draw` makes.
private func comparison(
  _ path: String, hashes: [String?], options: StudyOptions = StudyOptions(),
  datasets: (String, String) = ("d", "d"), _ draw: (Int) -> [Double]
) -> Comparison {
  let models = [("p", datasets.0), ("q", datasets.1)].map { name, dataset in
    StudyModel(
      name: name, dataset: dataset, layers: ["x", "y"].map { StudyLayer(name: $0) })
  }
  var study = Study(models: models, options: options)
  for (index, hash) in hashes.enumerated() {
    study.add(samples: 16, sampleHash: hash, hsic: draw(index))
  }
  let block = StudyBlock(study: study, rowModel: 0, columnModel: 1)
  return Comparison(
    id: ResultID(path: path), format: "bundle", kind: .layers, rows: models[0].axis,
    columns: models[1].axis, matrix: block.matrix(), block: block)
}

/// HSICs of four layers: 1 and a half, give or take some noise.
private func draws(_ count: Int, seed: UInt64) -> [[Double]] {
  var noise = Noise(seed: seed)
  return (0..<count).map { _ in
    (0..<4).flatMap { i in
      (i..<4).map { j in (i == j ? 1 : 0.5) + 0.1 * noise.uniform() }
    }
  }
}

@Suite("Whether a difference is more than chance")
struct DifferenceInferenceTests {
  private let first = draws(9, seed: 1)
  private let second = draws(9, seed: 2)
  private let hashes: [String?] = (0..<9).map { "\($0)" }

  /// CKA of x of p and x of q without one minibatch, from the kept float32 values.
  private func without(_ left: Int?, _ draws: [[Double]]) -> Double {
    var (c, a, b) = (0.0, 0.0, 0.0)
    for (k, hsic) in draws.enumerated() where k != left {
      c += hsic[2]
      a += hsic[0]
      b += hsic[7]
    }
    return c / (a * b).squareRoot()
  }

  private func jackknife(_ value: (Int?) -> Double) -> Double {
    let left = (0..<9).map { value($0) }
    let mean = left.reduce(0, +) / 9
    return (8.0 / 9 * left.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }).squareRoot()
  }

  @Test("on the same minibatches the error is the jackknife's of the difference")
  func paired() throws {
    let a = comparison("a", hashes: hashes) { first[$0] }
    let b = comparison("b", hashes: hashes) { second[$0] }
    let test = try #require(Difference(a, minus: b).test)
    #expect(test.pairing == .same(minibatches: 9))
    let error = jackknife { without($0, first) - without($0, second) }
    #expect(isClose(test.standardErrors[0, 0], error, 1e-6 * error))
    // All minibatches weigh nearly the same.
    #expect(test.degrees[0, 0] > 6.9 && test.degrees[0, 0] <= 7)
  }

  @Test("minibatches in another order are paired by their samples")
  func otherOrder() throws {
    let a = comparison("a", hashes: hashes) { first[$0] }
    let b = comparison("b", hashes: hashes) { second[$0] }
    let turned = comparison("b", hashes: hashes.reversed()) { second[8 - $0] }
    let (test, same) = (
      try #require(Difference(a, minus: turned).test), try #require(Difference(a, minus: b).test)
    )
    #expect(test.pairing == .same(minibatches: 9))
    #expect(areClose(test.standardErrors.values(), same.standardErrors.values(), 1e-12))
  }

  @Test("on other minibatches errors add up in squares", arguments: [true, false])
  func unpaired(isKnown: Bool) throws {
    let a = comparison("a", hashes: hashes) { first[$0] }
    let b = comparison("b", hashes: (0..<9).map { isKnown ? "other \($0)" : nil }) { second[$0] }
    let test = try #require(Difference(a, minus: b).test)
    #expect(test.pairing == (isKnown ? .independent : .unknown))
    let errors = try [a, b].map {
      try #require($0.block?.uncertainty(row: 0, column: 0)?.standardError)
    }
    let error = (errors[0] * errors[0] + errors[1] * errors[1]).squareRoot()
    #expect(isClose(test.standardErrors[0, 0], error, 1e-9 * error))
    #expect(test.degrees[0, 0] > 7 && test.degrees[0, 0] <= 14)
  }

  @Test("minibatches that only one result has count for themselves")
  func partly() throws {
    let a = comparison("a", hashes: hashes) { first[$0] }
    let b = comparison("b", hashes: Array(hashes.prefix(6))) { second[$0] }
    let test = try #require(Difference(a, minus: b).test)
    #expect(test.pairing == .partly(shared: 6))
    let errors = try [a, b].map {
      try #require($0.block?.uncertainty(row: 0, column: 0)?.standardError)
    }
    let most = (errors[0] * errors[0] + errors[1] * errors[1]).squareRoot()
    #expect(test.standardErrors[0, 0] > 0 && test.standardErrors[0, 0] < 1.5 * most)
  }

  @Test(
    "results of one file share their minibatches without IDs; a layer with itself is not tested")
  func oneFile() throws {
    let a = comparison("a", hashes: hashes.map { _ in nil }) { first[$0] }
    let block = try #require(a.block)
    var b = a
    b.id.key = "itself"
    b.columns = a.rows
    b.block = StudyBlock(study: block.study, rowModel: 0, columnModel: 0)
    b.matrix = try #require(b.block).matrix()
    let test = try #require(Difference(a, minus: b).test)
    #expect(test.pairing == .same(minibatches: 9) && test.testedCells == 4)
    var c = b
    c.id.key = "again"
    let none = try #require(Difference(b, minus: c).test)
    #expect(none.testedCells == 0 && areNaN(none.pValues.values()))
  }

  @Test("a minibatch that carries most of a layer's HSIC costs degrees of freedom")
  func effective() throws {
    var heavy = first
    heavy[0] = heavy[0].map { 20 * $0 }
    let a = comparison("a", hashes: hashes) { heavy[$0] }
    let b = comparison("b", hashes: hashes) { second[$0] }
    let test = try #require(Difference(a, minus: b).test)
    // (Σw)²/Σw² is about 1.9 for eight weights of about 1 and one of 20.
    #expect(test.degrees[0, 0] == 1)
  }

  @Test("different kernels and estimators are refused; weightings, data and biases questioned")
  func doubts() {
    let plain = comparison("a", hashes: hashes) { first[$0] }
    func doubts(_ options: StudyOptions, datasets: (String, String) = ("d", "d"))
      -> [DifferenceDoubt]
    {
      let other = comparison("b", hashes: hashes, options: options, datasets: datasets) {
        first[$0]
      }
      return Difference(plain, minus: other).doubts
    }
    let rbf = Kernel.rbf(fraction: 0.5, median: .offDiagonal)
    #expect(doubts(StudyOptions()).isEmpty)
    #expect(doubts(StudyOptions(kernel: rbf)) == [.kernels(.linear, rbf)])
    #expect(doubts(StudyOptions(kernel: rbf)).contains { !$0.isRefused } == false)
    #expect(doubts(StudyOptions(estimator: .biased)) == [.estimators(.unbiased, .biased)])
    // With minibatches of one size, weights make no difference.
    let weighted = StudyOptions(
      weighting: plain.block?.study.options.weighting == .samples ? .equal : .samples)
    #expect(doubts(weighted).isEmpty)
    #expect(doubts(StudyOptions(), datasets: ("d", "e")) == [.datasets("d", "e")])
    #expect(doubts(StudyOptions(), datasets: ("d", "e")).allSatisfy { !$0.isRefused })
  }

  /// Model `number` of a study of two models of three layers with itself.
  private func selfComparison(_ number: Int, _ noise: inout Noise) -> Comparison {
    let layers = ["x", "y", "z"]
    let model = StudyModel(name: "m\(number)", layers: layers.map { StudyLayer(name: $0) })
    var study = Study(models: [model], options: StudyOptions())
    for index in 0..<9 {
      let hsic = [1, 0.5, 0.5, 1, 0.5, 1].map { $0 + 0.1 * noise.uniform() }
      study.add(samples: 16, sampleHash: "\(index)", hsic: hsic)
    }
    let block = StudyBlock(study: study, rowModel: 0, columnModel: 0)
    return Comparison(
      id: ResultID(path: "\(number)"), format: "bundle", kind: .layers, rows: model.axis,
      columns: model.axis, matrix: block.matrix(), block: block)
  }

  @Test("of networks with themselves a cell and its mirror image are one test")
  func symmetry() throws {
    var noise = Noise(seed: 8)
    let difference = Difference(selfComparison(1, &noise), minus: selfComparison(2, &noise))
    let test = try #require(difference.test)
    #expect(difference.isSymmetric && test.testedCells == 3)
    let summary = difference.summary()
    #expect(summary.cells == 6 && summary.tested == 3)
    let p = [test.pValues[0, 1], test.pValues[0, 2], test.pValues[1, 2]]
    let q = FalseDiscovery.adjusted(p)
    for (index, (i, j)) in [(0, 1), (0, 2), (1, 2)].enumerated() {
      #expect(test.qValues[i, j] == q[index] && test.qValues[j, i] == q[index])
    }
    #expect(test.qValues[1, 1].isNaN)
    #expect(difference.largestCells(10).allSatisfy { $0.row <= $0.column })
    #expect(difference.largestCells(10).count == 6)
    // Two networks whose layers have the same names are not symmetric.
    let other = Difference(
      comparison("a", hashes: hashes) { first[$0] },
      minus: comparison("b", hashes: hashes) {
        second[$0]
      })
    #expect(!other.isSymmetric && other.test?.testedCells == 4)
  }

  @Test("models that ran in another way are questioned")
  func settings() {
    var (a, b) = (
      comparison("a", hashes: hashes) { first[$0] }, comparison("b", hashes: hashes) { first[$0] }
    )
    a.origin = ResultOrigin(settings: ["tokens": "mean", "device": "cpu"])
    b.origin = ResultOrigin(settings: ["tokens": "class", "device": "cuda"])
    #expect(Difference(a, minus: b).doubts == [.settings("tokens", "mean", "class")])
  }
}
