import Core
import Glibc

/// exp(−s d/m) of squared distances d with the median m, up to what CKA does not see.
///
/// A constant that is added to all elements is taken out by the centring that follows, and a factor
/// cancels: where s d/m is small everywhere the kernel less 1 is formed, which keeps its digits,
/// and for an s below 2^−200 −d/m, which is that divided by s.
struct RadialKernel {
  /// s = 1/(2 fraction²), bounded so that s · 0 is 0.
  let steepness: Double
  /// Over which distances the median is taken.
  let rule: Kernel.MedianRule

  init?(_ kernel: Kernel) {
    guard case .rbf(let fraction, let rule) = kernel else { return nil }
    steepness = min(0.5 / fraction / fraction, 1e300)
    self.rule = rule
  }

  /// How the elements are formed.
  enum Form {
    case kernel, lessOne, linear
  }

  /// The form for distances of up to `largest` times their median.
  func form(largest: Double) -> Form {
    if steepness < 0x1p-200 { return .linear }
    return steepness * largest < 0.5 ? .lessOne : .kernel
  }

  /// The element of a squared distance of `ratio` times the median.
  @inline(__always)
  func value(_ ratio: Double, _ form: Form) -> Double {
    switch form {
    case .kernel: exp(-steepness * ratio)
    case .lessOne: expm1(-steepness * ratio)
    case .linear: -ratio
    }
  }

  /// How much the element `value` changes with the ratio.
  @inline(__always)
  func slope(_ value: Double, _ form: Form) -> Double {
    switch form {
    case .kernel: steepness * value
    case .lessOne: steepness * (1 + value)
    case .linear: 1
    }
  }
}

extension GramView {
  /// Turns a linear Gram matrix into squared distances, K_ii + K_jj − 2 K_ij, which a common shift
  /// of all samples does not change.
  /// - Returns: √K_ii, for the error of a distance: `distanceError`.
  func formSquaredDistances() -> [Double] {
    let squares = (0..<side).map(diagonal)
    for i in 0..<side {
      let row = values + i * pitch
      row[i] = 0
      for j in i + 1..<max(i + 1, side) {
        row[j] = max(0, squares[i] + squares[j] - 2 * row[j])
      }
    }
    return squares.map { max(0, $0).squareRoot() }
  }

  /// What rounding may have done to a squared distance of samples of these norms: 2 |E_ij| + |E_ii|
  /// + |E_jj| ≤ `error` (‖a_i‖ + ‖a_j‖)² + 4 `floor`.
  @inline(__always)
  func distanceError(_ first: Double, _ second: Double) -> Double {
    error * (first + second) * (first + second) + 4 * floor
  }

  /// Takes those squared distances from the features themselves, of which the Gram matrix lost more
  /// than `DirectDistances.wanted`.
  func refineDistances(norms: [Double], features: Matrix, factor: Double) {
    var pairs: [(first: Int, second: Int)] = []
    for i in 0..<side {
      for j in i + 1..<max(i + 1, side)
      where distanceError(norms[i], norms[j]) > DirectDistances.wanted * values[i * pitch + j] {
        pairs.append((i, j))
      }
    }
    guard !pairs.isEmpty else { return }
    let found = DirectDistances.squared(pairs, features: features, factor: factor)
    for (pair, distance) in zip(pairs, found) {
      values[pair.first * pitch + pair.second] = distance
    }
  }

  /// Turns squared distances into the kernel, in place.
  /// - Parameters:
  ///   - error: what may be wrong with the squared distance of samples `i` and `j`, which is `d`.
  /// - Returns: Σ_{i<j} of the squares of what may be wrong with the elements, and of the elements;
  ///   nil where the median is 0 and some distance is not.
  func apply(
    _ kernel: RadialKernel, error: (_ i: Int, _ j: Int, _ d: Double) -> Double
  ) -> (errors: Double, squares: Double)? {
    let median = medianDistance(kernel.rule)
    let largest = largestDistance
    guard median > 0 else {
      // A layer that does not vary at all has a kernel of ones, as its linear kernel has of zeros.
      return largest > 0 ? nil : (0, 0)
    }
    let form = kernel.form(largest: largest / median)
    var (errors, squares) = (0.0, 0.0)
    for i in 0..<side {
      let row = values + i * pitch
      row[i] = kernel.value(0, form)
      for j in i + 1..<max(i + 1, side) {
        let value = kernel.value(row[j] / median, form)
        // The median's own error is of the size of a distance's: twice.
        let wrong = 2 * kernel.slope(value, form) * (error(i, j, row[j]) / median)
        row[j] = value
        errors += wrong * wrong
        squares += value * value
      }
    }
    return (errors, squares)
  }

  private var largestDistance: Double {
    var largest = 0.0
    for i in 0..<side {
      for j in i..<side { largest = max(largest, values[i * pitch + j]) }
    }
    return largest
  }

  /// The median as numpy takes it: the mean of the two middle values of an even number.
  private func medianDistance(_ rule: Kernel.MedianRule) -> Double {
    var distances: [Double] = []
    distances.reserveCapacity(side * (side - 1) / 2)
    for i in 0..<side {
      for j in i + 1..<max(i + 1, side) { distances.append(values[i * pitch + j]) }
    }
    distances.sort()
    let ranks = rule.ranks(samples: side)
    func value(_ rank: Int?) -> Double { rank.map { distances[$0] } ?? 0 }
    return (value(ranks.lower) + value(ranks.upper)) / 2
  }
}

extension Kernel.MedianRule {
  /// Where the two middle values stand among the n(n − 1)/2 sorted squared distances of different
  /// samples; nil for one of the n zeros of the diagonal.
  func ranks(samples n: Int) -> (lower: Int?, upper: Int?) {
    switch self {
    case .offDiagonal:
      let count = n * (n - 1) / 2
      return ((count - 1) / 2, count / 2)
    case .all:
      // The n zeros of the diagonal come first, then each distance twice.
      let count = n * n
      func rank(_ index: Int) -> Int? { index < n ? nil : (index - n) / 2 }
      return (rank((count - 1) / 2), rank(count / 2))
    }
  }
}
