import COpenBLAS

/// HSIC of all pairs of layers where the samples of the second are permuted, once for each draw.
///
/// Centring commutes with a permutation of the samples, so the `HSICRow`s of a minibatch are all it
/// takes: ⟨Aᵢ, P Aⱼ⟩, where P moves the entry of samples (s, t) to those that s and t are exchanged
/// for. A draw costs twice the products of all pairs.
struct PermutedProducts {
  /// Pairs of samples that are multiplied at a time; the bits depend on it and on nothing else.
  private static let chunk = 2048

  /// n.
  let samples: Int
  /// L.
  let layers: Int
  /// Whether rows hold the diagonal too.
  let estimator: Estimator

  /// Adds `weight` × HSIC of layer i and permuted layer j to `sums`[draw, i, j], for all draws.
  /// - Parameters:
  ///   - rows: the layers' `HSICRow`s, one after another.
  ///   - minibatch: the minibatch's number, by which its permutations are drawn.
  ///   - sums: draws × L × L values.
  func add(
    _ plan: NullPlan, rows: UnsafePointer<Double>, minibatch: Int, weight: Double,
    threads: Int, to sums: UnsafeMutablePointer<Double>
  ) throws {
    try OpenBLAS.load()
    let count = HSICRow.count(samples: samples, estimator: estimator)
    guard let length = Int32(exactly: count), let side = Int32(exactly: layers) else {
      throw ComputeError("\(count) pairs of samples are more than one product takes")
    }
    let scratch = (0..<max(1, threads)).map { _ in
      (permuted: AlignedBuffer<Double>(), products: AlignedBuffer<Double>())
    }
    // Proof: a worker's calls never overlap, each draw has its own part of the sums, the rows are
    // only read, and all draws are done before `run` returns.
    nonisolated(unsafe) let (rows, sums, buffers) = (rows, sums, scratch)
    try Workers.run(tasks: plan.draws, threads: threads) { worker, draw in
      let permutation = plan.permutation(of: samples, minibatch: minibatch, draw: draw)
      let permuted = buffers[worker].permuted.reserve(layers * Self.chunk)
      let products = buffers[worker].products.reserve(layers * layers)
      products.initialize(repeating: 0, count: layers * layers)
      forEachChunk(permutation) { first, sources in
        for layer in 0..<layers {
          let (row, target) = (rows + layer * count, permuted + layer * sources.count)
          for (k, source) in sources.enumerated() { target[k] = row[Int(source)] }
        }
        let width = Int32(sources.count)
        copenblas_dgemm_nt(
          side, side, width, rows + first, length, permuted, width, products, side)
      }
      let own = sums + draw * layers * layers
      for index in 0..<layers * layers { own[index] += weight * products[index] }
    }
  }

  /// Calls `body` with the position of a stretch of pairs in a row, and where the pairs that they
  /// are exchanged for stand.
  private func forEachChunk(
    _ permutation: [Int], _ body: (_ first: Int, _ sources: [Int32]) -> Void
  ) {
    let hasDiagonal = estimator == .biased
    var (first, sources) = (0, [Int32]())
    sources.reserveCapacity(Self.chunk)
    for i in 0..<samples {
      for j in (hasDiagonal ? i : i + 1)..<max(i + 1, samples) {
        let (a, b) = (permutation[i], permutation[j])
        sources.append(Int32(position(min(a, b), max(a, b), hasDiagonal)))
        guard sources.count == Self.chunk else { continue }
        body(first, sources)
        first += Self.chunk
        sources.removeAll(keepingCapacity: true)
      }
    }
    if !sources.isEmpty { body(first, sources) }
  }

  /// Where the pair of samples i ≤ j stands in a row.
  private func position(_ i: Int, _ j: Int, _ hasDiagonal: Bool) -> Int {
    hasDiagonal
      ? i * (2 * samples - i - 1) / 2 + j : i * (2 * samples - i - 1) / 2 + j - i - 1
  }
}

extension MinibatchRows {
  /// Adds the sums under permuted samples of the minibatch whose `products` were made last.
  func addNull(
    _ plan: NullPlan, minibatch: Int, samples: Int, layers: Int,
    to sums: UnsafeMutablePointer<Double>
  ) throws {
    let count = HSICRow.count(samples: samples, estimator: options.estimator)
    try PermutedProducts(samples: samples, layers: layers, estimator: options.estimator).add(
      plan, rows: rows.reserve(count * layers), minibatch: minibatch,
      weight: options.weighting.weight(samples: samples), threads: threads, to: sums)
  }
}
