/// The kernel whose Gram matrices are compared.
public enum Kernel: Sendable, Hashable, Codable {
  /// ⟨x, y⟩.
  case linear
  /// exp(−‖x − y‖²/(2 fraction² m)), where m is the median of the squared distances between the
  /// samples of the layer and minibatch: σ is a fraction of their median distance.
  case rbf(fraction: Double, median: MedianRule)

  /// Over which squared distances the median is taken.
  public enum MedianRule: String, Sendable, Codable, CaseIterable {
    /// Between different samples, each pair once.
    case offDiagonal = "offdiag"
    /// All n² of them, with the n zeros of each sample to itself, as Kornblith's notebook has it.
    case all
  }
}

extension Kernel: CustomStringConvertible {
  /// The kernel as the command line writes it: `linear`, `rbf:0.5`, `rbf:0.5:all`. `init(text:)`
  /// reads it back without loss.
  public var description: String {
    switch self {
    case .linear: "linear"
    case .rbf(let fraction, .offDiagonal): "rbf:\(fraction)"
    case .rbf(let fraction, let rule): "rbf:\(fraction):\(rule.rawValue)"
    }
  }

  /// Reads `linear`, or `rbf:FRACTION` with `:offdiag` (as without) or `:all` behind it; nil for
  /// anything else, and unless the fraction is finite and positive.
  public init?(text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    switch (parts[0], parts.count) {
    case ("linear", 1): self = .linear
    case ("rbf", 2...3):
      let rule = parts.count == 3 ? MedianRule(rawValue: parts[2]) : .offDiagonal
      guard let rule, let fraction = Double(parts[1]), fraction.isFinite, fraction > 0 else {
        return nil
      }
      self = .rbf(fraction: fraction, median: rule)
    default: return nil
    }
  }
}
