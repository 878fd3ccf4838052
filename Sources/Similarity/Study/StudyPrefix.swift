extension Study {
  /// The study as its intervals were after the first `count` counted minibatches: what a run that
  /// was taken up again must know of the look before it was interrupted.
  ///
  /// Intervals depend on kept HSICs alone, so these are the same to the last bit. Values come from
  /// them too, and are float32's.
  func first(counted count: Int) -> Study {
    var options = options
    options.null = nil
    var part = Study(models: models, options: options, shard: shard)
    for (index, minibatch) in minibatches.enumerated() where part.countedMinibatches < count {
      if let reason = minibatch.skipped {
        part.skip(samples: minibatch.samples, sampleHash: minibatch.sampleHash, reason: reason)
        continue
      }
      let met = faults.enumerated().compactMap { layer, fault in
        fault.flatMap { $0.minibatch == number(at: index) ? (layer, $0.reason) : nil }
      }
      part.add(
        samples: minibatch.samples, sampleHash: minibatch.sampleHash,
        hsic: keptHSIC(part.countedMinibatches), faults: Dictionary(uniqueKeysWithValues: met))
    }
    return part
  }

  /// HSIC of every two layers in a kept minibatch, in float32; zeros for one that is not kept.
  private func keptHSIC(_ index: Int) -> [Double] {
    guard index < kept.count else { return Array(repeating: 0, count: triangle.count) }
    var values = kept[index].map(Double.init)
    var next = 0
    for row in 0..<layerCount {
      for column in row..<layerCount {
        let scale = scales[row] * scales[column]
        values[next] = scale > 0 ? values[next] / scale : 0
        next += 1
      }
    }
    return values
  }
}
