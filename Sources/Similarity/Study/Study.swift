import Glibc

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
  /// Every minibatch seen, in order, counted or skipped.
  public private(set) var minibatches: [Minibatch] = []
  /// Minibatches that take part in the sums.
  public private(set) var countedMinibatches = 0
  /// For each layer, why it has no values; nil for a sound one.
  public private(set) var faults: [LayerFault?]
  /// Σ weight × HSIC of every two layers, as `triangle` stores it; in units of kernel². Entries of
  /// a layer with a fault mean nothing.
  public private(set) var sums: [Double]
  /// For each layer the exponent of the power of two in which its kernel is measured: 0, unless its
  /// activations are beyond 10^±60. Fixed by the first minibatch in which it varies; CKA does not
  /// depend on it.
  public private(set) var units: [Int]
  /// For each layer whose HSIC with itself was 0 in a minibatch, why it was in the first.
  public private(set) var flat: [Int: Flatness] = [:]
  /// For each layer a power of two that brings its kept HSICs near 1; 0 until a minibatch fixes it.
  public private(set) var scales: [Double]
  /// HSIC_ij × scale_i × scale_j of the first counted minibatches, as `triangle` stores it.
  public private(set) var kept: [[Float]] = []
  /// What the Gram matrices told beside HSIC; nil where it is not known of every counted minibatch,
  /// as in studies of earlier versions.
  public private(set) var figures: StudyFigures?
  /// The sums under permuted samples; nil unless `options.null` asks for them.
  public private(set) var null: NullSums?

  private let firstLayers: [Int]

  /// A study of `models` that has seen no minibatch.
  public init(models: [StudyModel], options: StudyOptions) {
    self.models = models
    self.options = options
    firstLayers = models.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.layers.count) }
    let layers = firstLayers[models.count]
    triangle = PackedTriangle(side: layers)
    faults = Array(repeating: nil, count: layers)
    scales = Array(repeating: 0, count: layers)
    units = Array(repeating: 0, count: layers)
    sums = Array(repeating: 0, count: triangle.count)
    figures = StudyFigures(layers: layers, estimator: options.estimator)
    null = options.null.map { NullSums($0, layers: layers) }
  }

  /// A study made of stored parts.
  /// - Throws: where their sizes do not fit one another, or a kept minibatch was never counted.
  public init(
    models: [StudyModel], options: StudyOptions, minibatches: [Minibatch], faults: [LayerFault?],
    sums: [Double], scales: [Double], kept: [[Float]], units: [Int]? = nil,
    flat: [Int: Flatness] = [:], figures: StudyFigures? = nil, null: NullSums? = nil
  ) throws(StudyError) {
    self.init(models: models, options: options)
    guard units.map({ $0.count == layerCount }) ?? true,
      flat.keys.allSatisfy((0..<layerCount).contains)
    else { throw StudyError("the units or the reasons are of other layers") }
    self.units = units ?? self.units
    self.flat = flat
    guard null?.plan == options.null, null.map({ $0.layers == layerCount }) ?? true,
      figures.map({ $0.fits(layers: layerCount, estimator: options.estimator) }) ?? true
    else { throw StudyError("the figures or the permutation null are of another study") }
    self.figures = figures
    self.null = null
    guard faults.count == layerCount, scales.count == layerCount, sums.count == triangle.count
    else {
      throw StudyError(
        "\(layerCount) layers need \(triangle.count) sums, \(layerCount) scales and faults; there "
          + "are \(sums.count), \(scales.count) and \(faults.count)")
    }
    guard scales.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
      throw StudyError("a layer's scale is negative or not finite")
    }
    guard kept.allSatisfy({ $0.count == triangle.count }) else {
      throw StudyError("a minibatch does not have \(triangle.count) kept values")
    }
    guard minibatches.allSatisfy(Self.isSound) else {
      throw StudyError("a counted minibatch has under \(StudyOptions.fewestSamples) samples")
    }
    self.minibatches = minibatches
    countedMinibatches = minibatches.count { $0.skipped == nil }
    guard kept.count <= countedMinibatches else {
      throw StudyError(
        "\(kept.count) minibatches are kept, but only \(countedMinibatches) were counted")
    }
    self.faults = faults
    self.sums = sums
    self.scales = scales
    self.kept = kept
  }

  private static func isSound(_ minibatch: Minibatch) -> Bool {
    minibatch.skipped == nil
      ? minibatch.samples >= StudyOptions.fewestSamples : minibatch.samples >= 0
  }
}

// MARK: Layers

extension Study {
  /// Layers of all models.
  public var layerCount: Int { triangle.side }

  /// The numbers of the layers of `model`.
  public func layers(of model: Int) -> Range<Int> { firstLayers[model]..<firstLayers[model + 1] }

  /// Model and layer within it of the layer numbered `layer`.
  public func position(of layer: Int) -> (model: Int, layer: Int) {
    precondition(layer >= 0 && layer < layerCount, "no such layer")
    let model = (firstLayers.firstIndex { $0 > layer } ?? models.count) - 1
    return (model, layer - firstLayers[model])
  }

  /// The name of the layer numbered `layer`.
  public func name(of layer: Int) -> String {
    let (model, index) = position(of: layer)
    return models[model].layers[index].name
  }

