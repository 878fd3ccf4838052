/// What a layer's kernel matrix of one minibatch tells beside HSIC.
///
/// K̂ = H K H is the centred kernel matrix, U the U-centred one. In both estimators HSIC of a layer
/// with itself is a sum over pairs of samples, and a sample takes part in the pairs of its row.
public struct KernelFigures: Sendable, Hashable {
  /// (tr K̂)²/(n − 1)².
  public var squaredTrace = 0.0
  /// tr K̂²/(n − 1)², which is HSIC₀ of the layer with itself.
  public var squares = 0.0
  /// The largest part of the layer's HSIC with itself that pairs with one sample make up, 0…1: 1
  /// where nothing varies but that sample. NaN where it is not known.
  public var sampleShare = 0.0
  /// The sample, zero-based in its minibatch.
  public var sample = 0

  /// The figures of a layer without variation, or without a matrix.
  public init() {}
}

extension KernelFigures {
  /// Reads them off a layer's `HSICRow`. O(n²).
  /// - Parameter diagonal: (H K H)_ii of the n = `samples` samples.
  init(
    row: UnsafePointer<Double>, diagonal: UnsafePointer<Double>, samples n: Int,
    estimator: Estimator
  ) {
    var next = row
    var total = 0.0
    let first = estimator == .unbiased ? 1 : 0
    let shares = [Double](unsafeUninitializedCapacity: n) { sums, count in
      sums.initialize(repeating: 0)
      for i in 0..<n {
        var own = 0.0
        for j in min(n, i + first)..<n {
          let square = next[j - i - first] * next[j - i - first]
          own += square
          if j > i { sums[j] += square }
        }
        sums[i] += own
        total += own
        next += n - i - first
      }
      count = n
    }
    self.init()
    guard total > 0, total.isFinite else { return }
    setSample(parts: shares, of: total)
    setSpectrum(selfHSIC: total, diagonal: diagonal, samples: n, estimator: estimator)
  }

  /// Sets the sample with the largest of `parts`, its share of `total`.
  mutating func setSample(parts: some Sequence<Double>, of total: Double) {
    for (index, part) in parts.enumerated() where part / total > sampleShare {
      (sampleShare, sample) = (part / total, index)
    }
  }

  /// Sets traces from HSIC of the layer with itself:
  /// tr K̂² = n(n − 3) HSIC₁ + n/(n − 2) Σ K̂_ii² − (tr K̂)²/((n − 1)(n − 2)).
  mutating func setSpectrum(
    selfHSIC: Double, diagonal: UnsafePointer<Double>, samples: Int, estimator: Estimator
  ) {
    let n = Double(samples)
    var (trace, diagonalSquares) = (0.0, 0.0)
    for i in 0..<samples {
      trace += diagonal[i]
      diagonalSquares += diagonal[i] * diagonal[i]
    }
    let unit = (n - 1) * (n - 1)
    squaredTrace = trace * trace / unit
    squares =
      estimator == .biased
      ? selfHSIC
      : (n * (n - 3) * selfHSIC + n / (n - 2) * diagonalSquares
        - trace * trace / ((n - 1) * (n - 2))) / unit
  }
}

/// HSIC₁ of all pairs from HSIC₀ and the diagonals κ_i, λ_i of the centred kernels:
/// n(n − 3) HSIC₁ = (n − 1)² HSIC₀ − n/(n − 2) Σ κ_i λ_i + Σ κ Σ λ/((n − 1)(n − 2)).
///
/// It costs L² n/2 products where HSIC₀ takes L² n²/4: next to nothing.
struct UnbiasedFromBiased {
  let samples: Int
  let layers: Int

  /// - Parameters:
  ///   - biased: HSIC₀, as `PackedTriangle` stores it.
  ///   - products: Σ κ_i λ_i, likewise.
  ///   - traces: Σ κ_i of each layer.
  func hsic(biased: [Double], products: [Double], traces: [Double]) -> [Double] {
    let n = Double(samples)
    var result = biased
    var index = 0
    for i in 0..<layers {
      for j in i..<layers {
        let squares = (n - 1) * (n - 1) * biased[index]
        let value =
          squares - n / (n - 2) * products[index] + traces[i] * traces[j] / ((n - 1) * (n - 2))
        // The difference of the terms: what is below their rounding is no variation.
        let isRounding = i == j && value <= 1e-13 * squares
        result[index] = isRounding ? 0 : value / (n * (n - 3))
        index += 1
      }
    }
    return result
  }
}
