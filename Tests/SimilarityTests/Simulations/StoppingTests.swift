import Testing
import TestSupport

@testable import Similarity

/// Runs that stop as soon as their intervals are narrow enough.
@Suite("Stopping early")
struct StoppingTests {
  @Test("looks at 16 minibatches first, then at the same ones in every run")
  func looks() {
    #expect((0..<16).allSatisfy { !IntervalLooks.isDue($0) })
    #expect((16...127).allSatisfy(IntervalLooks.isDue))
    #expect([128, 130, 254, 256, 260].allSatisfy(IntervalLooks.isDue))
    #expect(![129, 255, 258].contains(where: IntervalLooks.isDue))
    #expect(IntervalLooks.before(16) == nil && IntervalLooks.before(17) == 16)
    #expect(IntervalLooks.before(130) == 128 && IntervalLooks.before(260) == 256)
  }

  /// HSICs of `count` minibatches of 16 samples.
  private func draw(
    _ count: Int, _ population: Population, _ noise: inout Noise
  ) throws -> [(samples: Int, values: [Double])] {
    try (0..<count).map { _ in (16, try Population.hsic(population.minibatch(16, &noise))) }
  }

  @Test("the look before is the same to the last bit, whoever takes it")
  func prefix() throws {
    var noise = Noise(seed: 4)
    let hsic = try draw(20, .twoFactors, &noise)
    var whole = study(hsic, .pairs)
    whole.skip(samples: 2, reason: "too few")
    for count in [2, 16, 19] {
      let then = study(Array(hsic.prefix(count)), .pairs)
      let now = whole.first(counted: count)
      #expect(now.countedMinibatches == count)
      let widths = [then, now].map {
        $0.halfWidths(rowModel: 0, columnModel: 1).values().map(\.bitPattern)
      }
      #expect(widths[0] == widths[1])
    }
  }

  @Test("takes two looks in a row")
  func twoLooks() throws {
    var noise = Noise(seed: 8)
    let hsic = try draw(30, .twoFactors, &noise)
    let widths = (0...30).map { count in
      study(Array(hsic.prefix(count)), .pairs).uncertainty(0, 1)?.halfWidth ?? .infinity
    }
    // The wish lies between what the first and the second look see.
    let first = try #require((17...30).first { widths[$0] < widths[16] })
    let looks = IntervalLooks(halfWidth: widths[first])
    let stop = (16...30).first { looks.isConverged(study(Array(hsic.prefix($0)), .pairs)) }
    let expected = (17...30).first { max(widths[$0], widths[$0 - 1]) <= widths[first] }
    #expect(stop == expected && (stop ?? 99) > first)
  }

  /// Draws studies that stop at a wish that the median run meets after `typical` minibatches.
  private func coverage(
    _ population: Population, typical: Int, draws: Int
  ) throws -> (all: Double, atOnce: Double, stopped: Int, before: (all: Double, atOnce: Double)) {
    var noise = Noise(seed: 21)
    let runs = try (0..<draws).map { _ in try draw(48, population, &noise) }
    let widths = runs.map {
      study(Array($0.prefix(typical)), .pairs).uncertainty(0, 1)?.halfWidth ?? .infinity
    }
    let looks = IntervalLooks(halfWidth: widths.sorted()[draws / 2])
    var (all, atOnce) = ((0, 0), (0, 0))
    var before = (all: (0, 0), atOnce: (0, 0))
    for run in runs {
      // As it was before: at 8 minibatches first, and one look was enough.
      for count in 8...48 {
        let study = study(Array(run.prefix(count)), .pairs)
        guard let width = study.uncertainty(0, 1)?.halfWidth, width <= looks.halfWidth else {
          continue
        }
        let holds = abs(study.cka(0, 1) - population.truth) <= width ? 1 : 0
        before.all = (before.all.0 + holds, before.all.1 + 1)
        if count == 8 { before.atOnce = (before.atOnce.0 + holds, before.atOnce.1 + 1) }
        break
      }
      for count in 17...48 {
        let study = study(Array(run.prefix(count)), .pairs)
        guard looks.isConverged(study), let width = study.uncertainty(0, 1)?.halfWidth else {
          continue
        }
        let holds = abs(study.cka(0, 1) - population.truth) <= width ? 1 : 0
        all = (all.0 + holds, all.1 + 1)
        if count == 17 { atOnce = (atOnce.0 + holds, atOnce.1 + 1) }
        break
      }
    }
    func share(_ pair: (Int, Int)) -> Double { Double(pair.0) / Double(max(1, pair.1)) }
    return (share(all), share(atOnce), all.1, (share(before.all), share(before.atOnce)))
  }

  @Test("intervals of runs that stop early hold the truth in about 93 %", arguments: [12, 20])
  func coverageOfStops(typical: Int) throws {
    for population in Simulation.wished == nil ? [Population.twoFactors] : Population.allCases {
      let draws = Simulation.draws(60)
      let found = try coverage(population, typical: typical, draws: draws)
      Simulation.tell(
        "stopping early, \(population), a wish that is met after \(typical): of \(found.stopped) "
          + "runs \(found.all) hold the truth, of those that stop at once \(found.atOnce); at 8 and "
          + "with one look \(found.before.all) and \(found.before.atOnce)")
      #expect(found.all > (draws < 500 ? 0.82 : 0.91), "\(found)")
    }
  }
}
