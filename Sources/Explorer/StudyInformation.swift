import CKACore

// What a result says of its study.
extension State {
  /// How the values were made: estimator, kernel, minibatches, faults; nothing where the result does not tell.
  func studyLines(_ comparison: Comparison) -> [String] {
    guard let study = comparison.block?.study else { return [] }
    let (options, kept) = (study.options, study.kept.count)
    var lines = [
      "Study",
      "  estimator \(options.estimator.rawValue), kernel \(options.kernel), "
        + "minibatches weighted \(options.weighting.meaning)",
      "  precision \(options.precision.rawValue)",
      "  \(study.countedMinibatches) minibatches of \(study.countedSamples) samples; "
        + "scores of \(kept) kept",
    ]
    let width = max(20, min(92, terminal.size.width - 10))
    let faults = study.models.indices.flatMap { study.layers(of: $0) }.compactMap { layer in
      study.reason(layer).map { "\(study.name(of: layer).orRoot): \($0)" }
    }
    if !study.notes.isEmpty {
      lines.append("Remarks")
      lines += study.notes.flatMap { Self.wrap($0, width: width) }
    }
    if !faults.isEmpty {
      lines.append("Layers without values")
      lines += faults.flatMap { Self.wrap($0, width: width) }
    }
    return lines
  }
}

extension Weighting {
  /// The weight of a minibatch of n samples.
  fileprivate var meaning: String {
    switch self {
    case .equal: "equally"
    case .pairs: "by n(n − 3)"
    case .samples: "by n"
    }
  }
}
