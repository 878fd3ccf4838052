import Core
import Testing
import TestSupport

@testable import Similarity

@Suite("Margins of matches")
struct MatchMarginTests {
  @Test("the margin to the second best has the interval of the paired difference")
  func margin() throws {
    let result = studyResult(["a", "b"], ["u", "v"], similarity: 0.5, spread: 0.05)
    var study = try #require(result.block?.study)
    // One more minibatch, so that the columns differ.
    var hsic = [Double](repeating: 0.5, count: study.triangle.count)
    for layer in 0..<4 { hsic[study.triangle.index(layer, layer)] = 1 }
    hsic[study.triangle.index(0, 2)] = 0.7
    study.add(samples: 8, hsic: hsic)
    var shown = result
    shown.block = StudyBlock(study: study, rowModel: 0, columnModel: 1)
    shown.matrix = try #require(shown.block).matrix()
    let best = BestMatch(MatrixView(shown.matrix))
    let margin = try #require(best.margins(in: shown)[0])
    #expect(margin.second == 1 && isClose(margin.margin, 0.2 / 11, 1e-12))
    // One minibatch of eleven makes all of it: t = 1, far from told.
    #expect(margin.isTold == false && !margin.isTied && margin.halfWidth > margin.margin)
  }

  @Test("equal values are a tie; without a study there is no interval")
  func ties() throws {
    let result = layerResult(["a", "b"], ["u", "v"]) { $0 == 0 ? 0.5 : 0.5 + 0.1 * Double($1) }
    let margins = BestMatch(MatrixView(result.matrix)).margins(in: result)
    #expect(margins[0]?.isTied == true && margins[0]?.isTold == false)
    #expect(margins[1]?.isTold == nil && margins[1]?.second == 0)
    let single = layerResult(["a"], ["u"]) { _, _ in 1 }
    #expect(BestMatch(MatrixView(single.matrix)).margins(in: single) == [nil])
  }
}

@Suite("How often the best match is the same layer")
struct LayerIdentificationTests {
  private let names = ["c1", "c2", "fc"]

  private func pair(_ a: String, _ b: String, _ values: [[Double]]) -> Comparison {
    layerResult(names, names, models: (a, b)) { values[$0][$1] }
  }

  @Test("every layer is looked for in both directions; shares by layer and overall")
  func shares() throws {
    let good = [[0.9, 0.1, 0.1], [0.1, 0.9, 0.1], [0.1, 0.1, 0.9]]
    // c2 of x is most like c1 of z; c1 of z is still most like c1 of x.
    let bad = [[0.9, 0.1, 0.1], [0.8, 0.5, 0.1], [0.1, 0.1, 0.9]]
    let (found, leftOut) = LayerIdentification.all([
      pair("x", "y", good), pair("x", "z", bad), pair("y", "z", good), pair("x", "x", good),
      pair("y", "x", bad),
    ])
    let only = try #require(found.first)
    #expect(found.count == 1 && leftOut == 0)
    #expect(only.networks.map(\.model) == ["x", "y", "z"] && only.searches == 6)
    #expect(
      only.layers.map(\.identified) == [6, 5, 6] && only.layers.map(\.searches) == [6, 6, 6])
    #expect(only.layers[1].usualMistake == 0)
    #expect(isClose(only.share, 17.0 / 18, 1e-15) && isClose(only.chance, 1.0 / 3, 1e-15))
    // Without x and without z all are found, without y 5 of 6.
    let left = [1, 5.0 / 6, 1]
    let mean = left.reduce(0, +) / 3
    let error = (2.0 / 3 * left.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }).squareRoot()
    #expect(isClose(only.standardError, error, 1e-15))
  }

  @Test("ties are told and not counted as found; rows without values are missing")
  func ties() throws {
    let values = [[0.9, 0.9, 0.1], [.nan, .nan, .nan], [0.1, 0.1, 0.9]]
    let only = try #require(LayerIdentification.all([pair("x", "y", values)]).found.first)
    #expect(only.layers[0].ties == 1 && only.layers[1].missing == 1)
    #expect(only.layers[2].identified == 2 && only.standardError.isNaN)
  }

  @Test("layers are matched by depth; other numbers of layers and other data are left out")
  func depth() throws {
    let renamed = layerResult(["p", "q"], ["r", "s"], models: ("x", "y")) { $0 == $1 ? 1 : 0 }
    let uneven = layerResult(["p"], ["r", "s"], models: ("x", "z")) { _, _ in 0 }
    let other = layerResult(["p"], ["p"], models: ("x", "w"), datasets: ("1", "2")) { _, _ in 1 }
    let (found, leftOut) = LayerIdentification.all([renamed, uneven, other])
    #expect(found.count == 1 && leftOut == 1)
    let only = try #require(found.first)
    #expect(!only.namesAgree && only.layers.map(\.name) == ["1", "2"] && only.share == 1)
  }

  @Test("a filter leaves layers out on both sides")
  func filter() throws {
    let values = [[0.9, 0.1, 0.95], [0.1, 0.9, 0.95], [0.1, 0.1, 0.96]]
    let all = try #require(LayerIdentification.all([pair("x", "y", values)]).found.first)
    let some = try #require(
      LayerIdentification.all([pair("x", "y", values)], filter: LayerFilter("!fc")).found.first)
    #expect(all.share < 1 && some.share == 1 && some.layers.map(\.name) == ["c1", "c2"])
  }
}
