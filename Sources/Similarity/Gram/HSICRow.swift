/// A centred kernel matrix as a vector, so that HSIC of two layers is the dot product of theirs.
enum HSICRow {
  /// Elements of the vector for n = `samples`.
  static func count(samples n: Int, estimator: Estimator) -> Int {
    estimator == .unbiased ? n * (n - 1) / 2 : n * (n + 1) / 2
  }

  /// Writes the vector of `kernel` to `row`.
  ///
  /// - Unbiased: √2 U_ij/√(n(n − 3)) for i < j, where U is the U-centred kernel,
  ///   U_ij = K_ij − r_i − r_j + m, r_i = Σ_{j≠i} K_ij/(n − 2), m = Σ_{i≠j} K_ij/((n − 1)(n − 2)).
  /// - Biased: (H K H)_ii/(n − 1) and √2 (H K H)_ij/(n − 1), row by row of the upper triangle.
  ///
  /// - Parameters:
  ///   - kernel: n × n, n ≥ 4.
  ///   - rounding: what is left of a layer that does not vary, relative to the kernel's diagonal.
  ///   - row: `count` elements; all exactly 0 when no more than `rounding` is left.
  ///   - diagonal: where the n values (H K H)_ii go, if they are asked for; 0 with the row.
  /// - Returns: HSIC of the layer with itself, the sum of the squares of `row`.
  static func fill(
    _ row: UnsafeMutablePointer<Double>, kernel: GramView, estimator: Estimator, rounding: Double,
    diagonal: UnsafeMutablePointer<Double>? = nil
  ) -> Double {
    let scale = kernel.trace / Double(kernel.side)
    let squares =
      estimator == .unbiased
      ? fillUnbiased(row, kernel, diagonal) : fillBiased(row, kernel, diagonal)
    let n = Double(kernel.side)
    // HSIC of the layer with itself, were every centred entry just `rounding`.
    let unit = estimator == .unbiased ? (n - 1) / (n - 3) : n * n / ((n - 1) * (n - 1))
    if squares <= rounding * rounding * scale * scale * unit {
      row.initialize(repeating: 0, count: count(samples: kernel.side, estimator: estimator))
      diagonal?.initialize(repeating: 0, count: kernel.side)
      return 0
    }
    return squares
  }

  private static func fillUnbiased(
    _ out: UnsafeMutablePointer<Double>, _ kernel: GramView,
    _ diagonal: UnsafeMutablePointer<Double>?
  ) -> Double {
    let n = kernel.side
    var sums = offDiagonalSums(kernel)
    if let diagonal { fillDiagonal(diagonal, kernel, sums) }
    let mean = sums.reduce(0, +) / (Double(n - 1) * Double(n - 2))
    for i in 0..<n { sums[i] /= Double(n - 2) }
    let factor = (2 / (Double(n) * Double(n - 3))).squareRoot()
    var next = out
    var squares = 0.0
    sums.withUnsafeBufferPointer { sums in
      for i in 0..<n {
        let row = kernel.values + i * kernel.pitch
        let constant = mean - sums[i]
        for j in i + 1..<max(i + 1, n) {
          let value = factor * (row[j] + constant - sums[j])
          next[j - i - 1] = value
          squares += value * value
        }
        next += n - i - 1
      }
    }
    return squares
  }

  private static func fillBiased(
    _ out: UnsafeMutablePointer<Double>, _ kernel: GramView,
    _ diagonal: UnsafeMutablePointer<Double>?
  ) -> Double {
    let n = kernel.side
    var means = offDiagonalSums(kernel)
    if let diagonal { fillDiagonal(diagonal, kernel, means) }
    for i in 0..<n { means[i] = (means[i] + kernel.diagonal(i)) / Double(n) }
    let mean = means.reduce(0, +) / Double(n)
    var next = out
    var squares = 0.0
    means.withUnsafeBufferPointer { means in
      for i in 0..<n {
        let row = kernel.values + i * kernel.pitch
        let constant = mean - means[i]
        for j in i..<n {
          let factor = (j == i ? 1 : 2.0.squareRoot()) / Double(n - 1)
          let value = factor * (row[j] + constant - means[j])
          next[j - i] = value
          squares += value * value
        }
        next += n - i
      }
    }
    return squares
  }

  /// (H K H)_ii for every i, given the `sums` off the diagonal.
  private static func fillDiagonal(
    _ out: UnsafeMutablePointer<Double>, _ kernel: GramView, _ sums: [Double]
  ) {
    let n = Double(kernel.side)
    let mean = (sums.reduce(0, +) + kernel.trace) / (n * n)
    for i in 0..<kernel.side {
      let own = kernel.diagonal(i)
      (out + i).initialize(to: own - 2 * (sums[i] + own) / n + mean)
    }
  }

  /// Σ_{j≠i} K_ij for every i, from the upper triangle.
  static func offDiagonalSums(_ kernel: GramView) -> [Double] {
    let n = kernel.side
    return [Double](unsafeUninitializedCapacity: n) { sums, count in
      sums.initialize(repeating: 0)
      for i in 0..<n {
        let row = kernel.values + i * kernel.pitch
        var sum = 0.0
        for j in i + 1..<max(i + 1, n) {
          sum += row[j]
          sums[j] += row[j]
        }
        sums[i] += sum
      }
      count = n
    }
  }
}
