import Core
import Glibc
import Synchronization

/// Forms the centred Gram matrices that a backend sends, a minibatch at a time.
public final class FrameMaker<Source: FeatureSource> {
  private let source: Source
  private let precision: Precision
  private let makers: [GramMaker]
  private let order: [Int]

  /// Takes the features of `source`, on up to `threads` threads; no bit depends on their number.
  /// - Parameter precision: the type in which products are formed.
  public init(source: Source, precision: Precision, threads: Int) {
    self.source = source
    self.precision = precision
    makers = (0..<max(1, min(threads, Workers.most))).map { _ in GramMaker() }
    order = LayerFeatures.largestFirst(of: source)
  }

  /// Minibatch `minibatch`, zero-based: K = Xc Xcᵀ in float64 for every layer, or why there is
  /// none.
  /// - Throws: what the source throws, or `ComputeError` when OpenBLAS is missing.
  public func frame(minibatch: Int) throws -> GramFrame {
    let samples = source.sampleCounts[minibatch]
    let layers = LayerFeatures(source: source, minibatch: minibatch, samples: samples)
    let made = Mutex<[Int: GramFrame.Layer]>([:])
    // Proof: a worker's calls never overlap, and all tasks end before `run` returns.
    nonisolated(unsafe) let makers = makers
    let (order, precision) = (order, precision)
    try Workers.run(tasks: order.count, threads: makers.count) { worker, task in
      let layer = order[task]
      let result: GramFrame.Layer
      do {
        let gram = try makers[worker].sharpGram(
          of: layers.features(of: layer), precision: precision)
        result = .gram(gram.centred())
      } catch let problem as LayerProblem {
        result = .fault("\(problem)")
      }
      made.withLock { $0[layer] = result }
    }
    let results = made.withLock { $0 }
    return GramFrame(
      samples: samples, sampleHash: source.sampleHash(minibatch: minibatch),
      layers: results.sorted { $0.key < $1.key }.map(\.value))
  }
}

extension GramMaker {
  /// The Gram matrix for whoever takes distances from it: about a sample that no outlier is, in
  /// float64, where they are lost otherwise.
  fileprivate func sharpGram(of features: Matrix, precision: Precision) throws -> GramView {
    let gram = try gram(of: features, precision: precision)
    guard gram.losesDistances() else { return try gram.whole() }
    return try doubleGram(of: features, about: gram.typicalSample).whole()
  }
}

extension GramView {
  /// Whether rounding may have changed the RBF kernel of half the median distance by more than
  /// 3e-4 of it.
  fileprivate func losesDistances() -> Bool {
    guard let radial = RadialKernel(.rbf(fraction: 0.5, median: .offDiagonal)) else { return false }
    let copy = UnsafeMutablePointer<Double>.allocate(capacity: side * pitch)
    defer { copy.deallocate() }
    copy.initialize(from: values, count: side * pitch)
    var kernel = self
    kernel.values = copy
    let norms = kernel.formSquaredDistances()
    let found = kernel.apply(radial) { i, j, _ in distanceError(norms[i], norms[j]) }
    guard let found else { return true }
    return found.errors > 1e-7 * found.squares
  }

  /// The matrix in units of 1, as far as float64 holds it.
  fileprivate func whole() throws -> GramView {
    guard unit != 0 else { return self }
    var result = self
    result.unit = 0
    for i in 0..<side {
      for j in i..<side { values[i * pitch + j] = scalbn(values[i * pitch + j], unit) }
    }
    guard result.trace.isFinite, result.trace > 0x1p-1000 else { throw LayerProblem.outOfRange }
    return result
  }
}

extension GramView {
  /// H K H with H = I − 11ᵀ/n, both triangles: the Gram matrix of features less their means.
  func centred() -> Matrix {
    let n = side
    var means = HSICRow.offDiagonalSums(self)
    for i in 0..<n { means[i] = (means[i] + diagonal(i)) / Double(n) }
    let mean = means.reduce(0, +) / Double(n)
    let result = [Double](unsafeUninitializedCapacity: n * n) { result, count in
      for i in 0..<n {
        let row = values + i * pitch
        let constant = mean - means[i]
        for j in i..<n { result[i * n + j] = row[j] + constant - means[j] }
      }
      // Tile by tile: down a column of a large matrix every element is on another page.
      let tile = 16
      for top in stride(from: 0, to: n, by: tile) {
        for left in stride(from: 0, through: top, by: tile) {
          for i in top..<min(n, top + tile) {
            for j in left..<min(i, left + tile) { result[i * n + j] = result[j * n + i] }
          }
        }
      }
      count = n * n
    }
    return Matrix(rows: n, columns: n, values: result)
  }
}
