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
  static let block = 1024, chunk = 512

  let estimator: Estimator
  let samples: Int
  let threads: Int

  init(estimator: Estimator, samples: Int, threads: Int) {
    self.estimator = estimator
    self.samples = samples
    self.threads = max(1, threads)
  }

  /// HSIC of all pairs of layers, and the layers that have none, with the reason; nil where the
  /// terms of a layer cancel to under a millionth, as far outliers make them.
  /// - Parameters:
  ///   - unit: the unit of a layer that earlier minibatches fixed.
  ///   - features: a layer's features, samples × p; or throws `LayerProblem`.
  func products(
    layers count: Int, unit: @Sendable (_ layer: Int) -> Int?,
    features: @Sendable (_ layer: Int) throws -> Matrix
  ) throws -> (products: MinibatchProducts, layers: [Int: CentredLayer])? {
    try OpenBLAS.load()
    let (layers, faults) = try centred(layers: count, features: features)
    let triangle = PackedTriangle(side: count)
    guard let hsic = try products(layers, triangle) else { return nil }
    var result = MinibatchProducts(hsic: hsic, faults: faults)
    for (i, layer) in layers where layer.squares.allSatisfy({ $0 == 0 }) {
      result.flat[i] = .constant
    }
    result.figures = try figures(layers, hsic: result.hsic, triangle)
    result.clearFlat(triangle)
    result.fix(units: layers.mapValues(\.unit), known: unit, triangle)
    return (result, layers)
  }

  private func centred(
    layers count: Int, features: @Sendable (_ layer: Int) throws -> Matrix
  ) throws -> (layers: [Int: CentredLayer], faults: [Int: LayerProblem]) {
    let centred = Mutex<[Int: CentredLayer]>([:])
    let faults = Mutex<[Int: LayerProblem]>([:])
    try Workers.run(tasks: count, threads: threads) { _, layer in
      do {
        let result = try CentredLayer(features(layer))
        centred.withLock { $0[layer] = result }
      } catch let problem as LayerProblem {
        faults.withLock { $0[layer] = problem }
      }
    }
    return (centred.withLock { $0 }, faults.withLock { $0 })
  }

  /// HSIC of all pairs; nil where terms cancel.
  private func products(
    _ layers: [Int: CentredLayer], _ triangle: PackedTriangle
  ) throws -> [Double]? {
    let count = triangle.side
    let pairs = (0..<count).flatMap { i in (i..<count).map { (i, $0) } }
    let values = Mutex([Double](repeating: 0, count: triangle.count))
    let cancels = Atomic(false)
    try Workers.run(tasks: pairs.count, threads: threads) { _, task in
      let (i, j) = pairs[task]
      guard let first = layers[i], let second = layers[j] else { return }
      guard let value = hsic(first, second, isSame: i == j) else {
        return cancels.store(true, ordering: .relaxed)
      }
      values.withLock { $0[triangle.index(i, j)] = value }
    }
    return cancels.load(ordering: .relaxed) ? nil : values.withLock { $0 }
  }

  /// What the layers' Gram matrices would tell beside HSIC.
  private func figures(
    _ layers: [Int: CentredLayer], hsic: [Double], _ triangle: PackedTriangle
  ) throws -> MinibatchFigures {
    let count = triangle.side
    let found = Mutex(Array(repeating: KernelFigures(), count: count))
    try Workers.run(tasks: count, threads: threads) { _, layer in
      let own = hsic[triangle.index(layer, layer)]
      guard let features = layers[layer], own > 0 else { return }
      var figures = KernelFigures()
      figures.setSample(parts: sampleParts(features), of: own)
      figures.setSpectrum(
        selfHSIC: own, diagonal: features.squares, samples: samples, estimator: estimator)
      found.withLock { [figures] in $0[layer] = figures }
    }
    var result = MinibatchFigures(layers: found.withLock { $0 })
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

  /// nil where the terms cancel.
  private func hsic(_ x: CentredLayer, _ y: CentredLayer, isSame: Bool) -> Double? {
    let squares = squaredProduct(x, y, isSame: isSame)
    let value = hsic(squares, x, y, order: nil)
    let isSmall = value * Double(samples) * Double(samples - 3) <= 1e-6 * squares
    return isSame && estimator == .unbiased && squares > 0 && isSmall ? nil : value
  }

  /// HSIC, given ‖XcᵀYc‖².
  /// - Parameter order: the order in which the samples of `y` are taken; nil for their own.
  func hsic(
    _ squares: Double, _ x: CentredLayer, _ y: CentredLayer, order: [Int]?
  ) -> Double {
    let n = Double(samples)
    guard estimator == .unbiased else { return squares / ((n - 1) * (n - 1)) }
    var dot = 0.0
    for i in 0..<samples { dot += x.squares[i] * y.squares[order?[i] ?? i] }
    let sums = x.squares.reduce(0, +) * y.squares.reduce(0, +)
    return (squares - n / (n - 2) * dot + sums / ((n - 1) * (n - 2))) / (n * (n - 3))
  }

  /// ‖XcᵀYc‖²_F, block by block.
  /// - Parameter order: the order in which the samples of `y` are taken; nil for their own.
  func squaredProduct(
    _ x: CentredLayer, _ y: CentredLayer, isSame: Bool, order: [Int]? = nil
  ) -> Double {
    let blocks = FeatureBlocks(samples: samples)
    var total = 0.0
    for left in stride(from: 0, to: x.columns, by: Self.block) {
      for right in stride(from: isSame ? left : 0, to: y.columns, by: Self.block) {
        let rows = left..<min(x.columns, left + Self.block)
        let columns = right..<min(y.columns, right + Self.block)
        let product = blocks.product(x, rows, y, columns, order: order)
        var squares = 0.0
        for index in 0..<rows.count * columns.count { squares += product[index] * product[index] }
        total += isSame && left != right ? 2 * squares : squares
      }
    }
    return total
  }
}

