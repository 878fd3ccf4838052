/// Why a minibatch takes no part in a study's sums.
public enum SkipReason: Sendable, Hashable {
  /// It has under `StudyOptions.fewestSamples` samples.
  case fewSamples
  /// These layers, by their numbers in the study, have no kernel matrix in it, and `skipBad` is on;
  /// the problem is that of the first.
  case badLayers([Int], problem: LayerProblem)
  /// Anything else: one line, ready to show.
  case told(String)
}

extension SkipReason: CustomStringConvertible, ExpressibleByStringInterpolation {
  /// What somebody else says: one line, ready to show.
  public init(stringLiteral text: String) { self = .told(text) }

  /// One line, ready to show. `Study.notes` names the layers too.
  public var description: String {
    switch self {
    case .fewSamples: "HSIC needs at least \(StudyOptions.fewestSamples) samples"
    case .badLayers(let layers, let problem):
      "\(problem)" + (layers.count > 1 ? ", and \(layers.count - 1) more layers are bad" : "")
    case .told(let text): text
    }
  }
}

/// Which minibatches `StudyOptions.skipBad` leaves out.
///
/// A layer without a kernel matrix costs the minibatch: every sum in a ratio must run over the same
/// minibatches, so it is left out for all layers. A layer may do so in a tenth of the planned
/// minibatches, and in one at least; all layers together in a quarter of them. What goes beyond
/// costs the layer instead. The rule looks only at what was planned and at minibatches before, so
/// that a run that was cut decides alike.
struct SkipRule {
  /// Minibatches that the run has in all.
  let planned: Int

  /// Minibatches that one layer may cost; none of an only minibatch.
  var mostOfLayer: Int { planned < 2 ? 0 : max(1, planned / 10) }
  /// Minibatches that all layers together may cost.
  var most: Int { planned < 2 ? 0 : max(1, planned / 4) }

  /// Whether a minibatch in which `bad` layers have no kernel matrix is left out, after `earlier`.
  func leavesOut(bad: some Collection<Int>, after earlier: some Sequence<Minibatch>) -> Bool {
    var skipped = 0
    var counts: [Int: Int] = [:]
    for minibatch in earlier {
      guard case .badLayers(let layers, _) = minibatch.skipped else { continue }
      skipped += 1
      for layer in layers { counts[layer, default: 0] += 1 }
    }
    return skipped < most && bad.contains { counts[$0, default: 0] < mostOfLayer }
  }
}
