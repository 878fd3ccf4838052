/// Leave-one-minibatch-out standard errors of CKA from a study's kept HSICs.
struct Jackknife: Sendable {
  private let study: Study
  private let weights: [Double]
  /// Each kept minibatch's share of the weight; they sum to 1.
  private let shares: [Double]
  /// Σ weight × HSIC of each layer with itself over kept minibatches; 0 where not asked for.
  private let ownSums: [Double]
  /// 1/√(that sum without one minibatch), NaN where nothing is left: kept minibatches × layers.
  private let inverseRoots: [Double]
  private let isLive: [Bool]
  /// What turns the error of the kept minibatches into that of all.
  private let shrink: Double

  /// Prepares the errors of cells whose layers are `layers`; of all by default.
  init(_ study: Study, layers: [Int]? = nil) {
    self.study = study
    let weights = study.keptMinibatches.map {
      study.options.weighting.weight(samples: $0.samples)
    }
    let (count, layers) = (study.layerCount, layers ?? Array(0..<study.layerCount))
    let diagonal = layers.map { study.triangle.index($0, $0) }
    var sums = [Double](repeating: 0, count: count)
    for (values, weight) in zip(study.kept, weights) {
      for (layer, index) in zip(layers, diagonal) { sums[layer] += weight * Double(values[index]) }
    }
    var roots = [Double](repeating: .nan, count: count * weights.count)
    for (k, values) in study.kept.enumerated() {
      for (layer, index) in zip(layers, diagonal) {
        let left = sums[layer] - weights[k] * Double(values[index])
        if left > 0 { roots[k * count + layer] = 1 / left.squareRoot() }
      }
    }
    (ownSums, inverseRoots) = (sums, roots)
    isLive = (0..<count).map(study.isLive)
    let total = weights.reduce(0, +)
    shares = weights.map { $0 / total }
    shrink = (total / study.countedWeight).squareRoot()
    self.weights = weights
  }

  /// The errors of one row's cells in the upper triangle; NaN where a cell has no value, fewer than
  /// two minibatches are kept, or all variation of a layer is in one of them.
  func standardErrors(row: Int, columns: Range<Int>) -> [Double] {
    let m = study.kept.count
    guard m > 1, !columns.isEmpty, isLive[row] else {
      return Array(repeating: .nan, count: columns.count)
    }
    let cross = crossSums(row: row, columns: columns)
    let whole = columns.indices.map {
      ratio(cross[$0 - columns.lowerBound], ownSums[row], ownSums[$0])
    }
    let sums = moments(row: row, columns: columns, cross: cross, whole: whole)
    return columns.enumerated().map { index, column in
      guard isLive[column] else { return .nan }
      if column == row { return 0 }
      let (plain, mean, square) = (sums.plain[index], sums.mean[index], sums.square[index])
      let spread = square - 2 * mean * (plain - mean) + mean * mean * Double(m - 1)
      guard spread.isFinite else { return .nan }
      return max(0, spread).squareRoot() * shrink
    }
  }

  /// Sums over minibatches of what leaving one out changes, d: Σ d, Σ a d and Σ (1 − a) d², where
  /// a is the minibatch's share of the weight. The difference to the whole keeps digits that squares
  /// of θ itself would lose.
  private func moments(
    row: Int, columns: Range<Int>, cross: [Double], whole: [Double]
  ) -> (plain: [Double], mean: [Double], square: [Double]) {
    var plain = [Double](repeating: 0, count: columns.count)
    var (mean, square) = (plain, plain)
    let start = study.triangle.index(row, columns.lowerBound)
    for k in 0..<study.kept.count {
      let (weight, share) = (weights[k], shares[k])
      study.kept[k].withUnsafeBufferPointer { kept in
        inverseRoots[(k * study.layerCount)...].withUnsafeBufferPointer { roots in
          let rowRoot = roots[row]
          for index in 0..<columns.count {
            let left = cross[index] - weight * Double(kept[start + index])
            let difference =
              left * (rowRoot * roots[columns.lowerBound + index]) - whole[index]
            plain[index] += difference
            mean[index] += share * difference
            square[index] += (1 - share) * difference * difference
          }
        }
      }
    }
    return (plain, mean, square)
  }

  /// Σ weight × HSIC over kept minibatches.
  private func crossSums(row: Int, columns: Range<Int>) -> [Double] {
    let start = study.triangle.index(row, columns.lowerBound)
    var sums = [Double](repeating: 0, count: columns.count)
    for (values, weight) in zip(study.kept, weights) {
      for index in sums.indices { sums[index] += weight * Double(values[start + index]) }
    }
    return sums
  }
}
