import COpenBLAS
import Core
import Synchronization

/// HSIC of linear kernels without any n × n matrix, in float64: the way for all samples at once,
/// when there are more of them than features.
///
/// With centred Xc, Yc and α_i = ‖xc_i‖², β_i = ‖yc_i‖²:
/// (n − 1)² HSIC₀ = ‖XcᵀYc‖², and
/// n(n − 3) HSIC₁ = ‖XcᵀYc‖² − n/(n − 2) · αᵀβ + ΣαΣβ/((n − 1)(n − 2)).
///
/// Memory: L · n values, and for each thread two blocks of features and their product.
struct FeatureForm {
  /// Features and samples of a block; the blocks, and so the bits, depend on nothing else.
  private static let block = 1024, chunk = 512

  private let estimator: Estimator
  private let samples: Int
  private let threads: Int

  init(estimator: Estimator, samples: Int, threads: Int) {
    self.estimator = estimator
    self.samples = samples
    self.threads = max(1, threads)
  }

  /// HSIC of all pairs of layers, and the layers that have none, with the reason.
  /// - Parameter features: a layer's features, samples × p; or throws `LayerProblem`.
  func products(
    layers count: Int, features: @Sendable (_ layer: Int) throws -> Matrix
  ) throws -> MinibatchProducts {
    try OpenBLAS.load()
    let centred = Mutex<[Int: CentredLayer]>([:])
    let faults = Mutex<[Int: String]>([:])
    try Workers.run(tasks: count, threads: threads) { _, layer in
      do {
        let result = try CentredLayer(features(layer))
        centred.withLock { $0[layer] = result }
      } catch let problem as LayerProblem {
        faults.withLock { $0[layer] = problem.reason }
      }
    }
    let layers = centred.withLock { $0 }
    let triangle = PackedTriangle(side: count)
    let pairs = (0..<count).flatMap { i in (i..<count).map { (i, $0) } }
    let values = Mutex([Double](repeating: 0, count: triangle.count))
    try Workers.run(tasks: pairs.count, threads: threads) { _, task in
      let (i, j) = pairs[task]
      guard let first = layers[i], let second = layers[j] else { return }
      let value = hsic(first, second, isSame: i == j)
      values.withLock { $0[triangle.index(i, j)] = value }
    }
    var result = values.withLock { $0 }
    for (i, j) in pairs
    where result[triangle.index(i, i)] == 0 || result[triangle.index(j, j)] == 0 {
      result[triangle.index(i, j)] = 0
    }
    var products = MinibatchProducts(hsic: result, faults: faults.withLock { $0 })
    products.figures = figures(layers, hsic: result, triangle)
    return products
  }

  /// What the layers' Gram matrices would tell beside HSIC. What one sample makes up would take
  /// products of all features with themselves once more, and is left unknown.
  private func figures(
    _ layers: [Int: CentredLayer], hsic: [Double], _ triangle: PackedTriangle
  ) -> MinibatchFigures {
    let count = triangle.side
    var result = MinibatchFigures(layers: Array(repeating: KernelFigures(), count: count))
    for (layer, features) in layers where hsic[triangle.index(layer, layer)] > 0 {
      result.layers[layer].sampleShare = .nan
      result.layers[layer].setSpectrum(
        selfHSIC: hsic[triangle.index(layer, layer)], diagonal: features.squares,
        samples: samples, estimator: estimator)
    }
    guard estimator == .biased else { return result }
    let products = (0..<count).flatMap { i in
      (i..<count).map { j in
        zip(layers[i]?.squares ?? [], layers[j]?.squares ?? []).reduce(0) { $0 + $1.0 * $1.1 }
      }
    }
    result.unbiased = UnbiasedFromBiased(samples: samples, layers: count).hsic(
      biased: hsic, products: products,
      traces: (0..<count).map { layers[$0]?.squares.reduce(0, +) ?? 0 })
    return result
  }

