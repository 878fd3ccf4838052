import COpenBLAS
import Core
import Glibc

/// A layer whose kernel matrix is formed in tiles.
struct TiledLayer: Sendable {
  /// Where its Gram matrix comes from.
  enum Source: Sendable {
    case features(CentredLayer)
    case sent(Matrix)
  }

  let source: Source
  /// K_ii, in units of 2^unit.
  let squares: [Double]
  /// √K_ii.
  let norms: [Double]
  /// Of the Gram matrix, as `GramView` has it.
  let unit: Int
  let error: Double
  let floor: Double
  /// RBF: the median of the squared distances, and how the kernel is formed.
  var median = 1.0
  var form = RadialKernel.Form.kernel

  /// - Throws: `LayerProblem` where features or matrix are not finite, or the matrix is not n × n.
  init(_ input: LayerInput, samples: Int) throws {
    switch input {
    case .features(let features):
      let layer = try CentredLayer(features)
      source = .features(layer)
      (squares, unit) = (layer.squares, layer.unit)
      error = GramMaker.doubleError(columns: features.columns)
      floor = Double(features.columns) * .leastNonzeroMagnitude
    case .sent(let matrix):
      guard matrix.rows == samples, matrix.columns == samples else {
        throw LayerProblem.sentShape(
          rows: matrix.rows, columns: matrix.columns, samples: samples)
      }
      source = .sent(matrix)
      let diagonal = (0..<samples).map { matrix[$0, $0] }
      let mean = diagonal.reduce(0, +) / Double(samples)
      guard mean.isFinite else { throw LayerProblem.sentNotFinite }
      let exponent = mean > 0 && !FeatureScale.isComfortable(mean) ? Int(mean.exponent) : 0
      (squares, unit) = (diagonal.map { scalbn($0, -exponent) }, exponent)
      error = (matrix.type == .float32 ? 0x1p-24 : 0x1p-53) * 8
      floor = 0
    }
    norms = squares.map { max(0, $0).squareRoot() }
  }

  /// What rounding may have done to the squared distance `d` of samples `i` and `j`.
  @inline(__always)
  func distanceError(_ i: Int, _ j: Int, _ d: Double) -> Double {
    let sum = norms[i] + norms[j]
    let error = error * sum * sum + 4 * floor
    if case .features = source { return min(error, DirectDistances.wanted * d) }
    return error
  }
}

/// Forms tiles; one for each thread, since it owns the scratch memory.
final class TileMaker {
  private let left = AlignedBuffer<Double>()
  private let right = AlignedBuffer<Double>()
  private let tile = AlignedBuffer<Double>()
  private let width: Int

  /// - Parameter width: features that are multiplied at once.
  init(width: Int) { self.width = width }

  /// The linear Gram matrix of some samples with others, rows × columns, packed; valid until the
  /// next tile.
  func gram(
    _ layer: TiledLayer, _ rows: Range<Int>, _ columns: Range<Int>
  ) -> UnsafeMutablePointer<Double> {
    let count = rows.count * columns.count
    let result = tile.reserve(count)
    switch layer.source {
    case .features(let features):
      result.initialize(repeating: 0, count: count)
      for first in stride(from: 0, to: features.columns, by: width) {
        let part = first..<min(features.columns, first + width)
        let a = features.copy(rows, columns: part, into: left)
        let b = rows == columns ? a : features.copy(columns, columns: part, into: right)
        copenblas_dgemm_nt(
          Int32(rows.count), Int32(columns.count), Int32(part.count), a, Int32(part.count), b,
          Int32(part.count), result, Int32(columns.count))
      }
    case .sent(let matrix):
      for (index, i) in rows.enumerated() {
        let row = UnsafeMutableBufferPointer(
          start: result + index * columns.count, count: columns.count)
        matrix.copyRow(i, columns: columns, into: row)
        if layer.unit != 0 { for k in row.indices { row[k] = scalbn(row[k], -layer.unit) } }
      }
    }
    return result
  }

  /// Squared distances of different samples; those on the diagonal are 0.
  func distances(
    _ layer: TiledLayer, _ rows: Range<Int>, _ columns: Range<Int>
  ) -> UnsafeMutablePointer<Double> {
    let values = gram(layer, rows, columns)
    var lost: [(first: Int, second: Int)] = []
    for (index, i) in rows.enumerated() {
      let row = values + index * columns.count
      for (k, j) in columns.enumerated() {
        let distance = layer.squares[i] + layer.squares[j] - 2 * row[k]
        row[k] = i == j || distance < 0 ? 0 : distance
        let sum = layer.norms[i] + layer.norms[j]
        if i < j, layer.error * sum * sum > DirectDistances.wanted * distance {
          lost.append((i, j))
        }
      }
    }
    guard case .features(let features) = layer.source, !lost.isEmpty else { return values }
    let found = DirectDistances.squared(
      lost, features: features.features, factor: features.factor)
    for (pair, distance) in zip(lost, found) {
      values[(pair.first - rows.lowerBound) * columns.count + pair.second - columns.lowerBound] =
        distance
    }
    return values
  }
}
