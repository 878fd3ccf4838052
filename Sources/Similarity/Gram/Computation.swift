/// The computation of a study from saved activations.
public struct Computation<Source: FeatureSource>: Sendable {
  private let source: Source
  private let options: StudyOptions
  private let threads: Int
  private let gramBytes: Int

  /// Compares all layers of all models of `source`, on up to `threads` threads; the figures do not
  /// depend on their number.
  /// - Parameter gramBytes: what the Gram matrices of a minibatch may take. Where they would take
  ///   more, they are gone through in tiles, in float64; where there are fewer features than
  ///   samples, HSIC of linear kernels is computed from products of features instead.
  public init(source: Source, options: StudyOptions, threads: Int, gramBytes: Int = 4 << 30) {
    self.source = source
    self.options = options
    self.threads = threads
    self.gramBytes = gramBytes
  }

  /// Goes through the minibatches, from the first that `start` has not seen.
  /// - Parameters:
  ///   - start: a study of the same models and options, from an earlier run; nil to begin anew.
  ///   - progress: is called with the study after every minibatch; returns whether to go on.
  /// - Returns: the study of the minibatches seen.
  /// - Throws: what the source throws, or `ComputeError`; the study last given to `progress` holds
  ///   everything until then.
  public func run(
    from start: Study? = nil, progress: (borrowing Study) throws -> Bool = { _ in true }
  ) throws -> Study {
    let models = source.models
    let start = start ?? Study(models: models, options: options)
    guard start.models == models, start.options == options else {
      throw ComputeError("the saved study has other models or options than this run")
    }
    let counts = source.sampleCounts
    guard start.minibatches.count <= counts.count,
      zip(start.minibatches, counts).allSatisfy({ $0.samples == $1 })
    else { throw ComputeError("the saved study has seen other minibatches than these") }
    var accumulator = StudyAccumulator(
      start, threads: threads, gramBytes: gramBytes, planned: counts.count)
    let order = LayerFeatures.largestFirst(of: source)
    for minibatch in start.minibatches.count..<counts.count {
      try add(minibatch, samples: counts[minibatch], to: &accumulator, order: order)
      guard try progress(accumulator.study) else { break }
    }
    return accumulator.study
  }

  private func add(
    _ minibatch: Int, samples: Int, to accumulator: inout StudyAccumulator, order: [Int]
  ) throws {
    let hash = source.sampleHash(minibatch: minibatch)
    if let reason = source.mismatch(minibatch: minibatch) {
      return accumulator.skip(samples: samples, sampleHash: hash, reason: .told(reason))
    }
    let layers = LayerFeatures(source: source, minibatch: minibatch, samples: samples)
    let usesFeatures =
      try !accumulator.fitsGrams(samples: samples) && options.kernel == .linear
      && layers.areNarrow()
    if usesFeatures {
      try accumulator.add(samples: samples, sampleHash: hash) { try layers.features(of: $0) }
    } else {
      try accumulator.add(samples: samples, sampleHash: hash, order: order) {
        .features(try layers.features(of: $0))
      }
    }
  }
}
