import Testing

@testable import Similarity

@Suite struct NullPlanTests {
  @Test("a run holds a block for each bit of its minibatches, a new one and a total")
  func copies() {
    #expect([0, 1, 2, 3, 4, 5, 1024].map(NullPlan.copies) == [2, 2, 3, 4, 4, 5, 12])
    #expect(NullPlan(draws: 100).memory(layers: 10, minibatches: 1024) == 12 * 80_000)
    #expect(NullPlan(draws: 100).memory(layers: 1 << 40, minibatches: 9) == .max)
  }

  @Test("the draws that are told to fit do, and one more does not", arguments: [1, 100, 100_000])
  func fitting(_ minibatches: Int) {
    let draws = NullPlan.draws(fittingLayers: 300, minibatches: minibatches)
    func fits(_ draws: Int) -> Bool {
      let plan = NullPlan(draws: draws)
      return plan.bytes(layers: 300) <= NullPlan.mostBytes
        && plan.memory(layers: 300, minibatches: minibatches) <= NullPlan.mostMemory
    }
    #expect(fits(draws) && !fits(draws + 1))
  }
}
