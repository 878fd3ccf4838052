import Core
import Testing
import TestSupport

@testable import Similarity

/// The permutation null: samples of the second layer permuted within each minibatch.
@Suite("Permutation null")
struct NullTests {
  private func options(_ estimator: Estimator = .unbiased, draws: Int = 19) -> StudyOptions {
    StudyOptions(
      estimator: estimator, precision: .float64, null: NullPlan(draws: draws, seed: 7))
  }

  /// Two models of 3 and 2 layers, minibatches of 9, 3 and 8 samples.
  private func tables() -> [[[Table]]] {
    var noise = Noise(seed: 3)
    return [9, 3, 8].map { n in
      [3, 2].map { count in (0..<count).map { noise.gaussians(n, 3 + $0) } }
    }
  }

  private func source(_ tables: [[[Table]]]) -> ArraySource {
    ArraySource(tables.map { $0.map { $0.map(\.matrix) } })
  }

  @Test(
    "a draw is the study of permuted samples, written out",
    arguments: Estimator.allCases, [Kernel.linear, .rbf(fraction: 1, median: .offDiagonal)])
  func writtenOut(estimator: Estimator, kernel: Kernel) throws {
    let tables = tables()
    var options = options(estimator)
    options.kernel = kernel
    let plan = try #require(options.null)
    let study = try study(of: source(tables), options)
    for draw in [0, 18] {
      for (i, j) in [(0, 3), (1, 2), (2, 4), (0, 0)] {
        var sum = 0.0
        for (index, minibatch) in tables.enumerated() where minibatch[0][0].rows > 3 {
          let layers = minibatch.flatMap { $0 }
          let n = layers[0].rows
          let order = plan.permutation(of: n, minibatch: index, draw: draw)
          let moved = Table(rows: n, columns: layers[j].columns) { layers[j][order[$0], $1] }
          func gram(_ x: Table) -> Table {
            kernel == .linear ? linearGram(x) : rbfGram(x, fraction: 1, offDiagonal: true)
          }
          let hsic = estimator == .biased ? biasedHSIC : unbiasedHSIC
          sum += Double(n * (n - 3)) * hsic(gram(layers[i]), gram(moved))
        }
        let found = try #require(study.null).sum(draw: draw, i, j)
        #expect(abs(found - sum) < 1e-9 * max(1, abs(sum)))
      }
    }
  }

