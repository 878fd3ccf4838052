import COpenBLAS
import Core
import Glibc
import Synchronization

/// HSIC of all pairs of layers of more samples than whole kernel matrices have room for: in
/// float64, tile by tile, with the same formulas as `HSICRow`.
///
/// Every layer is gone through by itself first: RBF kernels need the median of all distances, which
/// `OrderStatistic` finds exactly in a few passes, and centring needs the sums of rows. Then each
/// tile is formed for all layers, centred, and multiplied. Tiles are made anew in every pass.
///
/// Memory, within the stated bytes: T² values of each layer, 6 n of each layer, and for each thread
/// a tile, two blocks of features and the distances among which the median is found; beside it one
/// value for each feature.
struct TiledProducts {
  private let options: StudyOptions
  private let samples: Int
  private let layers: Int
  private let threads: Int
  /// Samples of a tile, and distances that are held at once.
  private let side: Int
  private let held: Int

  /// Sides that are tried: below the smallest the passes would take for ever.
  private static let sides = [512, 256, 128, 64, 32, 16, 8, 4]

  /// - Throws: `ComputeError` where not even tiles fit into `bytes`.
  init(options: StudyOptions, samples: Int, layers: Int, threads: Int, bytes: Int) throws {
    self.options = options
    self.samples = samples
    self.layers = layers
    // The side, and so the bits, do not depend on the number of threads.
    func needs(_ side: Int) -> (shared: Double, thread: Double) {
      let held = Self.held(side: side, bytes: bytes)
      let thread = side * side + 2 * side * Self.width(side) + held
      let shared = Double(max(1, layers)) * (Double(side * side) + 6 * Double(samples))
      return (8 * shared, 8 * Double(thread))
    }
    let side = Self.sides.first { needs($0).shared + needs($0).thread <= Double(bytes) }
    guard let side else {
      throw ComputeError(
        "tiles of the Gram matrices of \(samples) samples and \(layers) layers take more than "
          + "\(bytes >> 20) MiB; use a smaller batch size or fewer layers")
    }
    self.side = side
    held = Self.held(side: side, bytes: bytes)
    let most = (Double(bytes) - needs(side).shared) / needs(side).thread
    self.threads = max(1, min(threads, Workers.most, Int(min(most, 1e6))))
  }

  private static func width(_ side: Int) -> Int { min(512, max(32, 4 * side)) }

  private static func held(side: Int, bytes: Int) -> Int {
    max(side * side, min(1 << 22, bytes / 512))
  }

  /// HSIC of all pairs of layers, and the layers that have none, with the reason.
  /// - Parameters:
  ///   - unit: the unit of a layer that earlier minibatches fixed.
  ///   - input: what a layer's kernel matrix is made of; or throws `LayerProblem`.
  func products(
    unit: @Sendable (_ layer: Int) -> Int?, input: @Sendable (_ layer: Int) throws -> LayerInput
  ) throws -> MinibatchProducts {
    try OpenBLAS.load()
    let makers = (0..<threads).map { _ in TileMaker(width: Self.width(side)) }
    let found = Mutex<[Int: CentredKernel]>([:])
    let faults = Mutex<[Int: LayerProblem]>([:])
    // Proof: a worker's calls never overlap, and all tasks end before `run` returns.
    nonisolated(unsafe) let workers = makers
    try Workers.run(tasks: layers, threads: threads) { worker, layer in
      do {
        let kernel = try CentredKernel(
          input(layer), samples: samples, options: options, side: side, held: held,
          maker: workers[worker])
        found.withLock { $0[layer] = kernel }
      } catch let problem as LayerProblem {
        faults.withLock { $0[layer] = problem }
      }
    }
    let kernels = found.withLock { $0 }
    let triangle = PackedTriangle(side: layers)
    let (hsic, parts) = try multiply(kernels, makers: makers)
    var result = MinibatchProducts(hsic: hsic, faults: faults.withLock { $0 })
    for (layer, kernel) in kernels {
      result.flat[layer] = kernel.flatness(own: result.hsic[triangle.index(layer, layer)])
    }
    result.figures = figures(kernels, hsic: hsic, parts: parts, triangle)
    result.clearFlat(triangle)
    let isLinear = options.kernel == .linear
    result.fix(
      units: kernels.mapValues { isLinear ? $0.layer.unit : 0 }, known: unit, triangle)
    return result
  }

