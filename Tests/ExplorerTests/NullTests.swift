import Core
import Similarity
import Testing

@testable import Explorer

/// Cells that unrelated samples reach too, and values that hang on little.
@Suite("What may be chance")
struct NullTests {
  /// A study in which unrelated samples give 0.75 for every cell.
  private func result() throws -> Comparison {
    var result = Sample.study()
    let base = try #require(result.block).study
    var options = base.options
    options.null = NullPlan(draws: 19)
    let count = base.layerCount
    let study = try Study(
      models: base.models, options: options, minibatches: base.minibatches, faults: base.faults,
      sums: base.sums, scales: base.scales, kept: base.kept,
      null: NullSums(
        NullPlan(draws: 19), layers: count,
        values: Array(repeating: 0.75 * base.sums[0], count: 19 * count * count)))
    result.block = StudyBlock(study: study, rowModel: 0, columnModel: 1)
    return result
  }

  @Test("X dims the cells that are not above the null, and shows all again")
  func dims() throws {
    var scene = Scene([try result()], 120, 40)
    scene.press("Enter X")
    // r0 … r3 against c0 … c4: 4 cells of 0.9 and 7 of 0.8.
    #expect(scene.screen.contains("11 of 20 cells are above the null"), "\(scene.screen)")
    #expect(scene.screen.contains("chance dimmed") && scene.screen.contains("chance"))
    #expect(scene.readout.contains("p = 0.05"))
    scene.press("$")
    // A dimmed cell is read all the same.
    #expect(scene.value.map { abs($0 - 0.7) < 1e-9 } == true && scene.readout.contains("p = 1.0"))
    #expect(breaches(of: scene.state) == [])
    scene.press("X")
    #expect(scene.screen.contains("all cells shown") && !scene.screen.contains("chance dimmed"))
    scene.press("i")
    #expect(scene.screen.contains("null of 19 permutations, seed 0: 11 of 20 cells above its 95 %"))
  }

  @Test("X says where there is no null")
  func none() {
    var scene = Scene([Sample.study()], 120, 40)
    scene.press("Enter X")
    #expect(scene.screen.contains("this result has no permutation null"))
  }

  @Test("the interval of few minibatches is marked, and that of a run that stopped early")
  func marks() {
    var looks = Sample.Looks()
    looks.minibatches = 5
    var scene = Scene([Sample.study(looks)], 120, 40)
    scene.press("Enter")
    #expect(scene.readout.contains("rough"))
    var early = Sample.study()
    early.origin = ResultOrigin()
    early.origin?.isStoppedEarly = true
    scene = Scene([early], 120, 40)
    scene.press("Enter")
    #expect(scene.readout.contains("early"))
  }

  @Test("what a cell hangs on stands beside its value")
  func doubts() throws {
    var result = Sample.study()
    let base = try #require(result.block).study
    var figures = StudyFigures(layers: base.layerCount, estimator: .unbiased)
    var layers = figures.layers
    let middle = 2
    layers[middle].squaredTrace = 1.05
    layers[middle].squares = 1
    layers[middle].samplePeak = 0.83 * base.sums[0]
    figures = StudyFigures(layers: layers, unbiased: [])
    let study = try Study(
      models: base.models, options: base.options, minibatches: base.minibatches,
      faults: base.faults, sums: base.sums, scales: base.scales, kept: base.kept,
      figures: figures)
    result.block = StudyBlock(study: study, rowModel: 0, columnModel: 1)
    for width in [80, 120] {
      var scene = Scene([result], width, 30)
      scene.press("Enter")
      #expect(scene.readout.contains("one sample 83 %, one direction"), "\(scene.readout)")
      scene.press("j")
      #expect(!scene.readout.contains("one sample"))
    }
  }
}