  @Test("gives the same bits on any number of threads, and taken up again after any minibatch")
  func sameBits() throws {
    let source = source(tables())
    let expected = try study(of: source, options(), threads: 1)
    for threads in [2, 5] {
      #expect(try study(of: source, options(), threads: threads).null == expected.null)
    }
    let computation = Computation(source: source, options: options(), threads: 2)
    for stop in 1...2 {
      let part = try computation.run { $0.minibatches.count < stop }
      let stored = try restored(part)
      let again = try computation.run(from: stored)
      #expect(again.null == expected.null && again.figures == expected.figures)
    }
    #expect(throws: StudyError.self) {
      try Study(
        models: expected.models, options: expected.options, minibatches: expected.minibatches,
        faults: expected.faults, sums: expected.sums, scales: expected.scales,
        kept: expected.kept)
    }
  }

  @Test("of frames of Gram matrices is that of features")
  func frames() throws {
    let tables = tables()
    let expected = try study(of: source(tables), options())
    var accumulator = StudyAccumulator(
      Study(models: expected.models, options: options()), threads: 2)
    for minibatch in tables {
      let layers = minibatch.flatMap { $0 }
      try accumulator.add(
        GramFrame(
          samples: layers[0].rows, layers: layers.map { .gram(linearGram(centred($0)).matrix) }))
    }
    let found = try #require(accumulator.study.null)
    #expect(distance(found.values, try #require(expected.null).values) < 1e-9)
  }

  @Test("a permutation has every sample once, and depends on seed, minibatch and draw")
  func permutations() {
    let plan = NullPlan(draws: 19, seed: 1)
    let order = plan.permutation(of: 50, minibatch: 2, draw: 3)
    #expect(order.sorted() == Array(0..<50))
    #expect(order == NullPlan(draws: 99, seed: 1).permutation(of: 50, minibatch: 2, draw: 3))
    #expect(order != plan.permutation(of: 50, minibatch: 3, draw: 2))
    #expect(order != NullPlan(draws: 19, seed: 2).permutation(of: 50, minibatch: 2, draw: 3))
    // Every place is as likely for every sample.
    var counts = [Int](repeating: 0, count: 4)
    for draw in 0..<4000 {
      counts[plan.permutation(of: 4, minibatch: 0, draw: draw)[0]] += 1
    }
    #expect(counts.allSatisfy { abs($0 - 1000) < 120 })
  }

  /// χ² of counts that should all be alike, less its mean, in standard deviations.
  private func excess(_ counts: [Int]) -> Double {
    let expected = Double(counts.reduce(0, +)) / Double(counts.count)
    let square = counts.reduce(0) {
      $0 + (Double($1) - expected) * (Double($1) - expected) / expected
    }
    let degrees = Double(counts.count - 1)
    return (square - degrees) / (2 * degrees).squareRoot()
  }

  /// Rows of `rows` with their best columns of `columns`.
  private func matches(
    _ study: Study, rows: Int, columns: Int
  ) -> [NullFinding?] {
    let block = StudyBlock(study: study, rowModel: rows, columnModel: columns)
    let comparison = Comparison(
      id: ResultID(path: "r"), format: "bundle", kind: .layers, rows: study.models[rows].axis,
      columns: study.models[columns].axis, matrix: block.matrix(), block: block)
    return BestMatch(MatrixView(comparison.matrix)).nullFindings(in: comparison)
  }

  @Test("p is uniform for independent layers, and so is that of the best match, either way round")
  func calibrated() throws {
    var noise = Noise(seed: 13)
    let draws = Simulation.draws(300)
    let none = [Int](repeating: 0, count: 20)
    var (cells, forward, backward) = (none, none, none)
    for _ in 0..<draws {
      let minibatches = (0..<2).map { _ in
        [1, 4, 3].map { count in
          (0..<count).map { _ in noise.gaussians(10, 4).matrix }
        }
      }
      let study = try study(of: ArraySource(minibatches), options(), threads: 1)
      cells[Int((study.nullP(0, 1) * 20).rounded()) - 1] += 1
      let first = try #require(matches(study, rows: 0, columns: 1).first ?? nil)
      forward[Int((first.p * 20).rounded()) - 1] += 1
      // The other way round: what is kept of a draw is no symmetric matrix.
      let second = try #require(matches(study, rows: 2, columns: 1).first ?? nil)
      backward[Int((second.p * 20).rounded()) - 1] += 1
    }
    Simulation.tell(
      "p of independent layers, twentieths: \(cells), of best matches: \(forward), \(backward)")
    // Three standard deviations: p of each is one of 20 values, all as likely.
    for counts in [cells, forward, backward] {
      #expect(abs(excess(counts)) < 3, "\(counts)")
      // Each cell of four by itself would be called a match five times as often as it should.
      #expect(Double(counts[0]) / Double(draws) < 0.1)
    }
  }

  @Test("finds layers that share a factor, and not the others")
  func power() throws {
    var noise = Noise(seed: 17)
    let minibatches = (0..<8).map { _ in
      let factor = noise.gaussians(24, 3)
      let (a, b) = (noise.gaussians(24, 3), noise.gaussians(24, 3))
      let shared = [a, b].map { own in
        Table(rows: 24, columns: 3) { factor[$0, $1] + own[$0, $1] }.matrix
      }
      return [[shared[0]], [shared[1], noise.gaussians(24, 3).matrix]]
    }
    let study = try study(of: ArraySource(minibatches), options(draws: 199))
    let block = StudyBlock(study: study, rowModel: 0, columnModel: 1)
    #expect(block.nullP(row: 0, column: 0) == 1 / 200.0)
    let (a, b) = (
      try #require(block.nullFinding(row: 0, column: 0)),
      try #require(block.nullFinding(row: 0, column: 1))
    )
    #expect(a.quantile < study.cka(0, 1) && b.quantile > study.cka(0, 2))
    #expect(b.p > 0.05)
    let shown = try #require(block.matrixAboveNull())
    #expect(shown[0, 0] == study.cka(0, 1) && shown[0, 1].isNaN)
    #expect(block.countAboveNull().map { [$0.above, $0.cells] } == [1, 2])
    // The row's best match is above the null of the best of both, and its p no smaller than that of
    // the cell.
    let match = try #require(matches(study, rows: 0, columns: 1)[0])
    #expect(match.isAbove && match.p == 1 / 200.0 && match.quantile >= a.quantile)
    // A layer that is matched with itself has no null.
    #expect(matches(study, rows: 1, columns: 1) == [nil, nil])
    let tables = try #require(block.nullFindings())
    #expect(tables.p[0, 1] == b.p && tables.quantile[0, 0] == a.quantile)
  }

  @Test("p and the quantile agree")
  func quantile() {
    let draws = (1...19).map(Double.init)
    #expect(Study.finding(19.5, among: draws) == NullFinding(p: 0.05, quantile: 19))
    #expect(Study.finding(19, among: draws).p == 0.1)
    #expect(Study.finding(5, among: Array(draws.prefix(9))).quantile.isNaN)
    #expect(NullPlan(draws: 200).bytes(layers: 182) == 8 * 200 * 182 * 182)
    #expect(NullPlan(draws: .max).bytes(layers: .max) == .max)
    #expect(NullPlan.draws(fittingLayers: 1000, minibatches: 1) == 134)
  }

  @Test("is the same from products of features", arguments: Estimator.allCases)
  func featureForm(estimator: Estimator) throws {
    var noise = Noise(seed: 4)
    var tables = [30, 20].map { n in
      [3, 2].map { count in (0..<count).map { noise.gaussians(n, 3 + $0) } }
    }
    // One that is measured in another unit, and one that does not vary.
    for index in tables.indices {
      tables[index][0][1] = tables[index][0][1].map { $0 * 1e-90 }
      tables[index][1][1] = tables[index][1][1].map { _ in 1 }
    }
    let options = options(estimator)
    let expected = try study(of: source(tables), options)
    let found = try study(of: source(tables), options, gramBytes: 0)
    for (i, j) in [(0, 1), (0, 3), (1, 3), (2, 3)] {
      #expect(distance(found.nullValues(i, j), expected.nullValues(i, j)) < 1e-9)
      #expect(found.nullP(i, j) == expected.nullP(i, j))
    }
    let sums = try #require(found.null)
    #expect(found.nullValues(0, 4).isEmpty && sums.sum(draw: 3, 0, 4) == 0)
    let again = try study(of: source(tables), options, threads: 1, gramBytes: 0)
    #expect(again.null == found.null)
  }

  @Test("is refused before anything is computed where kernels would go through tiles")
  func tiles() throws {
    var radial = options()
    radial.kernel = .rbf(fraction: 1, median: .offDiagonal)
    var seen = 0
    let computation = Computation(
      source: source(tables()), options: radial, threads: 1, gramBytes: 1000)
    let error = #expect(throws: ComputeError.self) {
      try computation.run { _ in
        seen += 1
        return true
      }
    }
    #expect(seen == 0 && error?.description.contains("do not fit; use a smaller") == true)
  }
}
