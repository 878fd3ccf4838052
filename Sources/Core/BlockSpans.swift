/// Where the blocks of a drawing begin and end along one axis, cut off at the ends of the matrix.
struct BlockSpans: Sendable {
  /// First row or column of block 0; may lie outside.
  let first: Int
  /// Rows or columns in a block, > 0.
  let block: Int
  /// Number of blocks.
  let count: Int
  /// Number of rows or columns that there are.
  let end: Int

  /// What block `index` covers; empty when it lies outside.
  subscript(index: Int) -> Range<Int> {
    let start = first + index * block
    let low = min(max(0, start), end)
    return low..<max(low, min(start + block, end))
  }

  /// What all blocks cover together.
  var whole: Range<Int> { self[0].lowerBound..<self[count - 1].upperBound }

  /// Whether every block begins at a multiple of `side` and ends at one or at the matrix's end.
  func areMultiples(of side: Int) -> Bool {
    first.isMultiple(of: side) && block.isMultiple(of: side)
  }

  /// The same blocks counted in tiles of `side`.
  func divided(by side: Int) -> BlockSpans {
    BlockSpans(
      first: first / side, block: block / side, count: count, end: (end + side - 1) / side)
  }
}
