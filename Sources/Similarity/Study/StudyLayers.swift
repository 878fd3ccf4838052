// How a study's layers and minibatches are numbered.

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

  /// The number of the minibatch that comes next.
  public var nextMinibatch: Int { seen.last?.upperBound ?? shard?.range.lowerBound ?? 0 }

  /// The number in the whole of the minibatch at `position` of `minibatches`.
  public func number(at position: Int) -> Int {
    var left = position
    for range in seen {
      if left < range.count { return range.lowerBound + left }
      left -= range.count
    }
    return nextMinibatch + left
  }

  /// Where minibatch `number` of the whole stands in `minibatches`; nil where it was not seen.
  public func position(ofMinibatch number: Int) -> Int? {
    var before = 0
    for range in seen {
      if range.contains(number) { return before + number - range.lowerBound }
      before += range.count
    }
    return nil
  }

  /// Whether all minibatches of the whole were seen, as far as it is known how many there are.
  public var isComplete: Bool { shard.map { seen == [0..<$0.total] || $0.total == 0 } ?? false }

  /// Whether all minibatches of its own range were seen.
  public var isShardDone: Bool { shard.map { nextMinibatch >= $0.range.upperBound } ?? false }

  /// Samples of the counted minibatches.
  public var countedSamples: Int {
    minibatches.reduce(0) { $0 + ($1.skipped == nil ? $1.samples : 0) }
  }

  /// The first counted minibatches, whose HSICs are kept.
  public var keptMinibatches: [Minibatch] {
    Array(minibatches.lazy.filter { $0.skipped == nil }.prefix(kept.count))
  }
}
