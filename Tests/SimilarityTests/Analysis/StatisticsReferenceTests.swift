import Testing
import TestSupport

@testable import Similarity

/// Against scipy 1.17.1: `2*stats.t.sf(t, d)`, `stats.t.isf(p/2, d)`,
/// `stats.false_discovery_control(p)` and `stats.ttest_ind(a, b, equal_var=False)`.
@Suite("Statistics against scipy")
struct StatisticsReferenceTests {
  @Test(
    "tails of the t distribution",
    arguments: [
      (0, 3, 1.0), (0.5, 1, 0.7048327646991335), (1, 1.5, 0.45113536727671033),
      (2.306, 8, 0.050000322761284174), (4, 2.7, 0.03398615972417679),
      (12.7, 1, 0.050024327689344165), (6, 7.3, 0.00046174447787478666),
      (15, 7, 1.4051696248093972e-06), (40, 12.5, 1.429153296371695e-14),
      (3, 250.25, 0.00297238256898267), (1.96, 1e6, 0.04999606758526985),
      (0.001, 4, 0.99925000015625),
    ])
  func tails(_ t: Double, _ degrees: Double, _ expected: Double) {
    let found = StudentT.twoSidedP(t, degrees: degrees)
    #expect(abs(found - expected) <= 1e-10 * expected)
    #expect(StudentT.twoSidedP(-t, degrees: degrees) == found)
  }

  @Test(
    "critical values",
    arguments: [
      (0.05, 1, 12.706204736174705), (0.05, 2, 4.302652729749464), (0.05, 3.3, 3.0248744618408083),
      (0.05, 8, 2.3060041352041662), (0.05, 39.5, 2.0218726198146086),
      (0.05, 1e6, 1.9599663568141072), (0.01, 5, 4.032142983555229), (1e-6, 7, 15.767009437482583),
    ])
  func critical(_ p: Double, _ degrees: Double, _ expected: Double) {
    #expect(isClose(StudentT.criticalValue(p, degrees: degrees), expected, 1e-9 * expected))
  }

  @Test("what has no answer is NaN, and infinity is beyond all")
  func limits() {
    #expect(StudentT.twoSidedP(.nan, degrees: 3).isNaN && StudentT.twoSidedP(1, degrees: 0).isNaN)
    #expect(StudentT.criticalValue(0, degrees: 3).isNaN)
    #expect(StudentT.twoSidedP(.infinity, degrees: 3) == 0)
  }

  @Test("Benjamini and Hochberg's adjusted p values; NaN is not counted")
  func falseDiscovery() {
    let found = FalseDiscovery.adjusted([0.01, 0.04, .nan, 0.03, 0.005, 0.8, 0.04, 0.2])
    let expected = [0.035, 0.056, .nan, 0.056, 0.035, 0.8, 0.056, 0.2333333333333333]
    #expect(areClose(found, expected, 1e-12))
    #expect(FalseDiscovery.adjusted([]).isEmpty && areNaN(FalseDiscovery.adjusted([.nan])))
  }

  @Test("Welch's t test of two groups of seeds")
  func welch() throws {
    let groups = [("a", [0.62, 0.58, 0.66, 0.61, 0.64]), ("b", [0.55, 0.57, 0.52, 0.6])].map {
      name, values in
      let members = values.enumerated().map { seed, value in
        layerResult(["x"], ["y"], models: ("\(name)-seed\(seed)", "t-seed\(seed)")) { _, _ in value
        }
      }
      return SeedGroup.all(members)
    }
    let (a, b) = (try #require(groups[0].first), try #require(groups[1].first))
    #expect(a.pairs == .sameSeed && a.members.count == 5 && b.seeds == ["0", "1", "2", "3"])
    let cell = try #require(SeedDifference(SeedValues(a), minus: SeedValues(b)).cells.first)
    #expect(isClose(cell.difference, 0.062, 1e-12) && isClose(cell.p, 0.0274765975864144, 1e-9))
    #expect(isClose(cell.halfWidth, (0.11448528514568512 - 0.009514714854314765) / 2, 1e-9))
    #expect(cell.q == cell.p && cell.differs == true)
  }
}
