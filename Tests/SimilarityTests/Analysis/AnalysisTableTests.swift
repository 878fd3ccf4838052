import Core
import Testing

@testable import Similarity

@Suite("Layers to freeze")
struct FreezeTableTests {
  private let names = ["conv1", "layer1", "fc"]

  @Test("without intervals the values alone decide, and the table says so")
  func valuesAlone() {
    let result = layerResult(names, names, models: ("net", "net"), datasets: ("one", "two")) {
      $0 == $1 ? [0.95, 0.9, 0.99][$0] : 0
    }
    let table = FreezeTable(result)
    #expect(table.layers.map(\.passes) == [true, false, true])
    #expect(table.leading == 1)
    #expect(!table.usesIntervals && table.notes.contains { $0.contains("no intervals") })
    #expect(FreezeTable(result, threshold: 0.98).layers.map(\.passes) == [false, false, true])
  }

  @Test("with intervals the lower bound must exceed the threshold")
  func intervals() {
    let result = studyResult(names, names, similarity: 0.92, spread: 0.1)
    let table = FreezeTable(result)
    #expect(table.usesIntervals && table.notes.isEmpty)
    #expect(table.layers.allSatisfy { $0.value > 0.9 && $0.lowerBound < 0.9 && !$0.passes })
    let sure = FreezeTable(studyResult(names, names, similarity: 0.92, spread: 0.001))
    #expect(sure.layers.allSatisfy(\.passes) && sure.leading == 3)
  }

  @Test("a study whose intervals cannot be told lets nothing pass")
  func tooFew() {
    let table = FreezeTable(
      studyResult(names, names, similarity: 0.99, spread: 0, minibatches: 1))
    #expect(table.usesIntervals && table.layers.allSatisfy { !$0.passes && $0.halfWidth.isNaN })
  }

  @Test("layers are paired by name; what has no partner is counted")
  func byName() {
    let result = layerResult(["a", "b"], ["b", "c"], models: ("p", "q")) {
      $0 == 1 && $1 == 0 ? 0.97 : 0.1
    }
    let table = FreezeTable(result)
    #expect(table.layers.map(\.name) == ["b"] && table.layers[0].value == 0.97)
    #expect(table.leftOut == 2 && table.notes.count == 3)
  }
}

@Suite("Figures of layers beside the table")
struct LayerFiguresTests {
  @Test("they stand beside their layers, and what does not fit is told")
  func beside() {
    let names = ["conv1", "fc"]
    let result = layerResult(names, names, models: ("net", "net"), datasets: ("one", "two")) {
      $0 == $1 ? 0.95 : 0
    }
    let figures = LayerFigures(columns: ["probe"], rows: [("conv1", [0.9]), ("head", [0.5])])
    let table = FreezeTable(result, figures: figures)
    #expect(table.figureNames == ["probe"] && table.layers[0].figures == [0.9])
    #expect(table.layers[1].figures.count == 1 && table.layers[1].figures[0].isNaN)
    #expect(table.notes.contains("1 of 2 layers have no figures in the file"))
    #expect(table.notes.contains("the file of figures names 1 layer that the table lacks"))
    let strange = FreezeTable(
      result, figures: LayerFigures(columns: ["probe"], rows: [("h1", [0.9])]))
    #expect(strange.notes.contains { $0.contains("no line of the file") && $0.contains("h1") })
  }
}

@Suite("The best match of each layer")
struct BestMatchTests {
  private func match(_ rows: [[Double]]) -> BestMatch {
    BestMatch(
      MatrixView(
        Matrix(rows: rows.count, columns: rows[0].count, values: rows.flatMap { $0 })))
  }

  @Test("the largest finite value of each row, the first of equals")
  func largest() {
    let found = match([[0.1, 0.9, 0.9], [.nan, .infinity, 0.2], [.nan, .nan, .nan]])
    #expect(found.matches[0] == BestMatch.Match(column: 1, value: 0.9, isMutual: true))
    #expect(found.matches[1] == BestMatch.Match(column: 2, value: 0.2, isMutual: false))
    #expect(found.matches[2] == nil)
  }

  @Test("negative values match too")
  func negative() {
    #expect(match([[-0.5, -0.1]]).matches[0]?.column == 1)
  }

  @Test("order is 1 along the diagonal, -1 against it, unknown for one column")
  func order() {
    #expect(match([[1, 0, 0], [0, 1, 0], [0, 0, 1]]).order == 1)
    #expect(match([[0, 0, 1], [0, 1, 0], [1, 0, 0]]).order == -1)
    #expect(match([[1, 0], [1, 0]]).order.isNaN)
  }
}

@Suite("Profiles and histograms")
struct ProfileTests {
  private let view = MatrixView(
    Matrix(rows: 2, columns: 3, values: [0, 0.1, 0.2, 1, 1.1, .nan]))

  @Test("row, column and diagonal by name, with their widths")
  func lines() {
    let common = LayerAlignment(["a", "b"], ["b", "x", "a"])
    let widths = MatrixView(Matrix(rows: 2, columns: 3, values: [1, 2, 3, 4, 5, .nan]))
    let row = Profile(view, along: .row(0), common: common, halfWidths: widths)
    #expect(row.values == [0, 0.1, 0.2] && row.halfWidths == [1, 2, 3])
    #expect(row.largestHalfWidth == 3)
    let column = Profile(view, along: .column(1), common: common, halfWidths: nil)
    #expect(column.values == [0.1, 1.1] && column.largestHalfWidth == nil)
    let diagonal = Profile(view, along: .diagonal, common: common, halfWidths: widths)
    #expect(diagonal.values == [0.2, 1] && diagonal.halfWidths == [3, 4])
    #expect(diagonal.cells.map(\.column) == [2, 0])
  }

  @Test("every cell is counted once, the upper end in the last part")
  func counts() {
    let histogram = Histogram(view, low: 0.1, high: 1, bins: 3)
    #expect(histogram.counts == [2, 0, 1])
    #expect(histogram.below == 1 && histogram.above == 1 && histogram.missing == 1)
    let flat = Histogram(view, low: 1, high: 1, bins: 4)
    #expect(flat.counts == [1, 0, 0, 0] && flat.below == 3 && flat.above == 1)
  }
}
