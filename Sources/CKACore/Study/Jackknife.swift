/// Leave-one-minibatch-out standard errors of CKA from a study's kept HSICs.
struct Jackknife: Sendable {
  private let study: Study
  private let weights: [Double]
  /// weight × HSIC of each layer with itself: kept minibatches × layers; 0 where not asked for.
  private let own: [[Double]]
  /// Their sums over kept minibatches.
  private let ownSums: [Double]
  private let isLive: [Bool]
  /// What turns the error of the kept minibatches into that of all.
  private let shrink: Double

  /// Prepares the errors of cells whose layers are `layers`; of all by default.
  init(_ study: Study, layers: [Int]? = nil) {
    self.study = study
    let weights = study.keptMinibatches.map {
      study.options.weighting.weight(samples: $0.samples)
    }
    let diagonal = (0..<study.layerCount).map { study.triangle.index($0, $0) }
    let own = zip(study.kept, weights).map { values, weight in
      var own = [Double](repeating: 0, count: diagonal.count)
      for layer in layers ?? Array(diagonal.indices) {
        own[layer] = weight * Double(values[diagonal[layer]])
      }
      return own
    }
    ownSums = diagonal.indices.map { layer in own.reduce(0) { $0 + $1[layer] } }
    self.own = own
    isLive = diagonal.indices.map(study.isLive)
    shrink = (Double(study.kept.count) / Double(max(1, study.countedMinibatches))).squareRoot()
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
    var first = [Double](repeating: 0, count: columns.count)
    var second = first
    let start = study.triangle.index(row, columns.lowerBound)
    for k in 0..<m {
      let rowLeft = ownSums[row] - own[k][row]
      for (index, column) in columns.enumerated() {
        let left = cross[index] - weights[k] * Double(study.kept[k][start + index])
        // The difference to the whole keeps digits that squares of θ itself would lose.
        let difference = ratio(left, rowLeft, ownSums[column] - own[k][column]) - whole[index]
        first[index] += difference
        second[index] += difference * difference
      }
    }
    return columns.enumerated().map { index, column in
      guard isLive[column] else { return .nan }
      if column == row { return 0 }
      let spread = second[index] - first[index] * first[index] / Double(m)
      guard spread.isFinite else { return .nan }
      return ((1 - 1 / Double(m)) * max(0, spread)).squareRoot() * shrink
    }
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
