import COpenBLAS

/// HSIC of all pairs of layers by one symmetric rank-k update, A Aᵀ.
enum PairProducts {
  /// Layers of a tile; the tiles, and so the bits, do not depend on the number of threads.
  private static let tile = 64

  /// The products of all pairs of rows.
  /// - Parameters:
  ///   - rows: `layers` × `count`, row-major: each layer's `HSICRow`.
  /// - Returns: `PackedTriangle(side: layers).count` values.
  static func all(
    rows: UnsafePointer<Double>, layers: Int, count: Int, threads: Int
  ) throws -> [Double] {
    try OpenBLAS.load()
    guard let length = Int32(exactly: count) else {
      throw ComputeError(
        "\(count) pairs of samples are more than one product takes; use smaller minibatches")
    }
    let triangle = PackedTriangle(side: layers)
    let tiles = stride(from: 0, to: layers, by: tile).flatMap { first in
      stride(from: first, to: layers, by: tile).map { (first, $0) }
    }
    var result = [Double](repeating: 0, count: triangle.count)
    try result.withUnsafeMutableBufferPointer { result in
      // Proof: each tile writes its own entries of the triangle, the rows are only read, and all
      // tiles are done before `run` returns.
      nonisolated(unsafe) let (result, rows) = (result, rows)
      try Workers.run(tasks: tiles.count, threads: threads) { _, task in
        let (first, second) = tiles[task]
        let (height, width) = (min(tile, layers - first), min(tile, layers - second))
        multiply(
          rows + first * count, height, rows + second * count, width, length: length
        ) { i, j, product in
          result[triangle.index(first + i, second + j)] = product
        }
      }
    }
    return result
  }

  /// The products of `height` rows from `a` on with `width` rows from `b` on, of `length` numbers;
  /// where `a` is `b`, those on and above the diagonal.
  private static func multiply(
    _ a: UnsafePointer<Double>, _ height: Int, _ b: UnsafePointer<Double>, _ width: Int,
    length: Int32, store: (_ i: Int, _ j: Int, _ product: Double) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: height * width) { products in
      products.initialize(repeating: 0)
      let c = products.baseAddress
      if a == b {
        copenblas_dsyrk(Int32(height), length, a, length, c, Int32(width))
      } else {
        copenblas_dgemm_nt(
          Int32(height), Int32(width), length, a, length, b, length, c, Int32(width))
      }
      for i in 0..<height {
        for j in (a == b ? i : 0)..<width { store(i, j, products[i * width + j]) }
      }
    }
  }
}