  /// What the matrices tell beside HSIC.
  /// - Parameter parts: of each layer and sample, what its pairs make up of HSIC.
  private func figures(
    _ kernels: [Int: CentredKernel], hsic: [Double], parts: [Double], _ triangle: PackedTriangle
  ) -> MinibatchFigures {
    var result = MinibatchFigures(layers: Array(repeating: KernelFigures(), count: layers))
    let diagonals = (0..<layers).map { kernels[$0]?.centredDiagonal ?? [] }
    for (layer, diagonal) in diagonals.enumerated() {
      let own = hsic[triangle.index(layer, layer)]
      guard own > 0, !diagonal.isEmpty else { continue }
      result.layers[layer].setSample(
        parts: parts[layer * samples..<(layer + 1) * samples], of: own)
      result.layers[layer].setSpectrum(
        selfHSIC: own, diagonal: diagonal, samples: samples, estimator: options.estimator)
    }
    guard options.estimator == .biased else { return result }
    let products = (0..<layers).flatMap { i in
      (i..<layers).map { j in
        zip(diagonals[i], diagonals[j]).reduce(0) { $0 + $1.0 * $1.1 }
      }
    }
    result.unbiased = UnbiasedFromBiased(samples: samples, layers: layers).hsic(
      biased: hsic, products: products, traces: diagonals.map { $0.reduce(0, +) })
    return result
  }

  /// Sums the products over all tiles on and above the diagonal, and for each layer and sample the
  /// squares that its pairs make up.
  private func multiply(
    _ kernels: [Int: CentredKernel], makers: [TileMaker]
  ) throws -> (hsic: [Double], parts: [Double]) {
    let (buffer, sums) = (AlignedBuffer<Double>(), AlignedBuffer<Double>())
    let (count, samples) = (side * side, samples)
    var total = [Double](repeating: 0, count: PackedTriangle(side: layers).count)
    return try withExtendedLifetime((buffer, sums)) {
      // Proof: each layer's row and parts are written by one task, a worker's calls never overlap,
      // and all tasks end before `run` returns.
      nonisolated(unsafe) let (rows, workers) = (buffer.reserve(count * layers), makers)
      nonisolated(unsafe) let parts = sums.reserve(samples * layers)
      parts.initialize(repeating: 0, count: samples * layers)
      for (first, second) in Tiles(samples: samples, side: side) {
        try Workers.run(tasks: layers, threads: threads) { worker, layer in
          let row = rows + layer * count
          row.initialize(repeating: 0, count: count)
          kernels[layer]?.fill(row, first, second, maker: workers[worker])
          Self.addParts(row, first, second, to: parts + layer * samples)
        }
        let part = try PairProducts.all(
          rows: rows, layers: layers, count: count, threads: threads)
        for index in total.indices { total[index] += part[index] }
      }
      return (total, Array(UnsafeBufferPointer(start: parts, count: samples * layers)))
    }
  }

  /// Adds the square of each pair of a tile to both its samples.
  private static func addParts(
    _ row: UnsafePointer<Double>, _ rows: Range<Int>, _ columns: Range<Int>,
    to parts: UnsafeMutablePointer<Double>
  ) {
    for (index, i) in rows.enumerated() {
      var own = 0.0
      for (k, j) in columns.enumerated() where j >= i {
        let square = row[index * columns.count + k] * row[index * columns.count + k]
        own += square
        if j > i { parts[j] += square }
      }
      parts[i] += own
    }
  }
}

/// The tiles on and above the diagonal of a matrix, row by row.
struct Tiles: Sequence {
  let samples: Int
  let side: Int

  func makeIterator() -> some IteratorProtocol<(Range<Int>, Range<Int>)> {
    let (samples, side) = (samples, side)
    func range(_ start: Int) -> Range<Int> { start..<Swift.min(samples, start + side) }
    return stride(from: 0, to: samples, by: side).lazy.flatMap { first in
      stride(from: first, to: samples, by: side).lazy.map { (range(first), range($0)) }
    }.makeIterator()
  }
}
