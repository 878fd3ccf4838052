import Core

/// What each kept minibatch does to the CKA of a block's cells: the jackknife, taken apart.
///
/// With θ₋ₖ the CKA without minibatch k of n, the influence of k is uₖ = √((n − 1)/n) (θ̄ − θ₋ₖ),
/// so that Σ uₖ² is the squared standard error of `Study.uncertainty`. The influences of a
/// difference are the differences of the influences, minibatch by minibatch: what both values owe
/// to the same samples cancels.
struct CellInfluence: Sendable {
  /// Minibatches that are used: the first of those kept.
  let minibatches: Int
  private let block: StudyBlock
  private let weights: [Double]
  /// Σ weight × HSIC of each layer with itself over those minibatches; 0 for other models' layers.
  private let ownSums: [Double]
  /// 1/√(that sum without minibatch k): minibatches × layers.
  private let inverseRoots: [Double]
  private let isLive: [Bool]
  /// For each layer (Σw)²/Σw² with w = weight × HSIC of the layer with itself.
  private let effective: [Double]
  /// √((n − 1)/n) for the jackknife, times what turns the error of n minibatches into that of all.
  private let scale: Double

  /// Prepares the influences of `block`'s cells.
  /// - Parameter limit: how many of the kept minibatches may be used.
  init(_ block: StudyBlock, limit: Int = .max) {
    let study = block.study
    let count = min(limit, study.kept.count)
    let weights = study.keptMinibatches.prefix(count).map {
      study.options.weighting.weight(samples: $0.samples)
    }
    var (sums, squares) = (
      [Double](repeating: 0, count: study.layerCount),
      [Double](repeating: 0, count: study.layerCount)
    )
    let layers = Set([block.rowModel, block.columnModel]).flatMap { study.layers(of: $0) }
    let own = { (k: Int, layer: Int) in
      weights[k] * Double(study.kept[k][study.triangle.index(layer, layer)])
    }
    for k in 0..<count {
      for layer in layers {
        sums[layer] += own(k, layer)
        squares[layer] += own(k, layer) * own(k, layer)
      }
    }
    var roots = [Double](repeating: .nan, count: study.layerCount * count)
    for k in 0..<count {
      for layer in layers {
        let left = sums[layer] - own(k, layer)
        if left > 0 { roots[k * study.layerCount + layer] = 1 / left.squareRoot() }
      }
    }
    self.block = block
    (self.weights, minibatches, ownSums, inverseRoots) = (weights, count, sums, roots)
    effective = zip(sums, squares).map { $1 > 0 ? $0 * $0 / $1 : .nan }
    isLive = (0..<study.layerCount).map(study.isLive)
    let n = Double(max(1, count))
    scale = ((n - 1) / n * n / Double(max(1, study.countedMinibatches))).squareRoot()
  }

  private func rowLayer(_ row: Int) -> Int {
    block.study.layers(of: block.rowModel).lowerBound + row
  }

  private func columnLayer(_ column: Int) -> Int {
    block.study.layers(of: block.columnModel).lowerBound + column
  }

  /// The influences of every minibatch on a cell; NaN where the cell has no value, under two
  /// minibatches are kept, or all variation of a layer is in one of them. A layer with itself has
  /// none: 0.
  func values(row: Int, column: Int) -> [Double] {
    let (i, j) = (rowLayer(row), columnLayer(column))
    guard minibatches > 1, isLive[i], isLive[j] else {
      return Array(repeating: .nan, count: minibatches)
    }
    if i == j { return Array(repeating: 0, count: minibatches) }
    let (index, study) = (block.study.triangle.index(i, j), block.study)
    let cross = (0..<minibatches).map { weights[$0] * Double(study.kept[$0][index]) }
    let sum = cross.reduce(0, +)
    let whole = ratio(sum, ownSums[i], ownSums[j])
    // Differences to the whole keep digits that θ₋ₖ itself would lose.
    let changes = cross.enumerated().map { k, value in
      let roots = k * study.layerCount
      return (sum - value) * (inverseRoots[roots + i] * inverseRoots[roots + j]) - whole
    }
    let mean = changes.reduce(0, +) / Double(minibatches)
    return changes.map { (mean - $0) * scale }
  }

  /// Degrees of freedom of a cell's standard error, at least 1: two less than the minibatches that
  /// it rests on, one for the ratio and one for its scale. These are n where all weigh the same, and
  /// fewer where some carry a large share of a layer's HSIC (Kish's effective sample size, the
  /// smaller of both layers).
  func degrees(row: Int, column: Int) -> Double {
    max(1, min(effective[rowLayer(row)], effective[columnLayer(column)]) - 2)
  }
}

extension StudyBlock {
  /// The same block with rows and columns exchanged.
  var transposed: StudyBlock {
    StudyBlock(study: study, rowModel: columnModel, columnModel: rowModel)
  }
}
