import Testing

@testable import Core

@Suite struct SquareLayoutTests {
  @Test(arguments: [
    (0, 0), (1, 1), (2, 2), (4, 2), (5, 3), (10, 4), (399, 20), (400, 20), (401, 21),
  ])
  func isTheSmallestSquare(count: Int, side: Int) {
    let layout = SquareLayout(scores: (0..<count).map(Double.init), sorted: true)
    #expect(layout.side == side && layout.count == count)
    #expect(layout.emptyCells == side * side - count)
    let ranks = (0..<side).flatMap { row in
      (0..<side).compactMap { layout.rank(row: row, column: $0) }
    }
    #expect(ranks == Array(0..<count))
  }

  @Test func risesFromTheLowerLeft() {
    let layout = SquareLayout(scores: [0.9, 0.1, 0.5], sorted: true)
    #expect(layout.order == [1, 2, 0])
    #expect(layout.score(row: 0, column: 0) == 0.1)
    #expect(layout.score(row: 0, column: 1) == 0.5)
    #expect(layout.score(row: 1, column: 0) == 0.9)
    #expect(layout.score(row: 1, column: 1) == nil)
    #expect(layout.minibatch(row: 1, column: 0) == 0)
    #expect(layout.rank(ofMinibatch: 2) == 1)
    #expect(layout.rank(ofMinibatch: 3) == nil)
  }

  @Test func keepsTheFilesOrderWhenNotSorted() {
    let layout = SquareLayout(scores: [0.9, .nan, 0.5], sorted: false)
    #expect(layout.order == [0, 1, 2])
    #expect(layout.score(row: 0, column: 0) == 0.9)
    #expect(layout.score(row: 0, column: 1)?.isNaN == true)
  }

  @Test func putsNaNLastAndKeepsEqualScoresInOrder() {
    let scores = [.nan, 0.5, .infinity, 0.5, .nan, -.infinity, 0.2]
    #expect(SquareLayout(scores: scores, sorted: true).order == [5, 6, 1, 3, 2, 0, 4])
  }

  @Test func knowsWhereEachRankStands() {
    let layout = SquareLayout(scores: (0..<399).map { _ in 0.5 }, sorted: true)
    for rank in 0..<399 {
      let position = layout.position(ofRank: rank)
      #expect(position.flatMap { layout.rank(row: $0.row, column: $0.column) } == rank)
    }
    #expect(layout.position(ofRank: 399) == nil && layout.position(ofRank: -1) == nil)
    #expect(layout.rank(row: 19, column: 19) == nil)
    #expect(layout.rank(row: -1, column: 0) == nil && layout.rank(row: 0, column: 20) == nil)
  }
}
