import Core

/// A layer's features with what centring them takes.
struct CentredLayer: Sendable {
  let features: Matrix
  /// The mean of every feature.
  let means: [Double]
  /// ‖xc_i‖² of every sample.
  let squares: [Double]

  var columns: Int { features.columns }

  /// What the features are multiplied by, 2^(−unit/2), so that squares stay within float64.
  let factor: Double
  /// Products of the features are 2^unit times products of these.
  private(set) var unit = 0

  /// - Throws: `LayerProblem` where the features are not finite.
  init(_ features: Matrix) throws {
    self.init(features, factor: 1)
    let mean = squares.reduce(0, +) / Double(features.rows * max(1, features.columns))
    guard !FeatureScale.isComfortable(mean), let scale = try FeatureScale(of: features),
      scale.exponent != 0
    else { return }
    self.init(features, factor: scale.factor)
    unit = 2 * scale.exponent
  }

  private init(_ features: Matrix, factor: Double) {
    self.features = features
    self.factor = factor
    let maker = GramMaker()
    let means = withExtendedLifetime(maker) {
      stride(from: 0, to: features.columns, by: 4096).flatMap { first in
        let columns = first..<min(features.columns, first + 4096)
        let means = maker.findShift(
          of: features, columns: columns, samples: features.rows, factor: factor)
        return Array(UnsafeBufferPointer(start: means, count: columns.count))
      }
    }
    squares = withUnsafeTemporaryAllocation(of: Double.self, capacity: features.columns) { row in
      (0..<features.rows).map { i in
        features.copyRow(i, columns: 0..<features.columns, scaledBy: factor, into: row)
        var sum = 0.0
        for k in 0..<features.columns { sum += (row[k] - means[k]) * (row[k] - means[k]) }
        return sum
      }
    }
    self.means = means
  }

  /// Some samples and features, centred, samples × features, packed in `buffer`.
  func copy(
    _ rows: some RandomAccessCollection<Int>, columns: Range<Int>,
    into buffer: AlignedBuffer<Double>
  ) -> UnsafeMutablePointer<Double> {
    let block = buffer.reserve(rows.count * columns.count)
    for (index, i) in rows.enumerated() {
      let row = UnsafeMutableBufferPointer(
        start: block + index * columns.count, count: columns.count)
      features.copyRow(i, columns: columns, scaledBy: factor, into: row)
      for k in 0..<columns.count { row[k] -= means[columns.lowerBound + k] }
    }
    return block
  }
}
