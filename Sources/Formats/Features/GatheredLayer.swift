import Core

/// The arrays of one layer of one model, at least one, in the order of their samples.
struct GatheredLayer {
  var model: String
  var layer: String
  var arrays: [LocatedArray]
  var pooling: FeaturePooling
  /// Its arrays differ in their number of tokens.
  var isRagged: Bool

  /// Each array belongs to a minibatch of its own file or number.
  var isBatched: Bool { arrays[0].batch != nil }
  var samples: Int { arrays.reduce(0) { $0 + $1.samples } }

  /// The fewest and the most tokens that a sample has.
  var tokens: (fewest: Int, most: Int) {
    let lengths = arrays.compactMap { array in
      array.reading.axes.firstIndex(of: .tokens).map { array.shape[$0] }
    }
    return (lengths.min() ?? 0, lengths.max() ?? 0)
  }

  /// Numbers and samples of its minibatches, where files have one each.
  var minibatches: [(batch: Int, samples: Int)] {
    var minibatches: [(batch: Int, samples: Int)] = []
    for array in arrays {
      let batch = array.batch ?? 0
      if minibatches.last?.batch == batch {
        minibatches[minibatches.count - 1].samples += array.samples
      } else {
        minibatches.append((batch, array.samples))
      }
    }
    return minibatches
  }

  /// The layer as it is told.
  var described: FeatureLayer {
    let first = arrays[0]
    return FeatureLayer(
      name: layer, shape: first.sampleShape, axes: first.reading.sampleRoles,
      reduced: pooling.reduced(first.reading.sampleRoles), type: first.type,
      features: pooling.features(first.sampleShape, first.reading.sampleRoles),
      arrays: arrays.count)
  }

  /// Where its samples are.
  var source: FeaturePlan.Source {
    var start = 0
    let parts = arrays.map { array in
      defer { start += array.samples }
      return FeaturePlan.Source.Part(
        file: array.file, entry: array.entry, shape: array.shape, reading: array.reading,
        samples: start..<start + array.samples)
    }
    return FeaturePlan.Source(
      parts: parts, axes: arrays[0].reading.sampleRoles, pooling: pooling)
  }
}

// MARK: Gathering

extension GatheredLayer {
  /// The layers that `arrays` make up, in the order in which they are met.
  /// - Throws: when two arrays are the same layer, or arrays of one layer differ.
  static func gather(
    _ arrays: [LocatedArray], options: FeatureOptions
  ) throws(FormatError) -> [GatheredLayer] {
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
    var gathered: [GatheredLayer] = []
    for key in order {
      let arrays = (groups[key] ?? []).sorted(by: isBefore)
      let isRagged = try checkAlike(arrays, options: options)
      var pooling = options.pooling
      // Tokens whose number differs, and those of sentences, leave only their mean to compare.
      if arrays[0].isSentence || isRagged, pooling.treatment(of: .tokens) == .kept {
        pooling = FeaturePooling(positions: .mean)
      }
      gathered.append(
        GatheredLayer(
          model: key.model, layer: key.layer, arrays: arrays, pooling: pooling,
          isRagged: isRagged))
    }
    return gathered
  }

  private static func isBefore(_ first: LocatedArray, _ second: LocatedArray) -> Bool {
    let batches = (first.batch ?? -1, second.batch ?? -1)
    guard batches.0 == batches.1 else { return batches.0 < batches.1 }
    return first.order.lexicographicallyPrecedes(second.order)
  }

  /// Checks that the arrays of one layer are different samples of the same features; returns
  /// whether they differ in their number of tokens.
  private static func checkAlike(
    _ arrays: [LocatedArray], options: FeatureOptions
  ) throws(FormatError) -> Bool {
    var isRagged = false
    for (first, second) in zip(arrays, arrays.dropFirst()) {
      guard first.batch != second.batch || first.order != second.order,
        (first.batch == nil) == (second.batch == nil)
      else {
        throw FormatError(
          .ambiguous,
          "\(first.place) and \(second.place) are both layer '\(first.layer)' of '\(first.model)'",
          remedy:
            "give a folder of minibatches as a folder in which all files hold the same names, "
            + "or say with --layout which part of a name is the model or the minibatch")
      }
      let (shapes, roles) = ((first.sampleShape, second.sampleShape), first.reading.sampleRoles)
      guard shapes.0.count == shapes.1.count, roles == second.reading.sampleRoles,
        first.type == second.type,
        zip(zip(shapes.0, shapes.1), roles).allSatisfy({ $0.0 == $0.1 || $1 == .tokens })
      else {
        throw FormatError(
          .mismatch,
          "minibatches of one layer differ: \(first.place) is \(first.spelled), "
            + "\(second.place) is \(second.spelled)",
          remedy: "save every minibatch of a layer in one shape and type")
      }
      if shapes.0 != shapes.1 { isRagged = true }
      guard !isRagged || options.tokens != .flatten else {
        throw FormatError(
          .mismatch,
          "numbers of tokens differ: \(first.place) is \(first.spelled), \(second.place) is "
            + second.spelled,
          remedy: "flattened tokens cannot be compared then; take --tokens mean")
      }
    }
    return isRagged
  }
}

// MARK: Samples

extension GatheredLayer {
  /// Samples of each minibatch, on which all layers must agree.
  static func sampleCounts(
    _ layers: [GatheredLayer], batching: FeatureOptions.Batching
  ) throws(FormatError) -> [Int] {
    guard let first = layers.first else { return [] }
    let batched = layers.first(where: \.isBatched)
    for layer in layers {
      if let batched, layer.isBatched {
        try checkSameMinibatches(batched, layer)
      } else if layer.samples != (batched ?? first).samples {
        throw SampleMismatch(layers, batched ?? first, layer).error
      }
    }
    let samples = first.samples
    switch batching {
    case .all: return [samples]
    case .standard(let size), .samples(let size):
      guard size > 0 else {
        throw FormatError(
          .request, "a batch size of \(size)", remedy: "give a positive one, or all")
      }
      if let batched { return batched.minibatches.map(\.samples) }
      return stride(from: 0, to: samples, by: size).map { min(size, samples - $0) }
    }
  }

  private static func checkSameMinibatches(
    _ first: GatheredLayer, _ second: GatheredLayer
  ) throws(FormatError) {
    for (a, b) in zip(first.arrays, second.arrays) {
      guard a.batch == b.batch else {
        throw FormatError(
          .mismatch,
          "minibatches are missing: after \(a.place) (minibatch \(a.batch ?? 0)) comes \(b.place) "
            + "(minibatch \(b.batch ?? 0))", remedy: "save every layer for every minibatch")
      }
      guard a.samples == b.samples else {
        throw SampleMismatch.error((a.place, a.samples), (b.place, b.samples))
      }
    }
    guard first.arrays.count == second.arrays.count else {
      throw FormatError(
        .mismatch,
        "'\(first.model)/\(first.layer)' has \(first.arrays.count) minibatches, "
          + "'\(second.model)/\(second.layer)' has \(second.arrays.count)",
        remedy: "save every layer for every minibatch")
    }
  }
}

extension LocatedArray {
  /// "float32 [48, 10]".
  fileprivate var spelled: String { "\(type.rawValue) \(shape)" }
}
