import Core

/// A look at some of an array's values: whether they can be CKA at all.
///
/// CKA lies within 0 and 1; unbiased estimates of unrelated layers fall a little below 0. A small
/// sample, so that a file of gigabytes costs no more than one of kilobytes.
struct ValueSample {
  private var known = 0
  private var outside = 0
  private var negative = 0
  private var lowest = Double.infinity
  private var highest = -Double.infinity
  private let cells: Int
  /// The diagonal of a square matrix is 1: layers were compared with themselves.
  let hasUnitDiagonal: Bool

  /// Most values looked at.
  private static let most = 50_000
  /// Values that may be CKA after rounding.
  private static let likely = -0.5...1.01

  /// The values themselves.
  init(_ values: [Double]) {
    cells = values.count
    hasUnitDiagonal = false
    for value in values { look(at: value) }
  }

  /// Some rows of `array`, evenly spaced; of one with more than two axes, of its first part.
  init(_ array: NDArray) {
    cells = array.count
    var part = array
    while part.shape.count > 2, part.shape[0] > 0 {
      part = part.slice(axis: 0, index: part.shape[0] / 2)
    }
    guard part.count > 0, let matrix = try? part.matrix() else {
      hasUnitDiagonal = false
      return
    }
    let count = min(matrix.rows, matrix.columns)
    let step = max(1, count / 256)
    hasUnitDiagonal =
      array.shape.count == 2 && matrix.rows == matrix.columns && matrix.rows > 1
      && stride(from: 0, to: count, by: step).allSatisfy { abs(matrix[$0, $0] - 1) < 1e-3 }
    let columns = min(matrix.columns, Self.most)
    let rows = max(1, min(matrix.rows, Self.most / max(columns, 1)))
    withUnsafeTemporaryAllocation(of: Double.self, capacity: columns) { row in
      for index in 0..<rows {
        matrix.copyRow(index * matrix.rows / rows, columns: 0..<columns, into: row)
        for column in 0..<columns { look(at: row[column]) }
      }
    }
  }

  private mutating func look(at value: Double) {
    guard value.isFinite else { return }
    known += 1
    if !Self.likely.contains(value) { outside += 1 }
    if value < 0 { negative += 1 }
    (lowest, highest) = (min(lowest, value), max(highest, value))
  }

  /// "values reach from -3.2 to 4.1" when too many of them for CKA are negative or above 1; nil
  /// when they may be CKA, or are too few to tell.
  /// - Parameter least: the fewest values that tell anything.
  func foreign(least: Int) -> String? {
    guard cells >= least, known > 0, !hasUnitDiagonal else { return nil }
    let isOutside = outside * 20 > known
    let isCentred = cells >= 64 && negative * 4 > known
    guard isOutside || isCentred else { return nil }
    return "they reach from \(Self.brief(lowest)) to \(Self.brief(highest))"
  }

  private static func brief(_ value: Double) -> String {
    guard abs(value) >= 1e-4, abs(value) < 1e15 else { return "\(value)" }
    let rounded = (value * 1000).rounded() / 1000
    return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
  }
}
