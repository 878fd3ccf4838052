import Core

/// Why a layer has no Gram matrix in a minibatch: a reason for the study, not an end of the run.
struct LayerProblem: Error {
  /// One line, ready to show.
  var reason: String

  init(_ reason: String) { self.reason = reason }

  /// Why the products of `features` are not finite.
  init(describing features: Matrix) {
    var count = 0
    withUnsafeTemporaryAllocation(of: Double.self, capacity: features.columns) { row in
      for i in 0..<features.rows {
        features.copyRow(i, columns: 0..<features.columns, into: row)
        for value in row where !value.isFinite { count += 1 }
      }
    }
    reason =
      count > 0
      ? "\(count) of \(features.rows * features.columns) activations are NaN or infinite"
      : "the activations are so large that their products overflow"
  }
}
