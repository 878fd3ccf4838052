import Core

/// Turns minibatches into a study, one after another.
///
/// The study's bits depend on what was added, in its order, and neither on the number of threads
/// nor on where a run was cut: a study saved after any minibatch and taken up again ends the same.
public struct StudyAccumulator {
  /// The study so far.
  public private(set) var study: Study
  private let rows: MinibatchRows
  private let threads: Int
  private let bytes: Int
  private let planned: Int?

  /// Goes on with `study`, which may be new, on up to `threads` threads.
  /// - Parameters:
  ///   - gramBytes: what the Gram matrices of a minibatch may take; larger ones are gone through in
  ///     tiles.
  ///   - planned: minibatches in all, which `skipBad` reckons with; what the study's shard says, or
  ///     those seen, where it is not known.
  public init(_ study: Study, threads: Int, gramBytes: Int = 4 << 30, planned: Int? = nil) {
    self.study = study
    self.threads = threads
    self.planned = planned
    bytes = gramBytes
    rows = MinibatchRows(options: study.options, threads: threads, bytes: gramBytes)
  }

  /// Whether the Gram matrices of so many samples are within the limit.
  func fitsGrams(samples: Int) -> Bool { rows.fits(samples: samples, layers: study.layerCount) }

  /// Adds a minibatch of Gram matrices; one of under 4 samples is skipped, with the reason.
  /// - Throws: `ComputeError` when the frame has another number of layers than the study, the
  ///   minibatch is too large, or OpenBLAS is missing; the study is as before.
  public mutating func add(_ frame: GramFrame) throws {
    guard frame.layers.count == study.layerCount else {
      throw ComputeError(
        "a frame has \(frame.layers.count) layers, the study \(study.layerCount)")
    }
    try add(
      samples: frame.samples, sampleHash: frame.sampleHash, order: Array(frame.layers.indices)
    ) { layer in
      switch frame.layers[layer] {
      case .gram(let matrix): return .sent(matrix)
      case .fault(let reason): throw LayerProblem.told(reason)
      }
    }
  }

  /// Adds a minibatch that is not counted, and why.
  public mutating func skip(samples: Int, sampleHash: String? = nil, reason: SkipReason) {
    study.skip(samples: samples, sampleHash: sampleHash, reason: reason)
  }

  /// Adds a minibatch whose Gram matrices are made of `input`, in tiles where they do not fit. A
  /// layer that already has a fault is not asked for again.
  mutating func add(
    samples: Int, sampleHash: String?, order: [Int],
    input: @Sendable (_ layer: Int) throws -> LayerInput
  ) throws {
    let (faults, unit, rows) = (study.faults, study.knownUnits, rows)
    let (fits, tiles) = (fitsGrams(samples: samples), tiles(samples: samples))
    func addNull(
      _ plan: NullPlan, minibatch: Int, to sums: UnsafeMutablePointer<Double>
    ) throws {
      try rows.addNull(
        plan, minibatch: minibatch, samples: samples, layers: order.count, to: sums)
    }
    try add(samples: samples, sampleHash: sampleHash, null: fits ? addNull : nil) {
      @Sendable func known(_ layer: Int) throws -> LayerInput {
        if let fault = faults[layer] { throw fault.reason }
        return try input(layer)
      }
      guard fits else { return try tiles().products(unit: { unit[$0] }, input: known) }
      return try rows.products(
        samples: samples, order: order, unit: { unit[$0] }, input: known)
    }
  }

  /// Adds a minibatch by the feature form of linear HSIC, or in tiles where that cancels.
  mutating func add(
    samples: Int, sampleHash: String?, features: @Sendable (_ layer: Int) throws -> Matrix
  ) throws {
    let (faults, unit, layers) = (study.faults, study.knownUnits, study.layerCount)
    let form = FeatureForm(
      estimator: study.options.estimator, samples: samples, threads: threads)
    let tiles = tiles(samples: samples)
    try add(samples: samples, sampleHash: sampleHash, null: nil) {
      @Sendable func known(_ layer: Int) throws -> Matrix {
        if let fault = faults[layer] { throw fault.reason }
        return try features(layer)
      }
      let found = try form.products(layers: layers, unit: { unit[$0] }, features: known)
      return try found
        ?? tiles().products(unit: { unit[$0] }) { .features(try known($0)) }
    }
  }

  private func tiles(samples: Int) -> () throws -> TiledProducts {
    let (options, layers, threads, bytes) = (study.options, study.layerCount, threads, bytes)
    return {
      try TiledProducts(
        options: options, samples: samples, layers: layers, threads: threads, bytes: bytes)
    }
  }

  /// - Parameter null: adds the sums under permuted samples of a minibatch's `products`; nil where
  ///   they are made without whole Gram matrices.
  private mutating func add(
    samples: Int, sampleHash: String?,
    null: ((NullPlan, _ minibatch: Int, UnsafeMutablePointer<Double>) throws -> Void)?,
    products: () throws -> MinibatchProducts
  ) throws {
    guard samples >= StudyOptions.fewestSamples else {
      return skip(samples: samples, sampleHash: sampleHash, reason: .fewSamples)
    }
    guard study.options.null == nil || null != nil else {
      throw ComputeError(
        "a permutation null needs the Gram matrices of a minibatch in memory; use a smaller "
          + "batch size")
    }
    let found = try products()
    if let reason = skipReason(found) {
      return skip(samples: samples, sampleHash: sampleHash, reason: reason)
    }
    if let null {
      let minibatch = study.nextMinibatch
      try study.addNull { plan, sums in try null(plan, minibatch, sums) }
    }
    if study.options.skipBad, !found.faults.isEmpty, !study.knowsHistory {
      return try setAside(found, samples: samples, sampleHash: sampleHash)
    }
    study.add(
      samples: samples, sampleHash: sampleHash, hsic: found.hsic, faults: found.faults,
      flat: found.flat, units: found.units, figures: found.figures)
  }

  /// Most bytes of minibatches that are set aside.
  private static let mostAside = 4 << 30

  /// Sets a bad minibatch aside, as minibatches before this shard are not known.
  /// - Throws: `ComputeError` where there are too many.
  private mutating func setAside(
    _ found: MinibatchProducts, samples: Int, sampleHash: String?
  ) throws(ComputeError) {
    let minibatch = PendingMinibatch(
      number: study.nextMinibatch, hsic: found.hsic, faults: found.faults, flat: found.flat,
      units: found.units, figures: found.figures, null: study.nextNull)
    let bytes = 8 * (minibatch.hsic.count + found.figures.unbiased.count + minibatch.null.count)
    guard bytes * (study.pending.count + 1) <= Self.mostAside else {
      throw ComputeError(
        "\(study.pending.count + 1) bad minibatches of this shard take more than "
          + "\(Self.mostAside >> 30) GiB until they are merged; leave out the layers that are bad, "
          + "or run without --skip-bad")
    }
    study.setAside(minibatch, samples: samples, sampleHash: sampleHash)
  }

  /// Why `skipBad` leaves this minibatch out; nil when it counts.
  private func skipReason(_ found: MinibatchProducts) -> SkipReason? {
    guard study.options.skipBad, study.knowsHistory else { return nil }
    let bad = found.faults.keys.filter { study.faults[$0] == nil }.sorted()
    let rule = SkipRule(planned: planned ?? study.shard?.total ?? study.minibatches.count + 1)
    guard let first = bad.first, let problem = found.faults[first],
      rule.leavesOut(bad: bad, after: study.minibatches)
    else { return nil }
    return .badLayers(bad, problem: problem)
  }
}
