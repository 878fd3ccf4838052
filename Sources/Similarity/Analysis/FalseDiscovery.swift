import Core

/// Many tests at once: Benjamini and Hochberg's control of the false discovery rate (1995).
public enum FalseDiscovery {
  /// The share of false findings among all findings that is accepted.
  public static let defaultLevel = 0.05

  /// Adjusted p values ("q values"), one for each of `pValues`: taking those that are at most q for
  /// findings keeps the expected share of false ones at or below q.
  ///
  /// It holds for independent tests and for tests that are positively dependent, as cells of one
  /// study are (Benjamini and Yekutieli 2001). NaN stays NaN and is not counted. O(n log n).
  public static func adjusted(_ pValues: [Double]) -> [Double] {
    let order = pValues.indices.filter { !pValues[$0].isNaN }.sorted { pValues[$0] < pValues[$1] }
    var adjusted = [Double](repeating: .nan, count: pValues.count)
    var smallest = 1.0
    for (rank, index) in order.enumerated().reversed() {
      smallest = min(smallest, pValues[index] * Double(order.count) / Double(rank + 1))
      adjusted[index] = smallest
    }
    return adjusted
  }

  /// The same for the cells of a matrix.
  /// - Parameter isSymmetric: a cell and its mirror image are one test, and count once; both get its
  ///   q.
  static func adjusted(_ pValues: Matrix, isSymmetric: Bool) -> Matrix {
    guard isSymmetric else {
      return Matrix(
        rows: pValues.rows, columns: pValues.columns, values: adjusted(pValues.values()))
    }
    let side = pValues.rows
    let once = (0..<side).flatMap { i in (i..<side).map { pValues[i, $0] } }
    let (triangle, q) = (PackedTriangle(side: side), adjusted(once))
    return Matrix(
      rows: side, columns: side,
      values: (0..<side).flatMap { i in (0..<side).map { q[triangle.index(i, $0)] } })
  }
}
