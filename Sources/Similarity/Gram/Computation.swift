/// The computation of a study from saved activations.
public struct Computation<Source: FeatureSource>: Sendable {
  private let source: Source
  private let options: StudyOptions
  private let threads: Int
  private let gramBytes: Int
  private let shard: Shard?

  /// Compares all layers of all models of `source`, on up to `threads` threads; the figures do not
  /// depend on their number.
  /// - Parameters:
  ///   - gramBytes: what the Gram matrices of a minibatch may take. Where they would take more, they
  ///     are gone through in tiles, in float64; where there are fewer features than samples, HSIC of
  ///     linear kernels is computed from products of features instead.
  ///   - shard: the minibatches to go through; all by default. The source has those of the whole.
  public init(
    source: Source, options: StudyOptions, threads: Int, gramBytes: Int = 4 << 30,
    shard: Shard? = nil
  ) {
    self.shard = shard
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
    let counts = source.sampleCounts
    let shard = shard ?? .whole(counts.count)
    let start = start ?? Study(models: models, options: options, shard: shard)
    guard start.models == models, start.options == options else {
      throw ComputeError("the saved study has other models or options than this run")
    }
    guard shard.total == counts.count, Self.isOf(shard, start),
      start.minibatches.indices.allSatisfy({
        counts[start.number(at: $0)] == start.minibatches[$0].samples
      })
    else { throw ComputeError("the saved study has seen other minibatches than these") }
    var accumulator = StudyAccumulator(
      start, threads: threads, gramBytes: gramBytes, planned: counts.count)
    let order = LayerFeatures.largestFirst(of: source)
    for minibatch in start.nextMinibatch..<max(start.nextMinibatch, shard.range.upperBound) {
      try add(minibatch, samples: counts[minibatch], to: &accumulator, order: order)
      guard try progress(accumulator.study) else { break }
    }
    return accumulator.study
  }

  /// Whether `study` has gone through the first minibatches of `shard`, and is of no other.
  private static func isOf(_ shard: Shard, _ study: Study) -> Bool {
    let isOther = study.shard.map { $0 != shard } ?? (shard.range.lowerBound > 0)
    return !isOther && study.seen.count < 2 && study.nextMinibatch <= shard.range.upperBound
      && study.seen.allSatisfy { $0.lowerBound == shard.range.lowerBound }
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
