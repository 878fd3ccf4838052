import Testing
import TestSupport

@testable import Core

/// A block's value by its definition.
private func plainBlock(
  _ view: MatrixView, row: Int, column: Int, block: Int, by reduction: Reduction
) -> Double {
  var finite: [Double] = []
  for i in max(0, row)..<max(0, row, min(row + block, view.rows)) {
    for j in max(0, column)..<max(0, column, min(column + block, view.columns)) {
      if view[i, j].isFinite { finite.append(view[i, j]) }
    }
  }
  guard !finite.isEmpty else { return .nan }
  return switch reduction {
  case .mean: finite.reduce(0, +) / Double(finite.count)
  case .minimum: finite.min() ?? .nan
  case .maximum: finite.max() ?? .nan
  }
}

private func expectBlocks(
  of pyramid: BlockPyramid, like view: MatrixView, row: Int, column: Int, block: Int,
  _ comment: Comment
) {
  for reduction in Reduction.allCases {
    let drawn = pyramid.reduce(
      firstRow: row, firstColumn: column, block: block, rows: 7, columns: 5, by: reduction)
    let expected = (0..<7).flatMap { i in
      (0..<5).map { j in
        plainBlock(
          view, row: row + i * block, column: column + j * block, block: block, by: reduction)
      }
    }
    // Tiles hold float32.
    #expect(areClose(drawn, expected, 1e-6), comment)
  }
}

@Suite struct BlockPyramidTests {
  @Test(arguments: [(50, 37), (37, 50), (8, 64), (1, 90), (90, 1)])
  func reducesAsTheDefinitionSays(rows: Int, columns: Int) {
    var noise = Noise()
    let matrix = Matrix(
      rows: rows, columns: columns, values: noise.values(rows * columns, holes: true))
    let shuffledRows = (0..<rows).map { ($0 * 7 + 3) % rows }
    let views = [
      MatrixView(matrix), MatrixView(matrix).transposed,
      MatrixView(matrix, rows: shuffledRows, columns: Array((0..<columns).reversed())),
      MatrixView(matrix, rows: shuffledRows).transposed,
    ]
    for (number, view) in views.enumerated() {
      for tilingAbove in [0, Int.max] {
        let pyramid = BlockPyramid(view, tilingAbove: tilingAbove)
        for block in [1, 2, 3, 7, 8, 9, 16, 24, 200] {
          for (row, column) in [(0, 0), (8, 16), (5, 3), (-8, -16), (-3, 400)] {
            expectBlocks(
              of: pyramid, like: view, row: row, column: column, block: block,
              "view \(number), tiles above \(tilingAbove), block \(block) at \(row), \(column)")
          }
        }
      }
    }
  }

  @Test func leavesBlocksWithoutFiniteCellsOut() {
    var values = [Double](repeating: .nan, count: 16 * 16)
    values[0] = 0.5
    values[1] = .infinity
    values[2] = -.infinity
    let view = MatrixView(Matrix(rows: 16, columns: 16, values: values))
    for tilingAbove in [0, Int.max] {
      let pyramid = BlockPyramid(view, tilingAbove: tilingAbove)
      for reduction in Reduction.allCases {
        let drawn = pyramid.reduce(
          firstRow: 0, firstColumn: 0, block: 8, rows: 2, columns: 2, by: reduction)
        #expect(drawn[0] == 0.5)
        #expect(areNaN(drawn[1...]))
      }
    }
  }

  @Test func weighsTilesByTheirFiniteCells() {
    // One tile with 64 zeros beside one with a single 1: the mean of the cells is 1/65, not 1/2.
    var values = [Double](repeating: .nan, count: 8 * 16)
    for row in 0..<8 {
      for column in 0..<8 { values[row * 16 + column] = 0 }
    }
    values[8] = 1
    let pyramid = BlockPyramid(
      MatrixView(Matrix(rows: 8, columns: 16, values: values)), tilingAbove: 0)
    let drawn = pyramid.reduce(
      firstRow: 0, firstColumn: 0, block: 16, rows: 1, columns: 1, by: .mean)
    #expect(isClose(drawn[0], 1.0 / 65, 1e-12))
  }

  @Test func keepsValuesBeyondFloat32Finite() {
    let matrix = Matrix(rows: 2, columns: 1, values: [1e300, -1e300])
    let pyramid = BlockPyramid(MatrixView(matrix), tilingAbove: 0)
    let largest = Double(Float.greatestFiniteMagnitude)
    for (reduction, expected) in [(Reduction.minimum, -largest), (.maximum, largest), (.mean, 0)] {
      let drawn = pyramid.reduce(
        firstRow: 0, firstColumn: 0, block: 8, rows: 1, columns: 1, by: reduction)
      #expect(drawn == [expected])
    }
  }

  @Test func buildsTheSummaryInTheSamePass() {
    var noise = Noise()
    let matrix = Matrix(rows: 70, columns: 90, values: noise.values(6300, holes: true))
    for view in [MatrixView(matrix), MatrixView(matrix, rows: [3, 1]).transposed] {
      for tilingAbove in [0, Int.max] {
        let (pyramid, summary) = BlockPyramid.building(view, tilingAbove: tilingAbove)
        #expect(summary == view.summary())
        expectBlocks(of: pyramid, like: view, row: 0, column: 0, block: 16, "built together")
      }
    }
  }

  @Test func tilesALargeMatrix() throws {
    let matrix = try floatMatrix(
      (0..<2001 * 2003).map { Float($0 % 2003) }, rows: 2001, columns: 2003)
    let (pyramid, summary) = BlockPyramid.building(MatrixView(matrix))
    #expect(summary.maximum == 2002 && summary.finiteCount == 2001 * 2003)
    // Column c holds c, so a block's mean is the middle of its columns.
    let drawn = pyramid.reduce(
      firstRow: 0, firstColumn: 0, block: 400, rows: 6, columns: 6, by: .mean)
    let row = [199.5, 599.5, 999.5, 1399.5, 1799.5, 2001]
    #expect(areClose(drawn, Array(repeating: row, count: 6).flatMap(\.self), 1e-3))
  }

  @Test func allowsCheapBlocksOnly() {
    let large = BlockPyramid.largestPlain + 1
    for block in [-3, 0, 1] {
      #expect(BlockPyramid.allowedBlock(atLeast: block, cells: large) == 1)
    }
    for (block, allowed) in [(2, 2), (8, 8), (9, 16), (16, 16), (17, 24), (100, 104)] {
      #expect(BlockPyramid.allowedBlock(atLeast: block, cells: large) == allowed)
      #expect(BlockPyramid.allowedBlock(atLeast: block, cells: large - 1) == block)
      #expect(BlockPyramid.alignment(block: allowed, cells: large) == (allowed > 8 ? 8 : 1))
      #expect(BlockPyramid.alignment(block: allowed, cells: large - 1) == 1)
    }
  }

  @Test func drawsNothingOfAnEmptyView() {
    let pyramid = BlockPyramid(MatrixView(Matrix(rows: 0, columns: 3, values: [])))
    let drawn = pyramid.reduce(
      firstRow: 0, firstColumn: 0, block: 2, rows: 1, columns: 2, by: .mean)
    #expect(drawn.count == 2 && areNaN(drawn))
    #expect(
      pyramid.reduce(firstRow: 0, firstColumn: 0, block: 1, rows: 0, columns: 9, by: .mean)
        .isEmpty)
  }

  @Test func namesReductionsInWords() {
    #expect(Reduction.allCases.map(\.rawValue) == ["mean", "minimum", "maximum"])
  }
}
