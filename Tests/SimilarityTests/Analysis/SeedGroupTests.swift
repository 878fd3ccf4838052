import Core
import Testing
import TestSupport

@testable import Similarity

@Suite("Seeds in names")
struct SeedNameTests {
  @Test(
    "a seed and what is left of the name",
    arguments: [
      ("cnn-seed3", "cnn", "3"), ("cnn_s3", "cnn", "3"), ("seed=3/cnn", "cnn", "3"),
      ("cnn seed 12", "cnn", "12"), ("cnn_seed_0", "cnn", "0"), ("resnet18.seed7", "resnet18", "7"),
      ("seed1-wide", "wide", "1"), ("runs/seed0/cnn", "runs/cnn", "0"), ("a-s2-b", "a-b", "2"),
      ("net Seed4", "net", "4"),
    ])
  func found(text: String, base: String, seed: String) {
    #expect(SeedName(text) == SeedName(base: base, seed: seed), "\(text)")
  }

  @Test(
    "numbers that are no seeds",
    arguments: [
      "resnet18", "vit_s16", "deit_s8", "epoch-3", "teacher-10", "seed", "cnn", "s3x", "seeds",
      "stage2.0", "",
    ])
  func none(text: String) { #expect(SeedName(text) == nil) }

  @Test("a pattern says how names tell them")
  func pattern() throws {
    let pattern = try #require(SeedPattern("{name}-run{seed}"))
    #expect(pattern.parts(of: "cnn-run3") == SeedName(base: "cnn", seed: "3"))
    #expect(pattern.parts(of: "a-run1-run2") == SeedName(base: "a-run1", seed: "2"))
    #expect(pattern.parts(of: "cnn") == nil && pattern.parts(of: "cnn-run") == nil)
    let front = try #require(SeedPattern("{seed}_{name}"))
    #expect(front.parts(of: "b_cnn_x") == SeedName(base: "cnn_x", seed: "b"))
    for text in ["{name}", "{seed}", "{name}{seed}", "{name}-{name}-{seed}", ""] {
      #expect(SeedPattern(text) == nil, "\(text)")
    }
  }
}

@Suite("Groups of seeds")
struct SeedGroupTests {
  private func result(_ a: String, _ b: String, path: String = "r", _ value: Double) -> Comparison {
    var result = layerResult(["x"], ["x"], models: (a, b)) { _, _ in value }
    result.id = ResultID(path: path, key: "\(a) \(b)")
    return result
  }

  @Test("of one architecture the pairs of different seeds are averaged, each once")
  func oneArchitecture() throws {
    let names = ["n-seed0", "n-seed1", "n-seed2"]
    let results = names.flatMap { a in names.map { b in result(a, b, a == b ? 1 : 0.5) } }
    let group = try #require(SeedGroup.all(results).first)
    #expect(group.pairs == .differentSeeds && group.members.count == 3 && group.leftOut == 6)
    #expect(group.title == "n × n" && group.seeds == ["0", "1", "2"])
    #expect(SeedValues(group).figures(row: 0, column: 0).mean == 0.5)
    #expect(group.pairsText == "3 pairs of different seeds, seeds 0, 1, 2")
  }

  @Test("of two architectures the pairs of the same seed are averaged")
  func twoArchitectures() throws {
    let results = (0..<3).flatMap { i in
      (0..<3).map { j in result("a_s\(i)", "b_s\(j)", i == j ? Double(i) / 10 : 0.9) }
    }
    let group = try #require(SeedGroup.all(results).first)
    #expect(group.pairs == .sameSeed && group.members.count == 3 && group.leftOut == 6)
    let figures = SeedValues(group).figures(row: 0, column: 0)
    #expect(isClose(figures.mean, 0.1, 1e-15) && isClose(figures.deviation, 0.1, 1e-15))
    #expect(isClose(figures.error, 0.1 / 3.0.squareRoot(), 1e-15))
  }

