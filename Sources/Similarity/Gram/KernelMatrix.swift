import Core
import Glibc

extension GramView {
  /// Turns a linear Gram matrix into that of `kernel`, in place.
  ///
  /// Distances come from ‖x_i − x_j‖² = K_ii + K_jj − 2 K_ij, which a common shift of all samples
  /// does not change.
  /// - Throws: `LayerProblem` where the median distance is 0.
  func apply(_ kernel: Kernel) throws {
    guard case .rbf(let fraction, let rule) = kernel else { return }
    formSquaredDistances()
    let median = medianDistance(rule)
    guard median > 0 else {
      // A layer that does not vary at all is dead, as with the linear kernel.
      guard largestDistance > 0 else { return setConstant() }
      throw LayerProblem("most samples have the same activations: the median distance is 0")
    }
    let scale = -1 / (2 * fraction * fraction * median)
    for i in 0..<side {
      let row = values + i * pitch
      for j in i..<side { row[j] = exp(row[j] * scale) }
    }
  }

  private func formSquaredDistances() {
    let norms = (0..<side).map(diagonal)
    for i in 0..<side {
      let row = values + i * pitch
      row[i] = 0
      for j in i + 1..<max(i + 1, side) { row[j] = max(0, norms[i] + norms[j] - 2 * row[j]) }
    }
  }

  private var largestDistance: Double {
    var largest = 0.0
    for i in 0..<side {
      for j in i..<side { largest = max(largest, values[i * pitch + j]) }
    }
    return largest
  }

  private func setConstant() {
    for i in 0..<side { (values + i * pitch + i).initialize(repeating: 1, count: side - i) }
  }

  /// The median as numpy takes it: the mean of the two middle values of an even number.
  private func medianDistance(_ rule: Kernel.MedianRule) -> Double {
    var distances: [Double] = []
    distances.reserveCapacity(side * (side - 1) / 2)
    for i in 0..<side {
      for j in i + 1..<max(i + 1, side) { distances.append(values[i * pitch + j]) }
    }
    distances.sort()
    switch rule {
    case .offDiagonal: return Statistics.quantile(0.5, of: distances)
    case .all:
      // The n zeros of the diagonal come first, then each distance twice.
      let count = side * side
      func sorted(_ index: Int) -> Double { index < side ? 0 : distances[(index - side) / 2] }
      return (sorted((count - 1) / 2) + sorted(count / 2)) / 2
    }
  }
}
