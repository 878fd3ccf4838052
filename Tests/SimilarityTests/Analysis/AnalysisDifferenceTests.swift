import Testing
import TestSupport

@testable import Similarity

@Suite("Aligning layers by name")
struct LayerAlignmentTests {
  @Test("common names keep the first list's order; the others are counted")
  func order() {
    let common = LayerAlignment(["conv1", "fc", "relu"], ["bn1", "relu", "conv1"])
    #expect(common.first == [0, 2])
    #expect(common.second == [2, 1])
    #expect(common.leftOut == 2)
  }

  @Test("a repeated name is matched occurrence by occurrence")
  func repeated() {
    let common = LayerAlignment(["relu", "relu", "relu"], ["relu", "fc", "relu"])
    #expect(common.first == [0, 1])
    #expect(common.second == [0, 2])
    #expect(common.leftOut == 2)
  }

  @Test("nothing in common is an empty alignment")
  func nothing() {
    #expect(LayerAlignment(["a"], ["b", "c"]).count == 0)
    #expect(LayerAlignment(["a"], ["b", "c"]).leftOut == 3)
  }
}

@Suite("The difference of two results")
struct DifferenceTests {
  private let a = layerResult(["x", "y", "z"], ["u", "v"]) { Double($0) + Double($1) / 10 }

  @Test("cells are paired by name, whatever their order")
  func byName() {
    let b = layerResult(["z", "x"], ["v", "w", "u"], models: ("A", "C")) {
      Double(10 * $0 + $1) / 100
    }
    let difference = Difference(a, minus: b)
    #expect(difference.rows.leftOut == 1 && difference.columns.leftOut == 1)
    // Rows x and z, columns u and v; in B these are rows 1 and 0, columns 2 and 0.
    #expect(areClose(difference.matrix.values(), [0 - 0.12, 0.1 - 0.1, 2 - 0.02, 2.1 - 0], 1e-15))
    #expect(difference.values(row: 1, column: 0) == (2, 0.02))
  }

  @Test("the same two models on exchanged axes are read transposed")
  func transposed() {
    let b = layerResult(["u", "v"], ["x", "y", "z"], models: ("B", "A")) {
      Double($1) + Double($0) / 10
    }
    let difference = Difference(a, minus: b)
    #expect(difference.isTransposed)
    #expect(difference.matrix.values() == [0, 0, 0, 0, 0, 0])
  }

  @Test("a cell without a finite value in either result has no difference")
  func missing() {
    let b = layerResult(["x", "y", "z"], ["u", "v"], models: ("A", "C")) {
      $0 == 0 ? .nan : ($1 == 0 ? .infinity : 0)
    }
    let summary = Difference(a, minus: b).summary()
    #expect(summary.cells == 2)
    #expect(summary.largest == 2.1 && isClose(summary.mean, 1.6, 1e-15))
    #expect(summary.tested == nil && summary.differing == nil)
  }

  @Test("nothing in common is empty, and has no summary")
  func nothing() {
    let b = layerResult(["p"], ["u", "v"], models: ("P", "B")) { _, _ in 1 }
    let difference = Difference(a, minus: b)
    #expect(difference.isEmpty && difference.summary().cells == 0)
    #expect(difference.summary().mean.isNaN && difference.largestCells(5).isEmpty)
  }

  @Test("the largest cells come first, by magnitude")
  func largest() {
    let b = layerResult(["x", "y", "z"], ["u", "v"], models: ("A", "C")) { row, column in
      Double(row) + Double(column) / 10 + [[0.1, -0.4], [0.3, 0], [.nan, 0.2]][row][column]
    }
    let cells = Difference(a, minus: b).largestCells(3)
    #expect(cells.map(\.row) == [0, 1, 2] && cells.map(\.column) == [1, 0, 1])
  }

  @Test("without the values of minibatches nothing is tested")
  func untested() {
    let names = ["c1", "c2"]
    let bare = layerResult(names, names, models: ("net", "net")) { _, _ in 0 }
    let study = studyResult(names, names, similarity: 0.8, spread: 0.02)
    #expect(Difference(study, minus: bare).test == nil)
    #expect(Difference(study, minus: bare).differs(row: 0, column: 1) == nil)
    #expect(Difference(study, minus: bare).doubts == [.unknownMethod("B")])
  }
}
