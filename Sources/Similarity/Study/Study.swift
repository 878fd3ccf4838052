/// M models (or one model on several data sets), compared over the same minibatches in one pass.
///
/// What is measured is HSIC between every two layers of all models; CKA_ij = C_ij/√(C_ii C_jj),
/// where C sums weight × HSIC over the minibatches (Nguyen, Raghu and Kornblith 2021, equation 3:
/// sum first, then the ratio). A model pair is a block of that matrix. The value is everything that
/// is needed to go on where another run stopped, to the same bits.
///
/// Layers are numbered through: those of model 0 first, then of model 1, and so on.
public struct Study: Sendable {
  /// The models, in the order in which they were given.
  public let models: [StudyModel]
  /// What the figures mean.
  public let options: StudyOptions
  /// How symmetric matrices over all layers are stored.
  public let triangle: PackedTriangle
  /// Which minibatches of the whole it is of; nil where that was not said: it begins at the first
  /// one, and nobody knows how many there are.
  public let shard: Shard?
  /// Every minibatch seen, in order, counted or skipped.
  public internal(set) var minibatches: [Minibatch] = []
  /// The numbers of `minibatches` in the whole, ascending; one range but for merged studies in which
  /// some are missing.
  public internal(set) var seen: [Range<Int>] = []
  /// Minibatches that take part in the sums.
  public internal(set) var countedMinibatches = 0
  /// For each layer, why it has no values; nil for a sound one.
  public internal(set) var faults: [LayerFault?]
  /// Σ weight × HSIC of every two layers, as `triangle` stores it; in units of kernel². 0 for a layer
  /// with a fault.
  public internal(set) var sums: [Double]
  /// For each layer the exponent of the power of two in which its kernel is measured: 0, unless its
  /// activations are beyond 10^±60. Fixed by the first minibatch in which it varies; CKA does not
  /// depend on it.
  public internal(set) var units: [Int]
  /// For each layer whose HSIC with itself was 0 in a minibatch, why it was in the first.
  public internal(set) var flat: [Int: Flatness] = [:]
  /// For each layer a power of two that brings its HSICs, kept or in `moments`, near 1; 0 until a
  /// minibatch fixes it.
  public internal(set) var scales: [Double]
  /// HSIC_ij × scale_i × scale_j of the first counted minibatches, as `triangle` stores it.
  public internal(set) var kept: [[Float]] = []
  /// What the Gram matrices told beside HSIC; nil where it is not known of every counted minibatch,
  /// as in studies of earlier versions.
  public internal(set) var figures: StudyFigures?
  /// Minibatches that are bad and set aside: whether they count depends on minibatches before, which
  /// another shard has. They stand in `minibatches` as skipped.
  public internal(set) var pending: [PendingMinibatch] = []
  /// Whether sums were begun by a version that added one minibatch after another, or are all that is
  /// left of a finished study. It can be gone on with, and not merged.
  public internal(set) var isFlat = false

  let layout: SumLayout
  var tree = SumTree()
  /// For each layer the first counted minibatch in which it varied.
  var varied: [Int?]
  /// For each layer in `flat` that minibatch.
  var flatSince: [Int: Int] = [:]
  /// What the next minibatch adds, where its null came first.
  var nextLeaf: [Double]?
  let firstLayers: [Int]

  /// A study of `models` that has seen no minibatch.
  /// - Parameter shard: the minibatches that it is to see.
  public init(models: [StudyModel], options: StudyOptions, shard: Shard? = nil) {
    self.init(
      models: models, options: options, shard: shard, hasMoments: options.keep == .sumsOnly)
  }

