import Core

extension MemoryWeight {
  /// Adds what `result` keeps: its values, and the study that they are a part of, which all results
  /// of one file share.
  public mutating func add(_ result: SavedResult) {
    switch result {
    case .comparison(let comparison):
      add(comparison.matrix)
      if let study = comparison.block?.study { add(study) }
    case .curves(let curves):
      for series in curves.series {
        add(series.x)
        add(series.mean)
        if let halfLengths = series.halfLengths { add(halfLengths) }
        if let counts = series.counts { add(counts) }
      }
    }
  }

  /// Adds the sums of `study` and the minibatches that it keeps, which are most of it.
  public mutating func add(_ study: Study) {
    add(study.sums)
    add(study.scales)
    for minibatch in study.kept { add(minibatch) }
  }
}
