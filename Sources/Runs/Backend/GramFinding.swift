import Core

/// What is wrong with a matrix that should be the Gram matrix of centred features.
public enum GramFinding {
  /// The first thing found; nil when all is well. Tolerances are for float32.
  public static func first(in gram: Matrix) -> String? {
    let (n, values) = (gram.rows, gram.values())
    guard values.allSatisfy(\.isFinite) else { return "it has values that are NaN or infinite" }
    let diagonal = (0..<n).map { values[$0 * (n + 1)] }
    let size = diagonal.reduce(0, +) / Double(max(1, n))
    guard diagonal.allSatisfy({ $0 >= -1e-5 * abs(size) }) else {
      return "its diagonal is negative somewhere"
    }
    // About a sample instead of the mean, whose row is then 0: rows sum to anything.
    let isAboutSample = diagonal.contains(0)
    for i in 0..<n {
      var sum = 0.0
      for j in 0..<n {
        let value = values[i * n + j]
        sum += value
        guard abs(value - values[j * n + i]) <= 1e-5 * size else {
          return "it is not symmetric at (\(i), \(j))"
        }
        guard value * value <= diagonal[i] * diagonal[j] + 1e-4 * size * size else {
          return "it is not positive semidefinite at (\(i), \(j))"
        }
      }
      guard isAboutSample || abs(sum) <= 1e-3 * size else {
        return "row \(i) sums to \(sum): the features are not centred over the minibatch"
      }
    }
    return nil
  }
}