  @Test("seeds may be told by the files' names, or by one side alone")
  func files() throws {
    let files = (0..<3).map { result("a", "b", path: "runs/kd_seed\($0).cka.safetensors", 0.5) }
    let group = try #require(SeedGroup.all(files).first)
    #expect(group.pairs == .sameSeed && group.members.count == 3 && group.title.contains("runs/kd"))
    let students = (0..<4).map { result("student-seed\($0)", "teacher", 0.5) }
    #expect(SeedGroup.all(students).map(\.members.count) == [4])
    #expect(SeedGroup.all([result("a", "b", path: "runs/x.npy", 1)]).isEmpty)
  }

  @Test("one seed is a group of one, which tells no scatter")
  func single() throws {
    let group = try #require(SeedGroup.all([result("a-seed1", "b-seed1", 0.5)]).first)
    #expect(group.members.count == 1 && group.seeds == ["1"])
    let figures = SeedValues(group).figures(row: 0, column: 0)
    #expect(figures.mean == 0.5 && figures.deviation.isNaN && figures.error.isNaN)
  }

  /// Pairs of seeds of one architecture with layers x, y and z.
  private func pairs(_ name: String, seeds: Int, _ noise: inout Noise) throws -> SeedValues {
    let layers = ["x", "y", "z"]
    let results = (0..<seeds).flatMap { i in
      (i + 1..<seeds).map { j in
        let values = (0..<9).map { _ in 0.5 + 0.05 * noise.gaussian() }
        return layerResult(layers, layers, models: ("\(name)-seed\(i)", "\(name)-seed\(j)")) {
          values[3 * $0 + $1]
        }
      }
    }
    return SeedValues(try #require(SeedGroup.all(results).first))
  }

  @Test("of one architecture a cell and its mirror image are one test")
  func symmetry() throws {
    var noise = Noise(seed: 6)
    let groups = (try pairs("p", seeds: 4, &noise), try pairs("q", seeds: 4, &noise))
    let difference = SeedDifference(groups.0, minus: groups.1)
    #expect(difference.isSymmetric && difference.cells.count == 6)
    #expect(difference.counts.tested == 6)
    #expect(difference.cells.map(\.q) == FalseDiscovery.adjusted(difference.cells.map(\.p)))
    let names = difference.cells.map { $0.row + $0.column }
    #expect(names == ["xx", "xy", "xz", "yy", "yz", "zz"])
    // Of two architectures the cells of x with y and of y with x are two.
    let mixed = try #require(
      SeedGroup.all(
        (0..<3).map { seed in
          let values = (0..<9).map { _ in 0.5 + 0.05 * noise.gaussian() }
          return layerResult(
            ["x", "y", "z"], ["x", "y", "z"], models: ("a-seed\(seed)", "b-seed\(seed)")
          ) { values[3 * $0 + $1] }
        }
      ).first)
    let other = SeedDifference(SeedValues(mixed), minus: groups.1)
    #expect(!other.isSymmetric && other.cells.count == 9)
  }

  @Test("networks that are in several pairs are known to be: groups that are alike differ in 5 %")
  func calibration() throws {
    var noise = Noise(seed: 4)
    let (runs, seeds) = (1500, 5)
    var (below, belowNaively) = (0, 0)
    for _ in 0..<runs {
      let groups = try ["p", "q"].map { name in
        let own = (0..<seeds).map { _ in 0.05 * noise.gaussian() }
        let results = (0..<seeds).flatMap { i in
          (i + 1..<seeds).map { j in
            result(
              "\(name)-seed\(i)", "\(name)-seed\(j)",
              0.6 + own[i] + own[j] + 0.02 * noise.gaussian())
          }
        }
        return SeedValues(try #require(SeedGroup.all(results).first))
      }
      let cell = try #require(SeedDifference(groups[0], minus: groups[1]).cells.first)
      if cell.p < 0.05 { below += 1 }
      let squares = [cell.a, cell.b].map { $0.deviation * $0.deviation / 10 }
      let t = cell.difference / (squares[0] + squares[1]).squareRoot()
      if StudentT.twoSidedP(t, degrees: 18) < 0.05 { belowNaively += 1 }
    }
    // The proportion itself scatters by 0.6 %. Ten pairs, taken for independent, give far more.
    #expect(Double(belowNaively) / Double(runs) > 0.2, "\(belowNaively)")
    #expect((0.03...0.065).contains(Double(below) / Double(runs)), "\(below)")
  }
}
