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
  /// - Returns: HSIC of the layer with itself, the sum of the squares of `row`.
  static func fill(
    _ row: UnsafeMutablePointer<Double>, kernel: GramView, estimator: Estimator, rounding: Double
  ) -> Double {
    let scale = kernel.trace / Double(kernel.side)
    let squares =
      estimator == .unbiased ? fillUnbiased(row, kernel) : fillBiased(row, kernel)
    let n = Double(kernel.side)
    // HSIC of the layer with itself, were every centred entry just `rounding`.
    let unit = estimator == .unbiased ? (n - 1) / (n - 3) : n * n / ((n - 1) * (n - 1))
    if squares <= rounding * rounding * scale * scale * unit {
      row.initialize(repeating: 0, count: count(samples: kernel.side, estimator: estimator))
      return 0
    }
    return squares
  }

  private static func fillUnbiased(
    _ out: UnsafeMutablePointer<Double>, _ kernel: GramView
  ) -> Double {
    let n = kernel.side
    var sums = offDiagonalSums(kernel)
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
    _ out: UnsafeMutablePointer<Double>, _ kernel: GramView
  ) -> Double {
    let n = kernel.side
    var means = offDiagonalSums(kernel)
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