  /// Samples of the counted minibatches.
  public var countedSamples: Int {
    minibatches.reduce(0) { $0 + ($1.skipped == nil ? $1.samples : 0) }
  }

  /// The first counted minibatches, whose HSICs are kept.
  public var keptMinibatches: [Minibatch] {
    Array(minibatches.lazy.filter { $0.skipped == nil }.prefix(kept.count))
  }
}

// MARK: Growing

extension Study {
  /// Adds a minibatch that is not counted, and why.
  public mutating func skip(samples: Int, sampleHash: String? = nil, reason: SkipReason) {
    minibatches.append(Minibatch(samples: samples, sampleHash: sampleHash, skipped: reason))
  }

  /// Adds a counted minibatch.
  /// - Parameters:
  ///   - samples: n ≥ 4.
  ///   - hsic: HSIC of every two layers, as `triangle` stores it, unweighted.
  ///   - faults: the layers that had no Gram matrix, and why. Such a layer has no values from now
  ///     on: every sum over minibatches in a ratio must run over the same ones.
  ///   - flat: the layers whose HSIC with themselves is 0, and why.
  ///   - units: of layers that are not measured in 1; one that `unit(of:)` knows must be that.
  ///   - figures: what the Gram matrices tell beside HSIC, where it is known, in the same units.
  public mutating func add(
    samples: Int, sampleHash: String? = nil, hsic: [Double],
    faults newFaults: [Int: LayerProblem] = [:], flat newFlat: [Int: Flatness] = [:],
    units newUnits: [Int: Int] = [:], figures newFigures: MinibatchFigures? = nil
  ) {
    precondition(samples >= StudyOptions.fewestSamples, "too few samples")
    precondition(hsic.count == triangle.count, "HSIC of every two layers")
    for (layer, reason) in newFaults where faults[layer] == nil {
      faults[layer] = LayerFault(minibatch: minibatches.count, reason: reason)
    }
    for (layer, reason) in newFlat where flat[layer] == nil { flat[layer] = reason }
    for (layer, unit) in newUnits where self.unit(of: layer) == nil { units[layer] = unit }
    let weight = options.weighting.weight(samples: samples)
    for index in sums.indices { sums[index] += weight * hsic[index] }
    if let newFigures {
      figures?.add(newFigures, hsic: hsic, weight: weight, minibatch: minibatches.count, triangle)
    } else {
      figures = nil
    }
    keep(hsic)
    minibatches.append(Minibatch(samples: samples, sampleHash: sampleHash))
    countedMinibatches += 1
  }

  /// The unit in which the kernel of `layer` is measured; nil until a minibatch fixes it.
  func unit(of layer: Int) -> Int? {
    sums[triangle.index(layer, layer)] == 0 ? nil : units[layer]
  }

  /// `unit(of:)` of every layer.
  var knownUnits: [Int?] { (0..<layerCount).map(unit(of:)) }

  /// Adds a minibatch's sums under permuted samples, before `add` counts it: `body` adds them to
  /// `NullSums.values`. Not called unless a null is asked for.
  mutating func addNull<Failure: Error>(
    _ body: (NullPlan, UnsafeMutablePointer<Double>) throws(Failure) -> Void
  ) throws(Failure) {
    try null?.update(body)
  }

  private mutating func keep(_ hsic: [Double]) {
    // Once one is left out, all later ones are: those kept are the first.
    guard case .upTo(let bytes) = options.keep, kept.count == countedMinibatches,
      (kept.count + 1) * triangle.count * 4 <= bytes
    else { return }
    for layer in 0..<layerCount { fitScale(layer, own: hsic[triangle.index(layer, layer)]) }
    var values: [Float] = []
    values.reserveCapacity(triangle.count)
    for row in 0..<layerCount {
      for column in row..<layerCount {
        values.append(Float(hsic[values.count] * scales[row] * scales[column]))
      }
    }
    kept.append(values)
  }

  /// Makes the scale of `layer` one with which `own`, its HSIC with itself in a minibatch, fits a
  /// Float. The first minibatch that varies decides; when the layer grows or shrinks by more than
  /// 2^50, what is kept is multiplied by a power of two, which is exact but for what is over 10^60
  /// times smaller than the largest.
  private mutating func fitScale(_ layer: Int, own: Double) {
    guard own > 0, own.isFinite else { return }
    if scales[layer] == 0 { return scales[layer] = exp2(-(log2(own) / 2).rounded()) }
    let size = log2(own) + 2 * log2(scales[layer])
    guard abs(size) > 100 else { return }
    var shift = ((size < 0 ? -80 : 80) - size) / 2
    if shift > 0 {
      let diagonal = triangle.index(layer, layer)
      let largest = kept.reduce(0) { max($0, $1[diagonal]) }
      shift = min(shift, largest > 0 ? max(0, (100 - log2(Double(largest))) / 2) : shift)
    }
    let factor = exp2(shift.rounded(.down))
    scales[layer] *= factor
    for index in kept.indices {
      for other in 0..<layerCount {
        let entry = triangle.index(layer, other)
        let both = other == layer ? factor * factor : factor
        kept[index][entry] = Float(Double(kept[index][entry]) * both)
      }
    }
  }
}
