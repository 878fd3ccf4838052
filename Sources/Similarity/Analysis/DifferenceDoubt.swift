import Core

/// Why the difference of two results may say something else than how networks differ.
public enum DifferenceDoubt: Sendable, Equatable {
  /// The kernels differ.
  case kernels(Kernel, Kernel)
  /// The estimators differ.
  case estimators(Estimator, Estimator)
  /// The weightings differ, and the minibatches of a result are not all of one size.
  case weightings(Weighting, Weighting)
  /// Both are biased, and their minibatches differ in size: the bias does too.
  case biasedSizes(Int, Int)
  /// Models on one side were run on different data.
  case datasets(String, String)
  /// Models were run in another way: a setting's name, and what it was for A and for B.
  case settings(String, String, String)
  /// One of them does not say how it was made: A or B.
  case unknownMethod(String)

  /// The two are different statistics, whose difference says nothing about networks.
  public var isRefused: Bool {
    switch self {
    case .kernels, .estimators: true
    default: false
    }
  }

  /// All that speaks against subtracting `b` from `a`.
  static func all(_ a: Comparison, _ b: Comparison, isTransposed: Bool) -> [DifferenceDoubt] {
    let axes = isTransposed ? (b.columns, b.rows) : (b.rows, b.columns)
    var doubts: [DifferenceDoubt] = []
    if let mine = a.block?.study, let theirs = b.block?.study {
      doubts += ofStudies(mine, theirs)
    } else if (a.block == nil) != (b.block == nil) {
      doubts.append(.unknownMethod(a.block == nil ? "A" : "B"))
    }
    for (mine, theirs) in [(a.rows.dataset, axes.0.dataset), (a.columns.dataset, axes.1.dataset)]
    where mine != theirs && !mine.isEmpty && !theirs.isEmpty {
      let doubt = DifferenceDoubt.datasets(mine, theirs)
      if !doubts.contains(doubt) { doubts.append(doubt) }
    }
    return doubts + ofSettings(a.origin?.settings ?? [:], b.origin?.settings ?? [:])
  }

  private static func ofStudies(_ a: Study, _ b: Study) -> [DifferenceDoubt] {
    let (mine, theirs) = (a.options, b.options)
    let sizes = [a, b].map { Set($0.counted.map(\.samples)) }
    var doubts: [DifferenceDoubt] = []
    if mine.kernel != theirs.kernel { doubts.append(.kernels(mine.kernel, theirs.kernel)) }
    if mine.estimator != theirs.estimator {
      doubts.append(.estimators(mine.estimator, theirs.estimator))
    }
    if mine.weighting != theirs.weighting, sizes.contains(where: { $0.count > 1 }) {
      doubts.append(.weightings(mine.weighting, theirs.weighting))
    }
    if mine.estimator == .biased, theirs.estimator == .biased, sizes[0] != sizes[1] {
      doubts.append(.biasedSizes(sizes[0].max() ?? 0, sizes[1].max() ?? 0))
    }
    return doubts
  }

  /// What changes a layer's features: over what they are averaged, and in which mode models ran.
  private static let decisive = ["mode", "pool", "tokens"]

  private static func ofSettings(
    _ a: [String: String], _ b: [String: String]
  ) -> [DifferenceDoubt] {
    decisive.compactMap { name in
      guard let mine = a[name], let theirs = b[name], mine != theirs else { return nil }
      return .settings(name, mine, theirs)
    }
  }
}

extension DifferenceDoubt {
  /// Two words for a frame, "other kernels".
  public var remark: String {
    switch self {
    case .kernels: "other kernels"
    case .estimators: "other estimators"
    case .weightings: "other weights"
    case .biasedSizes: "other bias"
    case .datasets: "other data"
    case .settings(let name, _, _): "other \(name)"
    case .unknownMethod: "unknown method"
    }
  }
}

extension DifferenceDoubt: CustomStringConvertible {
  /// One line, ready to show.
  public var description: String {
    switch self {
    case .kernels(let a, let b): "different kernels: A \(a), B \(b)"
    case .estimators(let a, let b): "different estimators: A \(a.rawValue), B \(b.rawValue)"
    case .weightings(let a, let b):
      "minibatches weighted differently: A \(a.rawValue), B \(b.rawValue)"
    case .biasedSizes(let a, let b):
      "biased values of minibatches of \(a) and of \(b) samples: their bias differs"
    case .datasets(let a, let b): "different data: A \(a), B \(b)"
    case .settings(let name, let a, let b): "\(name) differs: A \(a), B \(b)"
    case .unknownMethod(let side):
      "\(side) does not say how it was made: kernel and estimator may differ"
    }
  }
}
