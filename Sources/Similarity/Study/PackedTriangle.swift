/// Where the entries of a symmetric matrix stand when its upper triangle, with the diagonal, is
/// stored row by row.
public struct PackedTriangle: Sendable, Hashable {
  /// Rows and columns of the matrix.
  public let side: Int

  /// The layout of a `side` × `side` matrix.
  public init(side: Int) { self.side = side }

  /// Stored entries: side (side + 1)/2.
  public var count: Int { side * (side + 1) / 2 }

  /// The position of entry (row, column); the order of the two does not matter.
  public func index(_ row: Int, _ column: Int) -> Int {
    let (i, j) = row <= column ? (row, column) : (column, row)
    return i * (2 * side - i - 1) / 2 + j
  }
}
