import Similarity

// What a result says of its study.
extension State {
  /// How the values were made: estimator, kernel, minibatches, faults; nothing where the result
  /// does not tell.
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
    if study.effectiveMinibatches > 1 {
      lines += Self.wrap(
        "95 % intervals speak of other samples for these very networks; other seeds are not in them",
        width: width)
    }
    if let line = study.unknownFigures { lines += Self.wrap(line, width: width) }
    if let line = comparison.block?.nullLine { lines += Self.wrap(line, width: width) }
    lines += originLines(comparison, width: width)
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

  /// Which models were run, how, and by what.
  private func originLines(_ comparison: Comparison, width: Int) -> [String] {
    var lines: [String] = []
    if let block = comparison.block {
      let models = [("A", block.rowModel), ("B", block.columnModel)].map {
        ($0.0, block.study.models[$0.1].specification)
      }
      lines += models.filter { !$0.1.isEmpty }.flatMap {
        Self.wrap("model \($0.0) is \($0.1)", width: width)
      }
    }
    let origin = comparison.origin ?? ResultOrigin()
    for (word, text) in [
      ("with", origin.settingsText), ("versions", origin.versionsText),
      ("written", origin.created), ("by", origin.command),
    ] where !text.isEmpty {
      lines += Self.wrap("\(word) \(text)", width: width)
    }
    lines += origin.changes.flatMap { Self.wrap($0, width: width) }
    return lines.isEmpty ? [] : ["Made"] + lines
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
