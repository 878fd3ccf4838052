import Core

/// Whether samples are sorted by class, which makes minibatches of few classes: their CKA is not
/// that of minibatches drawn at random.
enum LabelRuns {
  /// Names of arrays that tell classes, in lower case.
  static let names: Set<String> = [
    "label", "labels", "target", "targets", "y", "class", "classes", "path", "paths", "filename",
    "filenames", "file", "files",
  ]

  /// How often neighbours agree.
  struct Figures: Equatable {
    /// The share of neighbours that are of one class.
    var share: Double
    /// The share that there would be on average if samples were permuted.
    var expected: Double
  }

  /// The figures of samples that come in runs; nil for samples in an order that may be random.
  ///
  /// With k_c samples of class c among n, neighbours agree in a share Σ k_c(k_c − 1) / n(n − 1) of
  /// cases on average over all orders. More than four standard deviations above that is no chance
  /// (the deviation of a binomial share, which that of a permutation does not exceed by much).
  static func figures(_ labels: [String]) -> Figures? {
    let n = Double(labels.count)
    guard n >= 8 else { return nil }
    var counts: [String: Int] = [:]
    for label in labels { counts[label, default: 0] += 1 }
    // Names that each occur once or twice tell samples apart, not classes.
    guard counts.count > 1, counts.count * 2 <= labels.count else { return nil }
    let expected = counts.values.reduce(0.0) { $0 + Double($1) * Double($1 - 1) } / (n * (n - 1))
    let agreeing = zip(labels, labels.dropFirst()).count { $0 == $1 }
    let share = Double(agreeing) / (n - 1)
    let deviation = (expected * (1 - expected) / (n - 1)).squareRoot()
    guard share > expected + 4 * deviation else { return nil }
    return Figures(share: share, expected: expected)
  }

  /// The classes that paths and names of samples tell: the folder, or what stands before a number
  /// ("n01440764_36.JPEG"); nil where they tell none.
  static func classes(of ids: [String]) -> [String]? {
    if ids.allSatisfy({ $0.contains("/") }) {
      return ids.map { String($0[..<($0.lastIndex(of: "/") ?? $0.startIndex)]) }
    }
    let stems = ids.map { id -> String in
      let name = id.lastIndex(of: ".").map { id[..<$0] } ?? id[...]
      let stem = name.reversed().drop { $0.isNumber }.drop { "_-".contains($0) }
      return String(stem.reversed())
    }
    guard stems.allSatisfy({ !$0.isEmpty }) else { return nil }
    return stems
  }
}
