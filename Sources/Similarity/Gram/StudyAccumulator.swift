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

  /// Goes on with `study`, which may be new, on up to `threads` threads.
  /// - Parameter gramBytes: what the Gram matrices of a minibatch may take; more is refused.
  public init(_ study: Study, threads: Int, gramBytes: Int = 4 << 30) {
    self.study = study
    self.threads = threads
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
    ) { layer, maker in
      switch frame.layers[layer] {
      case .gram(let matrix): return try maker.gram(sent: matrix, samples: frame.samples)
      case .fault(let reason): throw LayerProblem(reason)
      }
    }
  }

  /// Adds a minibatch that is not counted, and why: one line, ready to show.
  public mutating func skip(samples: Int, sampleHash: String? = nil, reason: String) {
    study.skip(samples: samples, sampleHash: sampleHash, reason: reason)
  }

  /// Adds a minibatch whose Gram matrices `gram` makes. A layer that already has a fault is not
  /// asked for again.
  mutating func add(
    samples: Int, sampleHash: String?, order: [Int],
    gram: @Sendable (_ layer: Int, _ maker: GramMaker) throws -> GramView
  ) throws {
    let (faults, rows) = (study.faults, rows)
    try add(samples: samples, sampleHash: sampleHash) {
      try rows.products(samples: samples, order: order) { layer, maker in
        if let fault = faults[layer] { throw LayerProblem(fault.reason) }
        return try gram(layer, maker)
      }
    } null: { plan, minibatch, sums in
      try rows.addNull(
        plan, minibatch: minibatch, samples: samples, layers: order.count, to: sums)
    }
  }

  /// Adds a minibatch by the feature form of linear HSIC.
  mutating func add(
    samples: Int, sampleHash: String?, features: @Sendable (_ layer: Int) throws -> Matrix
  ) throws {
    let (faults, layers) = (study.faults, study.layerCount)
    let form = FeatureForm(
      estimator: study.options.estimator, samples: samples, threads: threads)
    try add(samples: samples, sampleHash: sampleHash) {
      try form.products(layers: layers) { layer in
        if let fault = faults[layer] { throw LayerProblem(fault.reason) }
        return try features(layer)
      }
    } null: { _, _, _ in
      throw ComputeError(
        "a permutation null needs the Gram matrices of a minibatch in memory; use a smaller "
          + "batch size")
    }
  }

  private mutating func add(
    samples: Int, sampleHash: String?,
    products: () throws -> MinibatchProducts,
    null: (NullPlan, _ minibatch: Int, UnsafeMutablePointer<Double>) throws -> Void
  ) throws {
    guard samples >= StudyOptions.fewestSamples else {
      return skip(
        samples: samples, sampleHash: sampleHash,
        reason: "HSIC needs at least \(StudyOptions.fewestSamples) samples")
    }
    let found = try products()
    let minibatch = study.minibatches.count
    try study.addNull { plan, sums in try null(plan, minibatch, sums) }
    study.add(
      samples: samples, sampleHash: sampleHash, hsic: found.hsic, faults: found.faults,
      figures: found.figures)
  }
}
