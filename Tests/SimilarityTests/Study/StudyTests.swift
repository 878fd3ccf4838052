import Testing
import TestSupport

@testable import Similarity

@Suite("Study")
struct StudyTests {
  private let models = [
    StudyModel(name: "A", layers: [StudyLayer(name: "a"), StudyLayer(name: "b")]),
    StudyModel(name: "B", dataset: "d", layers: [StudyLayer(name: "c")]),
  ]

  /// Upper triangle of 3 layers: aa, ab, ac, bb, bc, cc.
  private func study(
    _ minibatches: [[Double]], _ options: StudyOptions = StudyOptions()
  ) -> Study {
    var study = Study(models: models, options: options)
    for hsic in minibatches { study.add(samples: 10, hsic: hsic) }
    return study
  }

  @Test("stores a symmetric matrix once", arguments: [0, 1, 2, 5, 9])
  func triangle(side: Int) {
    let triangle = PackedTriangle(side: side)
    var next = 0
    for i in 0..<side {
      for j in i..<side {
        #expect(triangle.index(i, j) == next && triangle.index(j, i) == next)
        next += 1
      }
    }
    #expect(triangle.count == next)
  }

  @Test("numbers layers through")
  func numbering() {
    let study = study([])
    #expect(study.layerCount == 3)
    #expect(study.layers(of: 1) == 2..<3)
    #expect([1, 2].map(study.position).map(\.model) == [0, 1])
    #expect([1, 2].map(study.position).map(\.layer) == [1, 0])
    #expect(study.name(of: 2) == "c")
    #expect(study.models[1].axis == Axis(model: "B", dataset: "d", layers: ["c"]))
  }

  @Test("is the ratio of summed HSIC")
  func ratio() {
    let study = study([[4, 1, 2, 9, 3, 1], [4, 3, 2, 7, 1, 3]])
    #expect(study.cka(0, 1) == 4 / (8.0.squareRoot() * 4))
    #expect(study.cka(1, 0) == study.cka(0, 1))
    #expect(study.cka(2, 2) == 1)
    #expect(areClose(study.scores(1, 0), [1.0 / 6, 3 / 28.0.squareRoot()], 1e-15))
    let block = study.blockMatrix(rowModel: 1, columnModel: 0)
    #expect(block.rows == 1 && block.columns == 2)
    #expect(block.values() == [study.cka(2, 0), study.cka(2, 1)])
    let own = study.blockMatrix(rowModel: 0, columnModel: 0)
    #expect(own.values() == [1, study.cka(0, 1), study.cka(0, 1), 1])
  }

  @Test("has reasons where it has no values")
  func reasons() {
    #expect(study([]).reason(0) == "no minibatch has been counted yet")
    #expect(study([]).cka(0, 0).isNaN)
    var dead = study([[4, 0, 2, 0, 0, 1]])
    #expect(dead.cka(0, 1).isNaN && dead.cka(1, 1).isNaN && dead.cka(0, 2) == 1)
    #expect(
      dead.reason(0, 1) == "b: HSIC of the output with itself is 0 in every minibatch")
    dead.add(samples: 10, hsic: [4, 0, 0, 1, 0, 0], faults: [2: "not called"])
    #expect(dead.cka(0, 1) == 0)
    #expect(dead.gap(2) == .fault(LayerFault(minibatch: 1, reason: "not called")))
    #expect(
      dead.reason(2)
        == "minibatch 2: not called; --skip-bad leaves out the minibatch instead of the layer")
    #expect(areNaN(dead.scores(0, 2)))
    let block = dead.blockMatrix(rowModel: 0, columnModel: 1)
    #expect(areNaN(block.values()))
  }

  @Test("weights minibatches as stated", arguments: Weighting.allCases)
  func weights(weighting: Weighting) {
    var study = Study(models: models, options: StudyOptions(weighting: weighting))
    study.add(samples: 10, hsic: [1, 0, 0, 0, 0, 0])
    study.add(samples: 4, hsic: [0, 1, 0, 0, 0, 0])
    let expected: [Weighting: [Double]] = [.equal: [1, 1], .pairs: [70, 4], .samples: [10, 4]]
    #expect(Array(study.sums.prefix(2)) == expected[weighting])
  }

  @Test("keeps minibatches within its budget, and says what it dropped")
  func budget() {
    let hsic = [[Double]](repeating: [4, 1, 2, 9, 3, 1], count: 5)
    let some = study(hsic, StudyOptions(keep: .upTo(bytes: 2 * 6 * 4 + 3)))
    #expect(some.kept.count == 2 && some.countedMinibatches == 5)
    #expect(some.notes == ["of 5 minibatches, scores of the first 2 are kept"])
    #expect(some.sums == study(hsic).sums)
    let none = study(hsic, StudyOptions(keep: .sumsOnly))
    #expect(none.kept.isEmpty && none.scores(0, 1).isEmpty && none.uncertainty(0, 1) != nil)
    #expect(none.notes == ["only sums over minibatches are kept"])
  }

  @Test("keeps HSICs far outside float32's range", arguments: [1e-100, 1e100])
  func range(unit: Double) {
    let values = [4.0, 1, 2, 9, 3, 1]
    let study = study([values.map { $0 * unit }, values.map { $0 * unit * 2 }])
    for score in study.scores(0, 1) { #expect(abs(score - 1.0 / 6) < 1e-7) }
    #expect(study.uncertainty(0, 1) != nil)
  }

  @Test("is refused when its stored parts do not fit")
  func stored() throws {
    let whole = study([[4, 1, 2, 9, 3, 1], [4, 3, 2, 7, 1, 3]])
    func restored(
      minibatches: [Minibatch]? = nil, faults: [LayerFault?]? = nil, sums: [Double]? = nil,
      scales: [Double]? = nil, kept: [[Float]]? = nil
    ) throws -> Study {
      try Study(
        models: models, options: StudyOptions(), minibatches: minibatches ?? whole.minibatches,
        faults: faults ?? whole.faults, sums: sums ?? whole.sums,
        scales: scales ?? whole.scales, kept: kept ?? whole.kept)
    }
    #expect(try restored().cka(0, 1) == whole.cka(0, 1))
    #expect(throws: StudyError.self) { try restored(faults: []) }
    #expect(throws: StudyError.self) { try restored(sums: [1]) }
    #expect(throws: StudyError.self) { try restored(scales: [1, 1, -1]) }
    #expect(throws: StudyError.self) { try restored(kept: [[1]]) }
    #expect(throws: StudyError.self) { try restored(minibatches: [Minibatch(samples: 10)]) }
    #expect(throws: StudyError.self) {
      try restored(minibatches: [Minibatch(samples: 3), Minibatch(samples: 10)])
    }
  }

  @Test(
    "kernels are read as they are written",
    arguments: ["linear", "rbf:0.5", "rbf:1.0:all", "rbf:2.5"])
  func kernels(text: String) {
    #expect(Kernel(text: text)?.description == text)
  }

  @Test(
    "unknown kernels are refused",
    arguments: ["", "rbf", "rbf:", "rbf:0", "rbf:-1", "rbf:nan", "rbf:1:x", "linear:1", "RBF:1"])
  func badKernels(text: String) {
    #expect(Kernel(text: text) == nil)
  }
}
