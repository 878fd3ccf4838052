import Glibc

/// What the Gram matrices of one minibatch tell beside HSIC.
public struct MinibatchFigures: Sendable, Equatable {
  /// One for each layer.
  public var layers: [KernelFigures]
  /// Of a biased study HSIC₁ of every two layers, as `PackedTriangle` stores it; otherwise empty.
  public var unbiased: [Double]

  /// Figures of these layers.
  public init(layers: [KernelFigures] = [], unbiased: [Double] = []) {
    self.layers = layers
    self.unbiased = unbiased
  }
}

/// The same over all counted minibatches: what it takes to tell a result that hangs on one
/// minibatch, one sample or one direction.
public struct StudyFigures: Sendable, Equatable {
  /// The figures of one layer.
  public struct Layer: Sendable, Equatable {
    /// The largest weight × HSIC of the layer with itself of one minibatch.
    public var minibatchPeak = 0.0
    /// That minibatch, zero-based among all seen.
    public var minibatch = 0
    /// The largest part of weight × HSIC with itself that pairs with one sample make up; NaN where
    /// it is not known.
    public var samplePeak = 0.0
    /// That sample's minibatch.
    public var sampleMinibatch = 0
    /// That sample, zero-based in its minibatch.
    public var sample = 0
    /// Σ weight × (tr K̂)²/(n − 1)².
    public var squaredTrace = 0.0
    /// Σ weight × tr K̂²/(n − 1)².
    public var squares = 0.0

    /// The figures of no minibatch.
    public init() {}

    /// (Σ (tr K̂)²)/(Σ tr K̂²): the number of directions that share the variance, 1 where one has it
    /// all; NaN where nothing varies.
    public var participation: Double { squares > 0 ? squaredTrace / squares : .nan }
  }

  /// One for each layer of the study.
  public private(set) var layers: [Layer]
  /// Of a biased study Σ weight × HSIC₁, as the study's triangle stores it; otherwise empty.
  public private(set) var unbiased: [Double]

  /// The figures of no minibatch.
  public init(layers count: Int, estimator: Estimator) {
    layers = Array(repeating: Layer(), count: count)
    let pairs = PackedTriangle(side: count).count
    unbiased = estimator == .biased ? Array(repeating: 0, count: pairs) : []
  }

  /// Stored figures.
  public init(layers: [Layer], unbiased: [Double]) {
    self.layers = layers
    self.unbiased = unbiased
  }

  func fits(layers count: Int, estimator: Estimator) -> Bool {
    layers.count == count
      && unbiased.count == (estimator == .biased ? PackedTriangle(side: count).count : 0)
  }

  mutating func notePeaks(
    _ minibatch: MinibatchFigures, hsic: [Double], weight: Double, minibatch number: Int,
    _ triangle: PackedTriangle
  ) {
    for (layer, figures) in minibatch.layers.enumerated() {
      let own = weight * hsic[triangle.index(layer, layer)]
      var one = Layer()
      (one.minibatchPeak, one.minibatch) = (own, number)
      (one.samplePeak, one.sampleMinibatch) = (own * figures.sampleShare, number)
      one.sample = figures.sample
      layers[layer].takePeaks(of: one)
    }
  }

  mutating func setTotals(
    squaredTraces: ArraySlice<Double>, squares: ArraySlice<Double>, unbiased: ArraySlice<Double>
  ) {
    for (layer, value) in squaredTraces.enumerated() { layers[layer].squaredTrace = value }
    for (layer, value) in squares.enumerated() { layers[layer].squares = value }
    self.unbiased = Array(unbiased)
  }

  /// Takes the peaks of `peaks`, one for each layer.
  mutating func setPeaks(_ peaks: [Layer]) { layers = peaks }

  /// Forgets what was told of layers that have no values.
  mutating func clear(_ faulty: [Int]) { for layer in faulty { layers[layer] = Layer() } }
}

extension StudyFigures.Layer {
  /// Takes the larger peaks; of equal ones the first minibatch's. An unknown one, which is NaN, is
  /// the largest, so that the order in which minibatches come does not show.
  mutating func takePeaks(of other: Self) {
    if other.minibatchPeak > minibatchPeak
      || other.minibatchPeak == minibatchPeak && minibatchPeak > 0 && other.minibatch < minibatch
    {
      (minibatchPeak, minibatch) = (other.minibatchPeak, other.minibatch)
    }
    let isNew: Bool =
      if samplePeak.isNaN || other.samplePeak.isNaN {
        other.samplePeak.isNaN
          && (!samplePeak.isNaN || other.sampleMinibatch > sampleMinibatch)
      } else {
        other.samplePeak > samplePeak
          || other.samplePeak == samplePeak && samplePeak > 0
            && other.sampleMinibatch < sampleMinibatch
      }
    guard isNew else { return }
    samplePeak = other.samplePeak
    (sampleMinibatch, sample) = (other.sampleMinibatch, other.sample)
  }

  /// Multiplies the layer's kernel by 2^`shift`.
  mutating func shiftPeaks(by shift: Int) {
    minibatchPeak = scalbn(minibatchPeak, 2 * shift)
    samplePeak = scalbn(samplePeak, 2 * shift)
  }
}