/// Products of some features of one layer with some of another; one for each thread, since it owns
/// the scratch memory.
final class FeatureBlocks {
  private let samples: Int
  private let left = AlignedBuffer<Double>()
  private let right = AlignedBuffer<Double>()
  private let result = AlignedBuffer<Double>()
  private let mapped = AlignedBuffer<Double>()

  init(samples: Int) { self.samples = samples }

  private var chunks: [Range<Int>] {
    stride(from: 0, to: samples, by: FeatureForm.chunk).map {
      $0..<min(samples, $0 + FeatureForm.chunk)
    }
  }

  /// XcᵀYc of these features, packed; valid until the next product.
  func product(
    _ x: CentredLayer, _ rows: Range<Int>, _ y: CentredLayer, _ columns: Range<Int>,
    order: [Int]? = nil
  ) -> UnsafeMutablePointer<Double> {
    let product = result.reserve(rows.count * columns.count)
    product.initialize(repeating: 0, count: rows.count * columns.count)
    for part in chunks {
      let first = x.copy(part, columns: rows, into: left)
      let second =
        order.map { y.copy($0[part], columns: columns, into: right) }
        ?? y.copy(part, columns: columns, into: right)
      copenblas_dgemm_tn(
        Int32(rows.count), Int32(columns.count), Int32(part.count), first, Int32(rows.count),
        second, Int32(columns.count), product, Int32(columns.count))
    }
    return product
  }

  /// Adds `factor` × x_i,a C_ab x_i,b of every sample i to `sums`, where C = XcᵀXc and a and b are
  /// these features.
  func addForms(
    _ x: CentredLayer, _ a: Range<Int>, _ b: Range<Int>, factor: Double, to sums: inout [Double]
  ) {
    let product = product(x, b, x, a)
    for part in chunks {
      let first = x.copy(part, columns: a, into: left)
      let second = x.copy(part, columns: b, into: right)
      let count = part.count * b.count
      let image = mapped.reserve(count)
      image.initialize(repeating: 0, count: count)
      copenblas_dgemm_nt(
        Int32(part.count), Int32(b.count), Int32(a.count), first, Int32(a.count), product,
        Int32(a.count), image, Int32(b.count))
      for (index, i) in part.enumerated() {
        var sum = 0.0
        for k in index * b.count..<(index + 1) * b.count { sum += image[k] * second[k] }
        sums[i] += factor * sum
      }
    }
  }
}
