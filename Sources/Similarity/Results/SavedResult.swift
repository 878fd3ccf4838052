import Core

/// What a saved file may hold: one case for each kind of result that `cka` shows.
public enum SavedResult: Sendable, Identifiable {
  /// The CKA of two models' layers, or of many minibatches.
  case comparison(Comparison)
  /// Lines of means with error bars.
  case curves(Curves)

  /// File and key.
  public var id: ResultID {
    switch self {
    case .comparison(let comparison): comparison.id
    case .curves(let curves): curves.id
    }
  }

  /// The comparison, if it is one.
  public var comparison: Comparison? {
    if case .comparison(let comparison) = self { comparison } else { nil }
  }

  /// The curves, if these are some.
  public var curves: Curves? {
    if case .curves(let curves) = self { curves } else { nil }
  }
}
