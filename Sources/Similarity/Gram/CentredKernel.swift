import Core
import Glibc

/// A layer's kernel with what centring it takes, of which tiles are made when they are needed.
struct CentredKernel: Sendable {
  private(set) var layer: TiledLayer
  private let options: StudyOptions
  private let radial: RadialKernel?
  /// What is taken from row i and column i, and added everywhere.
  private var means: [Double] = []
  private var mean = 0.0
  /// A bound of the rounding of HSIC of the layer with itself.
  private var bound = 0.0
  private var range = DistanceRange()

  /// Goes through all tiles once for the sums of rows, and a few times more for a median.
  /// - Throws: `LayerProblem`.
  init(
    _ input: LayerInput, samples: Int, options: StudyOptions, side: Int, held: Int,
    maker: TileMaker
  ) throws {
    layer = try TiledLayer(input, samples: samples)
    self.options = options
    radial = RadialKernel(options.kernel)
    range.odd = layer.squares.indices.max { layer.squares[$0] < layer.squares[$1] } ?? 0
    let tiles = Tiles(samples: samples, side: side)
    if case .sent(let matrix) = layer.source {
      try Self.check(matrix, tiles, tolerance: 1e-4 * layer.squares.reduce(0, +) / Double(samples))
    }
    if let radial {
      try findMedian(radial, tiles, held: held, maker: maker)
      guard range.largest > 0 else { return }
    }
    try sumRows(tiles, maker: maker)
    if range.largest <= 0 { means = [] }
  }

  /// - Throws: `LayerProblem` unless the matrix is finite and symmetric.
  private static func check(_ matrix: Matrix, _ tiles: Tiles, tolerance: Double) throws {
    for (rows, columns) in tiles {
      for i in rows {
        for j in columns where j >= i {
          let (upper, lower) = (matrix[i, j], matrix[j, i])
          guard upper.isFinite, lower.isFinite else { throw LayerProblem.sentNotFinite }
          guard abs(upper - lower) <= tolerance else { throw LayerProblem.sentNotSymmetric }
        }
      }
    }
  }

  private mutating func findMedian(
    _ radial: RadialKernel, _ tiles: Tiles, held: Int, maker: TileMaker
  ) throws {
    let ranks = radial.rule.ranks(samples: tiles.samples)
    var pair = (lower: 0.0, upper: 0.0)
    if let upper = ranks.upper {
      let layer = layer
      var range = range
      pair = OrderStatistic.values(lower: ranks.lower ?? upper, upper: upper, limit: held) { show in
        for (rows, columns) in tiles {
          let distances = maker.distances(layer, rows, columns)
          range.note(rows, columns) { place, _, _ in distances[place] }
          for (index, i) in rows.enumerated() {
            let from = max(0, i + 1 - columns.lowerBound)
            guard from < columns.count else { continue }
            show(
              UnsafeBufferPointer(
                start: distances + index * columns.count + from, count: columns.count - from))
          }
        }
      }
      if ranks.lower == nil { pair.lower = 0 }
      self.range = range
    }
    layer.median = (pair.lower + pair.upper) / 2
    guard range.largest > 0 else { return }
    guard layer.median > 0 else { throw LayerProblem.zeroMedian }
    layer.form = radial.form(largest: range.largest / layer.median)
  }

  /// The kernel of some samples with others, rows × columns, packed; valid until the next tile.
  private func kernel(
    _ rows: Range<Int>, _ columns: Range<Int>, maker: TileMaker
  ) -> UnsafeMutablePointer<Double> {
    guard let radial else { return maker.gram(layer, rows, columns) }
    let values = maker.distances(layer, rows, columns)
    for index in 0..<rows.count * columns.count {
      values[index] = radial.value(values[index] / layer.median, layer.form)
    }
    return values
  }

