/// Where activations may be something else than what they were read as: a number that is right for
/// the wrong axes looks like any other one.
enum FeatureDoubts {
  /// Fewer samples than this are few for CKA, and often are layers.
  static let fewSamples = 32
  /// Most samples that may well be layers, where the second axis is longer.
  static let fewForStacks = 128
  /// Arrays of one model that may be stacks of layers.
  static let fewStacks = 3

  /// What is doubtful about `layers`, at most one of a kind.
  static func doubts(_ layers: [GatheredLayer], options: FeatureOptions) -> [FeatureWarning] {
    let models = Dictionary(grouping: layers, by: \.model)
    let order = layers.map(\.model).reduce(into: [String]()) {
      if $0.last != $1, !$0.contains($1) { $0.append($1) }
    }
    let groups = order.compactMap { models[$0] }
    let samples = samplesDoubt(layers, groups)
    let doubts = [
      samples ?? groups.lazy.compactMap(stackDoubt).first,
      groups.lazy.compactMap(numberDoubt).first,
      groups.lazy.compactMap(parameterDoubt).first,
      groups.lazy.compactMap(channelDoubt).first,
    ]
    return doubts.compactMap(\.self)
  }

  /// Samples that may be layers or features.
  private static func samplesDoubt(
    _ layers: [GatheredLayer], _ models: [[GatheredLayer]]
  ) -> FeatureWarning? {
    let unsaid = layers.filter { $0.isAssumed && $0.arrays.count == 1 }
    guard let first = unsaid.first, unsaid.count == layers.count else { return nil }
    let (samples, shape) = (first.samples, first.arrays[0].shape)
    let most = models.map(\.count).max() ?? 0
    if samples < fewSamples, most > samples {
      return .fewSamples(samples: samples, layers: most, name: first.layer, shape: shape)
    }
    let shapes = unsaid.map { $0.arrays[0].shape }
    let rank = shapes.map(\.count).min() ?? 0
    guard rank > 1 else { return nil }
    let axes = rank == 2 && samples < fewSamples ? 1..<2 : 1..<min(rank, 3)
    guard samples < (rank == 2 ? fewSamples : fewForStacks) else { return nil }
    for axis in axes where Set(shapes.map { $0[axis] }).count == 1 && shape[axis] > samples {
      // Of two axes the longer one must stand out; of three the second may be samples of a stack.
      guard axis == 1 || samples < fewSamples else { continue }
      return .smallFirstAxis(
        samples: samples, axis: axis + 1, length: shape[axis], shape: shape)
    }
    return nil
  }

  /// A model of few arrays, one axis of which may be layers.
  private static func stackDoubt(_ layers: [GatheredLayer]) -> FeatureWarning? {
    let shapes = layers.map { $0.arrays[0].shape }
    guard layers.count <= fewStacks,
      layers.allSatisfy({ $0.isAssumed && $0.arrays[0].isPlain }),
      shapes.allSatisfy({ $0.count > 2 }), let shape = shapes.first
    else { return nil }
    // Maps that are as high as wide are maps.
    let areMaps = shapes.allSatisfy { $0.count == 4 && ($0[1] == $0[2] || $0[2] == $0[3]) }
    guard layers.count == 1 || !areMaps else { return nil }
    return .stack(name: layers[0].layer, shape: shape, layers: layers.count)
  }

  /// Layers that are called by numbers in the file.
  private static func numberDoubt(_ layers: [GatheredLayer]) -> FeatureWarning? {
    guard layers.count > 1,
      layers.allSatisfy({ $0.isAssumed && $0.arrays[0].isPlain && $0.layer.isNumber })
    else { return nil }
    return .numberNames(
      model: layers[0].model, count: layers.count, first: layers[0].layer,
      last: layers[layers.count - 1].layer)
  }

  /// Layers that are called as parameters are.
  private static func parameterDoubt(_ layers: [GatheredLayer]) -> FeatureWarning? {
    let parameters = layers.filter { $0.layer.isParameter }
    guard let first = parameters.first, parameters.count * 2 > layers.count else { return nil }
    return .parameters(model: first.model, name: first.layer)
  }

  /// Averaged positions whose channels may be elsewhere.
  private static func channelDoubt(_ layers: [GatheredLayer]) -> FeatureWarning? {
    let averaged = layers.filter {
      $0.isAssumed && $0.pooling.treatment(of: .positions) == .averaged
    }
    let maps = averaged.filter { $0.arrays[0].shape.count > 3 }
    // Maps as high as wide tell it, and for the other layers of their model, too.
    let isFirst = { (shape: [Int]) in shape[2] == shape[3] && shape[1] != shape[2] }
    let clear = maps.count { isFirst($0.arrays[0].shape) }
    let last = maps.first {
      let shape = $0.arrays[0].shape
      return shape[1] == shape[2] && shape[3] != shape[2]
    }
    if let doubtful = last ?? (clear == 0 ? maps.first : nil) {
      return .channels(name: doubtful.layer, shape: doubtful.arrays[0].shape, kept: 1)
    }
    let tokens = averaged.first {
      let shape = $0.arrays[0].shape
      return shape.count == 3 && shape[2] <= shape[1]
    }
    return tokens.map { .channels(name: $0.layer, shape: $0.arrays[0].shape, kept: 2) }
  }
}

extension GatheredLayer {
  /// Nobody said what the axes of its arrays are.
  fileprivate var isAssumed: Bool { !arrays[0].isSaid }
}
