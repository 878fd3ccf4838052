import COpenBLAS
import Core
import Glibc

// What one sample makes up of HSIC, and HSIC under permuted samples, from products of features.

extension FeatureForm {
  /// For every sample the part of HSIC of the layer with itself that its pairs make up, as
  /// `KernelFigures` counts them: a pair belongs to both its samples.
  ///
  /// Σ_j K_ij² = x_iᵀ (XcᵀXc) x_i, and Σ_j K_ij α_j = x_iᵀ Σ_j α_j x_j; with these the squares of a
  /// row of U, U_ij = K_ij + (α_i + α_j)/(n − 2) − Σα/((n − 1)(n − 2)), are summed without K. It
  /// costs about three times HSIC of the layer with itself.
  func sampleParts(_ x: CentredLayer) -> [Double] {
    let (n, alpha) = (Double(samples), x.squares)
    let rows = rowSquares(x)
    guard estimator == .unbiased else {
      return alpha.indices.map {
        (2 * rows[$0] - alpha[$0] * alpha[$0]) / ((n - 1) * (n - 1))
      }
    }
    let weighted = weightedRows(x)
    let sum = alpha.reduce(0, +)
    let squares = alpha.reduce(0) { $0 + $1 * $1 }
    return alpha.indices.map { i in
      let own = alpha[i]
      // U_ij = K_ij + c + α_j/(n − 2); the sums are over j ≠ i, and Σ_j K_ij = 0.
      let c = own / (n - 2) - sum / ((n - 1) * (n - 2))
      let kernels = rows[i] - own * own
      let mixed = -own * c + (weighted[i] - own * own) / (n - 2)
      let rest =
        (n - 1) * c * c + 2 * c * (sum - own) / (n - 2)
        + (squares - own * own) / ((n - 2) * (n - 2))
      return max(0, 2 * (kernels + 2 * mixed + rest)) / (n * (n - 3))
    }
  }

  /// Σ_j K_ij² of every sample i.
  private func rowSquares(_ x: CentredLayer) -> [Double] {
    let blocks = FeatureBlocks(samples: samples)
    var sums = [Double](repeating: 0, count: samples)
    for left in stride(from: 0, to: x.columns, by: Self.block) {
      for right in stride(from: left, to: x.columns, by: Self.block) {
        blocks.addForms(
          x, left..<min(x.columns, left + Self.block),
          right..<min(x.columns, right + Self.block), factor: left == right ? 1 : 2, to: &sums)
      }
    }
    return sums
  }

  /// Σ_j K_ij α_j of every sample i.
  private func weightedRows(_ x: CentredLayer) -> [Double] {
    let (buffer, count) = (AlignedBuffer<Double>(), x.columns)
    var (total, sums) = ([Double](repeating: 0, count: count), [Double]())
    sums.reserveCapacity(samples)
    withExtendedLifetime(buffer) {
      for i in 0..<samples {
        let row = x.copy(i..<i + 1, columns: 0..<count, into: buffer)
        for k in 0..<count { total[k] += x.squares[i] * row[k] }
      }
      for i in 0..<samples {
        let row = x.copy(i..<i + 1, columns: 0..<count, into: buffer)
        var sum = 0.0
        for k in 0..<count { sum += total[k] * row[k] }
        sums.append(sum)
      }
    }
    return sums
  }

  /// Adds `weight` × HSIC of layer i and permuted layer j to `sums`[draw, i, j], for all draws, as
  /// `PermutedProducts` does from Gram matrices. A draw costs twice the products of all pairs.
  /// - Parameters:
  ///   - shifts: for each layer with a value the exponent that brings its kernel into its unit.
  ///   - sums: draws × L × L values, L = `count`.
  func addNull(
    _ plan: NullPlan, layers: [Int: CentredLayer], shifts: [Int: Int], count: Int, minibatch: Int,
    weight: Double, to sums: UnsafeMutablePointer<Double>
  ) throws {
    // Proof: each draw has its own part of the sums, and all draws are done before `run` returns.
    nonisolated(unsafe) let sums = sums
    try Workers.run(tasks: plan.draws, threads: threads) { _, draw in
      let order = plan.permutation(of: samples, minibatch: minibatch, draw: draw)
      let own = sums + draw * count * count
      for (i, first) in shifts {
        for (j, second) in shifts {
          guard let x = layers[i], let y = layers[j] else { continue }
          let squares = squaredProduct(x, y, isSame: false, order: order)
          let value = hsic(squares, x, y, order: order)
          own[i * count + j] += weight * scalbn(value, first + second)
        }
      }
    }
  }
}
