import Core

/// Which samples of which array make up each minibatch of each layer.
struct FeaturePlan: Sendable {
  /// Where the samples of one layer are.
  struct Source: Sendable {
    /// A file's number in the store, an entry in it, and how that is read.
    struct Part: Sendable {
      var file: Int
      var entry: Int
      var shape: [Int]
      var reading: FeatureReading
      /// Its samples, counted over all parts.
      var samples: Range<Int>
    }

    /// The arrays that hold its samples, in order.
    var parts: [Part]
    /// What the axes of a sample are.
    var axes: [FeatureAxis]
    var pooling: FeaturePooling
  }

  private(set) var models: [FeatureModel] = []
  /// For each model, for each layer.
  private(set) var sources: [[Source]] = []
  /// Samples in each minibatch.
  private(set) var sampleCounts: [Int] = []
  /// Which samples each minibatch has.
  private(set) var order = SampleOrder(counts: [])
  private(set) var warnings: [FeatureWarning] = []

  /// Brings the arrays together.
  /// - Throws: when two arrays are the same layer, arrays of one layer differ in their features, or
  ///   numbers of samples do not fit; the error names both arrays.
  init(_ arrays: [LocatedArray], options: FeatureOptions) throws(FormatError) {
    let gathered = try GatheredLayer.gather(arrays, options: options)
    sampleCounts = try GatheredLayer.sampleCounts(gathered, batching: options.batching)
    order = SampleOrder(counts: sampleCounts, shuffle: options.shuffle)
    if case .samples = options.batching, let first = gathered.first(where: \.isBatched) {
      warnings.append(.batchSizeUnused(model: first.model))
    }
    if let ragged = gathered.first(where: \.isRagged), !ragged.arrays[0].isSentence {
      let (fewest, most) = ragged.tokens
      warnings.append(.raggedTokens(layer: ragged.layer, fewest: fewest, most: most))
    }
    var numbers: [String: Int] = [:]
    for layer in gathered {
      let number = numbers[layer.model] ?? models.count
      if number == models.count {
        numbers[layer.model] = number
        models.append(FeatureModel(name: layer.model, layers: []))
        sources.append([])
      }
      models[number].layers.append(layer.described)
      sources[number].append(layer.source)
    }
    for number in models.indices { orderNaturally(number) }
    warnings += FeatureDoubts.doubts(gathered, options: options)
  }

  /// What became of positions and tokens: the mean, where any layer was averaged for want of
  /// another way.
  var pool: Pooling {
    sources.joined().contains { $0.pooling.positions == .mean } ? .mean : .flatten
  }

  /// Names in byte order say nothing of the layers' order: their writer sorted them.
  private mutating func orderNaturally(_ number: Int) {
    let names = models[number].layers.map(\.name)
    guard zip(names, names.dropFirst()).allSatisfy({ $0.utf8.lexicographicallyPrecedes($1.utf8) })
    else { return }
    let order = names.indices.sorted { naturalOrder(names[$0], names[$1]) }
    models[number].layers = order.map { models[number].layers[$0] }
    sources[number] = order.map { sources[number][$0] }
  }
}
