import Core

/// Which samples of which array make up each minibatch of each layer.
struct FeaturePlan: Sendable {
  /// Where the samples of one layer are.
  struct Source: Sendable {
    /// A file's number in the store, and an entry in it.
    struct Part: Sendable {
      var file: Int
      var entry: Int
    }

    /// One array of all samples, or one for each minibatch.
    var parts: [Part]
    var isBatched: Bool
  }

  private(set) var models: [FeatureModel] = []
  /// For each model, for each layer.
  private(set) var sources: [[Source]] = []
  /// Samples in each minibatch.
  private(set) var sampleCounts: [Int] = []
  private(set) var warnings: [String] = []

  /// Arrays of one layer of one model, at least one.
  private struct Gathered {
    var model: String
    var layer: String
    var arrays: [LocatedArray]
    var isBatched: Bool { arrays[0].batch != nil }
    var samples: Int { arrays.reduce(0) { $0 + $1.shape[0] } }
  }

  /// Brings the arrays together.
  /// - Throws: when two arrays are the same layer, arrays of one layer differ in their features, or
  ///   numbers of samples do not fit; the error names both arrays.
  init(_ arrays: [LocatedArray], options: FeatureOptions) throws(FormatError) {
    let gathered = try Self.gather(arrays)
    sampleCounts = try Self.sampleCounts(gathered, batchSize: options.batchSize)
    if options.batchSize != nil, let first = gathered.first(where: \.isBatched) {
      warnings.append(
        "the batch size is not used: '\(first.model)' has an array for each minibatch")
    }
    var numbers: [String: Int] = [:]
    for layer in gathered {
      let number = numbers[layer.model] ?? models.count
      if number == models.count {
        numbers[layer.model] = number
        models.append(FeatureModel(name: layer.model, layers: []))
        sources.append([])
      }
      let sample = Array(layer.arrays[0].shape.dropFirst())
      models[number].layers.append(
        FeatureLayer(
          name: layer.layer, shape: sample, type: layer.arrays[0].type,
          features: NDArray.features(ofSample: sample, pool: options.pool)))
      sources[number].append(
        Source(
          parts: layer.arrays.map { Source.Part(file: $0.file, entry: $0.entry) },
          isBatched: layer.isBatched))
    }
    for number in models.indices { orderNaturally(number) }
  }

  /// The samples of minibatch `index` in `source`: a part, and rows of it.
  func place(
    minibatch index: Int, in source: Source
  ) -> (part: Source.Part, rows: Range<Int>) {
    guard !source.isBatched else { return (source.parts[index], 0..<sampleCounts[index]) }
    let start = sampleCounts[..<index].reduce(0, +)
    return (source.parts[0], start..<start + sampleCounts[index])
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

// MARK: Gathering

extension FeaturePlan {
  private static func gather(_ arrays: [LocatedArray]) throws(FormatError) -> [Gathered] {
    struct Key: Hashable {
      var model: String
      var layer: String
    }
    var order: [Key] = []
    var groups: [Key: [LocatedArray]] = [:]
    for array in arrays {
      let key = Key(model: array.model, layer: array.layer)
      if groups[key] == nil { order.append(key) }
      groups[key, default: []].append(array)
    }
    var gathered: [Gathered] = []
    for key in order {
      // Stable where two have the same minibatch, which the check then names.
      let arrays = (groups[key] ?? []).sorted { ($0.batch ?? -1) < ($1.batch ?? -1) }
      try checkAlike(arrays)
      gathered.append(Gathered(model: key.model, layer: key.layer, arrays: arrays))
    }
    return gathered
  }

  /// Checks that the arrays of one layer are different minibatches of the same features.
  private static func checkAlike(_ arrays: [LocatedArray]) throws(FormatError) {
    for (first, second) in zip(arrays, arrays.dropFirst()) {
      guard let batch = second.batch, let before = first.batch, batch != before else {
        throw FormatError(
          "\(first.place) and \(second.place) are both layer '\(first.layer)' of '\(first.model)'",
          remedy:
            "give a folder of minibatches as a folder in which all files hold the same names, "
            + "or say with --layout which part of a name is the model or the minibatch")
      }
      guard first.shape.dropFirst() == second.shape.dropFirst(), first.type == second.type else {
        throw FormatError(
          "minibatches of one layer differ: \(first.place) is \(first.spelled), "
            + "\(second.place) is \(second.spelled)",
          remedy: "save every minibatch of a layer in one shape and type")
      }
    }
  }

  /// Samples of each minibatch, on which all layers must agree.
  private static func sampleCounts(
    _ layers: [Gathered], batchSize: Int?
  ) throws(FormatError) -> [Int] {
    guard let first = layers.first else { return [] }
    if let batchSize, batchSize < 1 {
      throw FormatError("a batch size of \(batchSize)", remedy: "give a positive one, or all")
    }
    let batched = layers.first(where: \.isBatched)
    for layer in layers {
      if let batched, layer.isBatched {
        try checkSameMinibatches(batched, layer)
      } else if layer.samples != (batched ?? first).samples {
        throw mismatch((batched ?? first), layer)
      }
    }
    if let batched { return batched.arrays.map { $0.shape[0] } }
    let size = batchSize ?? first.samples
    return stride(from: 0, to: first.samples, by: size).map { min(size, first.samples - $0) }
  }

  private static func checkSameMinibatches(
    _ first: Gathered, _ second: Gathered
  ) throws(FormatError) {
    for (a, b) in zip(first.arrays, second.arrays) {
      guard a.batch == b.batch else {
        throw FormatError(
          "minibatches are missing: after \(a.place) (minibatch \(a.batch ?? 0)) comes \(b.place) "
            + "(minibatch \(b.batch ?? 0))", remedy: "save every layer for every minibatch")
      }
      guard a.shape[0] == b.shape[0] else { throw mismatch(a, b) }
    }
    guard first.arrays.count == second.arrays.count else {
      throw FormatError(
        "'\(first.model)/\(first.layer)' has \(first.arrays.count) minibatches, "
          + "'\(second.model)/\(second.layer)' has \(second.arrays.count)",
        remedy: "save every layer for every minibatch")
    }
  }

  private static func mismatch(_ first: Gathered, _ second: Gathered) -> FormatError {
    FormatError(
      "numbers of samples differ: \(first.arrays[0].place) has \(first.samples), "
        + "\(second.arrays[0].place) has \(second.samples)",
      remedy: "save the same samples, in the same order, for every layer of every model")
  }

  private static func mismatch(_ first: LocatedArray, _ second: LocatedArray) -> FormatError {
    FormatError(
      "numbers of samples differ: \(first.place) has \(first.shape[0]), "
        + "\(second.place) has \(second.shape[0])",
      remedy: "save the same samples, in the same order, for every layer of every model")
  }
}

extension LocatedArray {
  /// "float32 [48, 10]".
  fileprivate var spelled: String { "\(type.rawValue) \(shape)" }
}
