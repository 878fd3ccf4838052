/// Scores laid out row by row from the lower left in the smallest square that holds them, as the
/// sorted view of minibatch scores shows them.
public struct SquareLayout: Sendable {
  /// Rows and columns of the square: ⌈√count⌉.
  public let side: Int
  /// The minibatch (zero-based, as in the file) at each rank; rank 0 stands at the lower left.
  public let order: [Int]
  private let scores: [Double]

  /// The layout of `scores`, ascending or in the order of the file; equal scores keep the file's
  /// order, and NaN comes last when sorted.
  public init(scores: [Double], sorted: Bool) {
    self.scores = scores
    order = sorted ? Self.ascending(scores) : Array(scores.indices)
    var side = Int(Double(scores.count).squareRoot())
    while side * side < scores.count { side += 1 }
    self.side = side
  }

  /// Number of scores.
  public var count: Int { scores.count }

  /// Cells of the square that hold no score: the last of the top row.
  public var emptyCells: Int { side * side - count }

  /// The rank of the score at `row` (0 at the bottom) and `column`; nil for an empty cell or
  /// outside.
  public func rank(row: Int, column: Int) -> Int? {
    guard (0..<side).contains(row), (0..<side).contains(column) else { return nil }
    let rank = row * side + column
    return rank < count ? rank : nil
  }

  /// The score at `row` (0 at the bottom) and `column`; nil for an empty cell or outside.
  public func score(row: Int, column: Int) -> Double? {
    rank(row: row, column: column).map { scores[order[$0]] }
  }

  /// The minibatch at `row` (0 at the bottom) and `column`; nil for an empty cell or outside.
  public func minibatch(row: Int, column: Int) -> Int? {
    rank(row: row, column: column).map { order[$0] }
  }

  /// Where the score of `rank` stands, row 0 at the bottom; nil when there is no such rank.
  public func position(ofRank rank: Int) -> (row: Int, column: Int)? {
    order.indices.contains(rank) ? (rank / side, rank % side) : nil
  }

  /// The rank at which `minibatch` stands; nil when there is no such minibatch. O(count).
  public func rank(ofMinibatch minibatch: Int) -> Int? { order.firstIndex(of: minibatch) }

  private static func ascending(_ scores: [Double]) -> [Int] {
    scores.indices.sorted { a, b in
      let (left, right) = (scores[a], scores[b])
      if left.isNaN || right.isNaN {
        return left.isNaN == right.isNaN ? a < b : right.isNaN
      }
      return left == right ? a < b : left < right
    }
  }
}
