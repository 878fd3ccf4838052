import Glibc

/// What is summed over minibatches, and where it stands in one list of numbers.
public struct SumLayout: Sendable, Hashable {
  /// L.
  public let layers: Int
  /// Whether the sums of the delta method are among them.
  public let hasMoments: Bool
  /// Σ weight × HSIC of every two layers.
  let sums: Range<Int>
  /// Σ weight × (tr K̂)²/(n − 1)² of every layer, and Σ weight × tr K̂²/(n − 1)².
  let squaredTraces: Range<Int>, squares: Range<Int>
  /// Of a biased study Σ weight × HSIC₁ of every two layers.
  let unbiased: Range<Int>
  /// Four triangles: Σ c², Σ c a, Σ c b and Σ a b, where c is weight × HSIC of a pair of layers i ≤ j
  /// times scale_i scale_j, and a and b are those of i and of j with themselves.
  let moments: Range<Int>
  /// Σ weight × HSIC under permuted samples: draws × L × L.
  let null: Range<Int>

  /// The sums of a study of `layers` layers.
  init(layers: Int, options: StudyOptions, hasMoments: Bool) {
    let pairs = PackedTriangle(side: layers).count
    var end = 0
    func next(_ count: Int) -> Range<Int> {
      defer { end += count }
      return end..<end + count
    }
    self.layers = layers
    self.hasMoments = hasMoments
    sums = next(pairs)
    squaredTraces = next(layers)
    squares = next(layers)
    unbiased = next(options.estimator == .biased ? pairs : 0)
    moments = next(hasMoments ? 4 * pairs : 0)
    null = next((options.null?.draws ?? 0) * layers * layers)
  }

  /// The sums of a study of `layers` layers that was begun by this version.
  public init(layers: Int, options: StudyOptions) {
    self.init(layers: layers, options: options, hasMoments: options.keep == .sumsOnly)
  }

  /// Pairs of layers.
  public var pairs: Int { sums.count }
  /// Pairs of layers of which the unbiased HSIC of a biased study is summed.
  public var unbiasedPairs: Int { unbiased.count }
  /// Sums under permuted samples.
  public var nullCells: Int { null.count }
  /// Numbers in all.
  public var count: Int { null.upperBound }
  /// Those whose totals are always at hand.
  var head: Range<Int> { 0..<unbiased.upperBound }
}

// MARK: A minibatch

extension SumLayout {
  /// Writes what one minibatch adds to `leaf`, but for the null.
  /// - Parameters:
  ///   - scales: a power of two for each layer, or 0 where it never varied.
  func fill(
    _ leaf: inout [Double], hsic: [Double], weight: Double, figures: MinibatchFigures?,
    scales: [Double]
  ) {
    leaf.withUnsafeMutableBufferPointer { leaf in
      for index in sums { leaf[index] = weight * hsic[index] }
      if let figures {
        for (layer, tells) in figures.layers.enumerated() {
          leaf[squaredTraces.lowerBound + layer] = weight * tells.squaredTrace
          leaf[squares.lowerBound + layer] = weight * tells.squares
        }
        for (index, value) in zip(unbiased, figures.unbiased) { leaf[index] = weight * value }
      }
      if hasMoments { fillMoments(leaf, scales: scales) }
    }
  }

  private func fillMoments(_ leaf: UnsafeMutableBufferPointer<Double>, scales: [Double]) {
    let pairs = sums.count
    let triangle = PackedTriangle(side: layers)
    let own = (0..<layers).map { leaf[triangle.index($0, $0)] * scales[$0] * scales[$0] }
    var next = 0
    for i in 0..<layers {
      for j in i..<layers {
        let (c, a, b) = (leaf[next] * scales[i] * scales[j], own[i], own[j])
        let place = moments.lowerBound + next
        leaf[place] = c * c
        leaf[place + pairs] = c * a
        leaf[place + 2 * pairs] = c * b
        leaf[place + 3 * pairs] = a * b
        next += 1
      }
    }
  }
}

extension SumLayout {
  /// The numbers of stored totals; zeros for what is not known.
  func leaf(
    sums: [Double], figures: StudyFigures?, moments: [Double]?, null: NullSums?
  ) -> [Double] {
    var leaf = sums
    leaf += figures.map { $0.layers.map(\.squaredTrace) + $0.layers.map(\.squares) } ?? []
    leaf += Array(repeating: 0, count: unbiased.lowerBound - leaf.count)
    leaf += figures?.unbiased ?? []
    leaf += Array(repeating: 0, count: self.moments.lowerBound - leaf.count)
    return leaf + (moments ?? []) + (null?.values ?? [])
  }
}

// MARK: Units and faults

extension SumLayout {
  /// Multiplies the kernel of each layer by 2^`units` and what its moments are scaled by, on top, by
  /// 2^`scales`: exactly, or not at all.
  /// - Returns: the first layer where a number would lose digits; nil where all is well. Moments may
  ///   go to infinity or 0, as they would have in one run.
  func shift(_ values: inout [Double], units: [Int], scales: [Int]) -> Int? {
    guard !values.isEmpty, units.contains(where: { $0 != 0 }) || scales.contains(where: { $0 != 0 })
    else { return nil }
    var lossy: Int?
    func exact(_ index: Int, _ exponent: Int, _ layer: Int) {
      guard exponent != 0, values[index] != 0, values[index].isFinite else { return }
      let result = scalbn(values[index], exponent)
      if scalbn(result, -exponent) != values[index] { lossy = lossy ?? layer }
      values[index] = result
    }
    let pairs = sums.count
    var next = 0
    for i in 0..<layers {
      exact(squaredTraces.lowerBound + i, 2 * units[i], i)
      exact(squares.lowerBound + i, 2 * units[i], i)
      for j in i..<layers {
        exact(next, units[i] + units[j], i)
        if !unbiased.isEmpty { exact(unbiased.lowerBound + next, units[i] + units[j], i) }
        if hasMoments {
          let (a, b) = (units[i] + scales[i], units[j] + scales[j])
          for (part, exponent) in [2 * (a + b), 3 * a + b, a + 3 * b, 2 * (a + b)].enumerated() {
            let index = moments.lowerBound + part * pairs + next
            values[index] = scalbn(values[index], exponent)
          }
        }
        next += 1
      }
    }
    let draws = null.count / max(1, layers * layers)
    guard draws > 0 else { return lossy }
    for (i, j) in units.indices.flatMap({ i in units.indices.map { (i, $0) } })
    where units[i] + units[j] != 0 {
      for draw in 0..<draws {
        exact(null.lowerBound + (draw * layers + i) * layers + j, units[i] + units[j], i)
      }
    }
    return lossy
  }

  /// Sets every number of the head that a layer with a fault takes part in to 0: what it is depends
  /// on where the fault was met, and means nothing.
  func clear(_ faulty: [Int], in head: inout [Double]) {
    let triangle = PackedTriangle(side: layers)
    for layer in faulty {
      head[squaredTraces.lowerBound + layer] = 0
      head[squares.lowerBound + layer] = 0
      for other in 0..<layers {
        let index = triangle.index(layer, other)
        head[index] = 0
        if !unbiased.isEmpty { head[unbiased.lowerBound + index] = 0 }
      }
    }
  }
}
