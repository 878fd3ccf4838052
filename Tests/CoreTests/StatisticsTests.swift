import Testing

@testable import Core

@Suite struct StatisticsTests {
  @Test func interpolatesAsNumpyDoes() {
    // numpy.percentile([1, 2, 4, 8], [25, 50, 75]) is [1.75, 3, 5].
    let statistics = Statistics([8, 1, 4, 2])
    #expect(statistics.count == 4 && statistics.nanCount == 0)
    #expect(statistics.minimum == 1 && statistics.maximum == 8 && statistics.mean == 3.75)
    #expect(statistics.lowerQuartile == 1.75)
    #expect(statistics.median == 3)
    #expect(statistics.upperQuartile == 5)
  }

  @Test func leavesOutAndCountsWhatIsNotFinite() {
    let statistics = Statistics([.nan, 2, .infinity, -.infinity, 4])
    #expect(statistics.nanCount == 1 && statistics.infiniteCount == 2)
    #expect(statistics.minimum == 2 && statistics.maximum == 4 && statistics.mean == 3)
  }

  @Test func knowsOneScoreAndNone() {
    let one = Statistics([0.5])
    #expect(one.minimum == 0.5 && one.lowerQuartile == 0.5 && one.maximum == 0.5)
    let none = Statistics([.nan])
    #expect(none.count == 0 && none.nanCount == 1 && none.median.isNaN && none.mean.isNaN)
  }

  @Test func keepsQuantilesInsideTheValues() {
    let sorted = [1.0, 2, 3]
    for (fraction, expected) in [(-1.0, 1.0), (0, 1), (0.5, 2), (1, 3), (7, 3), (.infinity, 3)] {
      #expect(Statistics.quantile(fraction, of: sorted) == expected)
    }
    #expect(Statistics.quantile(.nan, of: sorted).isNaN)
    #expect(Statistics.quantile(0.5, of: []).isNaN)
  }

  @Test func selectsTheQuantilesThatSortingFinds() {
    var noise = SystemRandomNumberGenerator()
    for count in [1, 2, 3, 10, 1000] {
      let random = (0..<count).map { _ in Double.random(in: -1...1, using: &noise) }
      let lists = [
        random, random.sorted(), random.sorted(by: >), random.map { ($0 * 3).rounded() },
        Array(repeating: 0.5, count: count),
      ]
      for list in lists {
        for fraction in [-1, 0, 0.02, 0.5, 0.98, 1, 2] {
          var values = list
          let selected = Statistics.quantile(fraction, selectingFrom: &values)
          #expect(selected == Statistics.quantile(fraction, of: list.sorted()), "\(list)")
          #expect(values.sorted() == list.sorted())
        }
      }
    }
    var none: [Double] = []
    #expect(Statistics.quantile(0.5, selectingFrom: &none).isNaN)
  }
}
