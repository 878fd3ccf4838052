import Testing

@testable import Core

@Suite struct MatrixViewTests {
  private let matrix = Matrix(rows: 3, columns: 4, values: (0..<12).map(Double.init))

  @Test func showsTheWholeMatrixByDefault() {
    let view = MatrixView(matrix)
    #expect(view.isWhole)
    #expect(view.rows == 3 && view.columns == 4 && view.cells == 12)
    #expect(view.values() == matrix.values())
    #expect(view.transposed.values() == matrix.transposed.values())
  }

  @Test func choosesAndOrdersRowsAndColumns() {
    let view = MatrixView(matrix, rows: [2, 0], columns: [3, 1, 1])
    #expect(!view.isWhole)
    #expect(view.values() == [11, 9, 9, 3, 1, 1])
    #expect(view[0, 1] == 9)
    #expect(view.sourceRow(0) == 2 && view.sourceColumn(0) == 3)
    #expect(view.transposed.values() == [11, 3, 9, 1, 9, 1])
    #expect(view.transposed.transposed.values() == view.values())
  }

  @Test func choosesRowsAlone() {
    let view = MatrixView(matrix, rows: [1])
    #expect(view.values() == [4, 5, 6, 7])
    #expect(view.sourceColumn(2) == 2)
  }

  @Test func copiesPartOfARow() {
    let view = MatrixView(matrix, columns: [3, 2, 1, 0])
    let part = [Double](unsafeUninitializedCapacity: 2) { buffer, count in
      view.copyRow(1, columns: 1..<3, into: buffer)
      count = 2
    }
    #expect(part == [6, 5])
  }

  @Test func mayChooseNothing() {
    let view = MatrixView(matrix, rows: [], columns: [1])
    #expect(view.cells == 0)
    #expect(view.values().isEmpty)
    #expect(view.summary().finiteCount == 0)
  }

  @Test func summarisesOnlyWhatIsChosen() {
    let summary = MatrixView(matrix, rows: [1, 1], columns: [0, 2]).summary()
    #expect(summary.minimum == 4 && summary.maximum == 6 && summary.mean == 5)
    #expect(summary.finiteCount == 4)
  }
}