  /// - Throws: `LayerProblem` where a sent matrix does not tell the distances.
  private mutating func sumRows(_ tiles: Tiles, maker: TileMaker) throws {
    let n = tiles.samples
    var (sums, errors, squares) = ([Double](repeating: 0, count: n), 0.0, 0.0)
    for (rows, columns) in tiles {
      let values = kernel(rows, columns, maker: maker)
      if radial == nil {
        range.note(rows, columns) { layer.squares[$1] + layer.squares[$2] - 2 * values[$0] }
      }
      for (index, i) in rows.enumerated() {
        for (k, j) in columns.enumerated() where j > i {
          let value = values[index * columns.count + k]
          sums[i] += value
          sums[j] += value
          let error = error(i, j, value)
          errors += error * error
          squares += value * value
        }
      }
    }
    if radial != nil, case .sent(let matrix) = layer.source,
      errors > LayerRow.mostLoss * LayerRow.mostLoss * squares
    {
      throw LayerProblem.sentTooCoarse(bits: matrix.type == .float32 ? 32 : 64)
    }
    let size = Double(n)
    if options.estimator == .unbiased {
      mean = sums.reduce(0, +) / ((size - 1) * (size - 2))
      means = sums.map { $0 / (size - 2) }
      bound = 2 * errors / (size * (size - 3))
    } else {
      means = sums.indices.map { (sums[$0] + diagonal($0)) / size }
      mean = means.reduce(0, +) / size
      bound = 2 * errors / ((size - 1) * (size - 1))
    }
  }

  private func diagonal(_ i: Int) -> Double { radial?.value(0, layer.form) ?? layer.squares[i] }

  /// (H K H)_ii of every sample; empty where the layer does not vary.
  var centredDiagonal: [Double] {
    let n = Double(means.count)
    let own = means.indices.map(diagonal)
    let rows =
      options.estimator == .biased
      ? means : zip(means, own).map { ($0 * (n - 2) + $1) / n }
    let mean = rows.reduce(0, +) / n
    return zip(own, rows).map { $0 - 2 * $1 + mean }
  }

  /// What rounding may have done to the element `value`.
  private func error(_ i: Int, _ j: Int, _ value: Double) -> Double {
    guard let radial else { return layer.error * layer.norms[i] * layer.norms[j] + layer.floor }
    // The kernel tells the distance; where it does not, its slope is next to nothing.
    let sum = layer.norms[i] + layer.norms[j]
    let distance = layer.distanceError(i, j, sum * sum)
    return 2 * radial.slope(value, layer.form) * distance / layer.median
  }

  /// Writes a tile of the vector that `HSICRow` describes; what is not on or above the diagonal is
  /// left as it is.
  func fill(
    _ row: UnsafeMutablePointer<Double>, _ rows: Range<Int>, _ columns: Range<Int>,
    maker: TileMaker
  ) {
    guard !means.isEmpty else { return }
    let (n, values) = (Double(means.count), kernel(rows, columns, maker: maker))
    let isUnbiased = options.estimator == .unbiased
    let factor = isUnbiased ? (2 / (n * (n - 3))).squareRoot() : 2.0.squareRoot() / (n - 1)
    for (index, i) in rows.enumerated() {
      let constant = mean - means[i]
      for (k, j) in columns.enumerated() where j >= i {
        let place = index * columns.count + k
        if j > i {
          row[place] = factor * (values[place] + constant - means[j])
        } else if !isUnbiased {
          row[place] = (diagonal(i) + constant - means[i]) / (n - 1)
        }
      }
    }
  }

  /// Why HSIC of the layer with itself, `own`, is 0 as far as float64 can tell; nil where it is
  /// not.
  func flatness(own: Double) -> Flatness? {
    guard range.largest > 0 else { return .constant }
    // As `LayerRow.exactTolerance` has it.
    guard own <= 0 || bound > 1e-8 * own else { return nil }
    if let radial, options.estimator == .unbiased, layer.form == .kernel,
      radial.value(range.smallest / layer.median, .kernel) < 1e-150
    {
      return .narrowBandwidth
    }
    return range.flatness
  }
}

/// The smallest and the largest squared distance of different samples, and the largest without the
/// sample `odd`.
private struct DistanceRange {
  var odd = 0
  private(set) var smallest = Double.infinity
  private(set) var largest = 0.0
  private var largestOfOthers = 0.0

  /// Takes note of a tile, whose distances are `value(place, i, j)`.
  mutating func note(
    _ rows: Range<Int>, _ columns: Range<Int>, value: (_ place: Int, _ i: Int, _ j: Int) -> Double
  ) {
    for (index, i) in rows.enumerated() {
      for (k, j) in columns.enumerated() where j > i {
        let value = value(index * columns.count + k, i, j)
        (smallest, largest) = (min(smallest, value), max(largest, value))
        if i != odd, j != odd { largestOfOthers = max(largestOfOthers, value) }
      }
    }
  }

  /// As `LayerRow` tells the kinds apart.
  var flatness: Flatness {
    Flatness(smallest: smallest, largest: largest, largestOfOthers: largestOfOthers)
  }
}