  private init(models: [StudyModel], options: StudyOptions, shard: Shard?, hasMoments: Bool) {
    self.models = models
    self.options = options
    self.shard = shard
    firstLayers = models.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.layers.count) }
    let layers = firstLayers[models.count]
    triangle = PackedTriangle(side: layers)
    layout = SumLayout(layers: layers, options: options, hasMoments: hasMoments)
    faults = Array(repeating: nil, count: layers)
    scales = Array(repeating: 0, count: layers)
    units = Array(repeating: 0, count: layers)
    varied = Array(repeating: nil, count: layers)
    sums = Array(repeating: 0, count: triangle.count)
    figures = StudyFigures(layers: layers, estimator: options.estimator)
  }

  /// A study made of stored parts.
  /// - Parameters:
  ///   - sums: what is left of a finished study, or of one that an earlier version began.
  ///   - moments: the same of the delta method's four triangles, one after another.
  /// - Throws: where their sizes do not fit one another, or a kept minibatch was never counted.
  public init(
    models: [StudyModel], options: StudyOptions, minibatches: [Minibatch], faults: [LayerFault?],
    sums: [Double], scales: [Double], kept: [[Float]], units: [Int]? = nil,
    flat: [Int: Flatness] = [:], figures: StudyFigures? = nil, null: NullSums? = nil,
    moments: [Double]? = nil, shard: Shard? = nil
  ) throws(StudyError) {
    self.init(models: models, options: options, shard: shard, hasMoments: moments != nil)
    isFlat = true
    guard null?.plan == options.null, null.map({ $0.layers == layerCount }) ?? true,
      figures.map({ $0.fits(layers: layerCount, estimator: options.estimator) }) ?? true
    else { throw StudyError("the figures or the permutation null are of another study") }
    guard faults.count == layerCount, scales.count == layerCount, sums.count == triangle.count,
      moments.map({ $0.count == layout.moments.count }) ?? true
    else {
      throw StudyError(
        "\(layerCount) layers need \(triangle.count) sums, \(layerCount) scales and faults; there "
          + "are \(sums.count), \(scales.count) and \(faults.count)")
    }
    tree.addInOrder(
      layout.leaf(sums: sums, figures: figures, moments: moments, null: null))
    varied = (0..<layerCount).map { sums[triangle.index($0, $0)] == 0 ? nil : 0 }
    seen = minibatches.isEmpty ? [] : [0..<minibatches.count]
    self.figures = figures
    try restore(minibatches, faults: faults, scales: scales, kept: kept, units: units, flat: flat)
  }

  /// A study made of stored parts of which all additions are known.
  /// - Throws: where they do not fit one another.
  public init(
    models: [StudyModel], options: StudyOptions, minibatches: [Minibatch], faults: [LayerFault?],
    scales: [Double], kept: [[Float]], units: [Int]? = nil, flat: [Int: Flatness] = [:],
    peaks: [StudyFigures.Layer]? = nil, progress: StudyProgress
  ) throws(StudyError) {
    self.init(
      models: models, options: options, shard: progress.shard,
      hasMoments: options.keep == .sumsOnly)
    try progress.check(
      layout, minibatches: minibatches.count, flat: flat.keys, biased: options.estimator == .biased)
    guard faults.count == layerCount, scales.count == layerCount,
      peaks.map({ $0.count == layerCount }) ?? true
    else { throw StudyError("faults, scales or figures are of other layers") }
    (tree, seen, varied) = (progress.tree, progress.seen, progress.varied)
    (flatSince, pending) = (progress.flatSince, progress.pending)
    if let peaks { figures?.setPeaks(peaks) } else { figures = nil }
    try restore(minibatches, faults: faults, scales: scales, kept: kept, units: units, flat: flat)
  }

  private mutating func restore(
    _ minibatches: [Minibatch], faults: [LayerFault?], scales: [Double], kept: [[Float]],
    units: [Int]?, flat: [Int: Flatness]
  ) throws(StudyError) {
    guard units.map({ $0.count == layerCount }) ?? true,
      flat.keys.allSatisfy((0..<layerCount).contains)
    else { throw StudyError("the units or the reasons are of other layers") }
    guard scales.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
      throw StudyError("a layer's scale is negative or not finite")
    }
    guard kept.allSatisfy({ $0.count == triangle.count }) else {
      throw StudyError("a minibatch does not have \(triangle.count) kept values")
    }
    guard minibatches.allSatisfy(Self.isSound) else {
      throw StudyError("a counted minibatch has under \(StudyOptions.fewestSamples) samples")
    }
    (self.units, self.flat) = (units ?? self.units, flat)
    self.minibatches = minibatches
    countedMinibatches = minibatches.count { $0.skipped == nil }
    guard kept.count <= countedMinibatches else {
      throw StudyError(
        "\(kept.count) minibatches are kept, but only \(countedMinibatches) were counted")
    }
    (self.faults, self.scales, self.kept) = (faults, scales, kept)
    refreshTotals()
  }

  private static func isSound(_ minibatch: Minibatch) -> Bool {
    minibatch.skipped == nil
      ? minibatch.samples >= StudyOptions.fewestSamples : minibatch.samples >= 0
  }
}