  private func hsic(_ x: CentredLayer, _ y: CentredLayer, isSame: Bool) -> Double {
    let n = Double(samples)
    let squares = squaredProduct(x, y, isSame: isSame)
    guard estimator == .unbiased else { return squares / ((n - 1) * (n - 1)) }
    var dot = 0.0
    for i in 0..<samples { dot += x.squares[i] * y.squares[i] }
    let sums = x.squares.reduce(0, +) * y.squares.reduce(0, +)
    let value = squares - n / (n - 2) * dot + sums / ((n - 1) * (n - 2))
    // The difference of the terms: what is below their rounding is no variation.
    if isSame, value <= 1e-13 * squares { return 0 }
    return value / (n * (n - 3))
  }

  /// ‖XcᵀYc‖²_F, block by block.
  private func squaredProduct(_ x: CentredLayer, _ y: CentredLayer, isSame: Bool) -> Double {
    let scratch = (left: AlignedBuffer<Double>(), right: AlignedBuffer<Double>())
    let result = AlignedBuffer<Double>()
    return withExtendedLifetime((scratch, result)) {
      var total = 0.0
      for left in stride(from: 0, to: x.columns, by: Self.block) {
        for right in stride(from: isSame ? left : 0, to: y.columns, by: Self.block) {
          let rows = left..<min(x.columns, left + Self.block)
          let columns = right..<min(y.columns, right + Self.block)
          let count = rows.count * columns.count
          let product = result.reserve(count)
          product.initialize(repeating: 0, count: count)
          for first in stride(from: 0, to: samples, by: Self.chunk) {
            let part = first..<min(samples, first + Self.chunk)
            copenblas_dgemm_tn(
              Int32(rows.count), Int32(columns.count), Int32(part.count),
              x.copy(part, columns: rows, into: scratch.left), Int32(rows.count),
              y.copy(part, columns: columns, into: scratch.right), Int32(columns.count),
              product, Int32(columns.count))
          }
          var squares = 0.0
          for index in 0..<count { squares += product[index] * product[index] }
          total += isSame && left != right ? 2 * squares : squares
        }
      }
      return total
    }
  }
}

/// A layer's features with what centring them takes.
private struct CentredLayer: Sendable {
  let features: Matrix
  /// The mean of every feature.
  let means: [Double]
  /// ‖xc_i‖² of every sample.
  let squares: [Double]

  var columns: Int { features.columns }

  init(_ features: Matrix) throws {
    self.features = features
    let maker = GramMaker()
    let means = withExtendedLifetime(maker) {
      stride(from: 0, to: features.columns, by: 4096).flatMap { first in
        let columns = first..<min(features.columns, first + 4096)
        let means = maker.findShift(of: features, columns: columns, samples: features.rows)
        return Array(UnsafeBufferPointer(start: means, count: columns.count))
      }
    }
    squares = withUnsafeTemporaryAllocation(of: Double.self, capacity: features.columns) { row in
      (0..<features.rows).map { i in
        features.copyRow(i, columns: 0..<features.columns, into: row)
        var sum = 0.0
        for k in 0..<features.columns { sum += (row[k] - means[k]) * (row[k] - means[k]) }
        return sum
      }
    }
    self.means = means
    guard squares.reduce(0, +).isFinite else { throw LayerProblem(describing: features) }
  }

  /// Some samples and features, centred, samples × features, packed in `buffer`.
  func copy(
    _ rows: Range<Int>, columns: Range<Int>, into buffer: AlignedBuffer<Double>
  ) -> UnsafeMutablePointer<Double> {
    let block = buffer.reserve(rows.count * columns.count)
    for (index, i) in rows.enumerated() {
      let row = UnsafeMutableBufferPointer(
        start: block + index * columns.count, count: columns.count)
      features.copyRow(i, columns: columns, into: row)
      for k in 0..<columns.count { row[k] -= means[columns.lowerBound + k] }
    }
    return block
  }
}
