import CKACore
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
    let blocks = (layers + tile - 1) / tile
    let tiles = (0..<blocks).flatMap { i in (i..<blocks).map { (i * tile, $0 * tile) } }
    var result = [Double](repeating: 0, count: triangle.count)
    try result.withUnsafeMutableBufferPointer { result in
      // Proof: each tile writes its own entries of the triangle, the rows are only read, and all
      // tiles are done before `run` returns.
      nonisolated(unsafe) let (result, rows) = (result, rows)
      try Workers.run(tasks: tiles.count, threads: threads) { _, task in
        let (first, second) = tiles[task]
        let height = min(tile, layers - first)
        let width = min(tile, layers - second)
        let a = rows + first * count
        withUnsafeTemporaryAllocation(of: Double.self, capacity: height * width) { products in
          products.initialize(repeating: 0)
          let c = products.baseAddress
          if first == second {
            copenblas_dsyrk(Int32(height), length, a, length, c, Int32(width))
          } else {
            copenblas_dgemm_nt(
              Int32(height), Int32(width), length, a, length, rows + second * count, length, c,
              Int32(width))
          }
          for i in 0..<height {
            for j in (first == second ? i : 0)..<width {
              result[triangle.index(first + i, second + j)] = products[i * width + j]
            }
          }
        }
      }
    }
    return result
  }
}
