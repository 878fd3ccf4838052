import Core
import Similarity

/// Reasons as a bundle's statistics hold them: the text for people and for readers that know no
/// code, a code and figures for the others.
enum BundleReasons {
  /// A minibatch that takes no part.
  static func skipped(_ reason: SkipReason, minibatch: Int) -> String {
    let text = ("reason", JSONText.string("\(reason)"))
    let place = ("minibatch", "\(minibatch)")
    switch reason {
    case .told: return JSONText.object([place, text])
    case .fewSamples:
      return JSONText.object([place, text, ("code", JSONText.string("few_samples"))])
    case .badLayers(let layers, let problem):
      return JSONText.object([
        place, text, ("code", JSONText.string("bad_layers")), ("layers", numbers(layers)),
        ("problem", JSONText.object(fields(of: problem))),
      ])
    }
  }

  /// A layer that has no values from a minibatch on.
  static func fault(_ fault: LayerFault, layer: Int) -> String {
    JSONText.object(
      [("layer", "\(layer)"), ("minibatch", "\(fault.minibatch)")] + fields(of: fault.reason))
  }

  /// A layer whose HSIC with itself is 0 in a minibatch.
  static func flat(_ flatness: Flatness, layer: Int) -> String {
    JSONText.object([
      ("layer", "\(layer)"), ("code", JSONText.string(flatness.rawValue)),
      ("reason", JSONText.string("\(flatness)")),
    ])
  }

  private static func fields(of problem: LayerProblem) -> [(key: String, value: String)] {
    let text = (key: "reason", value: JSONText.string("\(problem)"))
    if case .told = problem { return [text] }
    return [
      text, ("code", JSONText.string(problem.code)), ("figures", numbers(problem.figures)),
    ]
  }

  private static func numbers(_ numbers: [Int]) -> String {
    "[\(numbers.map(String.init).joined(separator: ", "))]"
  }
}

// MARK: Reading

extension BundleReasons {
  /// The problem in `entry`; nil when it has no reason.
  static func problem(_ entry: [(key: Value, value: Value)]) -> LayerProblem? {
    guard let text = entry["reason"]?.safeText else { return nil }
    return LayerProblem(
      code: entry["code"]?.safeText, figures: entry["figures"]?.counts ?? [], text: text)
  }

  /// The reason of a skipped minibatch in `entry`; nil when there is none.
  static func skipped(_ entry: [(key: Value, value: Value)]) -> SkipReason? {
    guard let text = entry["reason"]?.safeText else { return nil }
    switch entry["code"]?.safeText {
    case "few_samples": return .fewSamples
    case "bad_layers":
      guard let layers = entry["layers"]?.counts, let fields = entry["problem"]?.fields,
        let problem = problem(fields)
      else { return .told(text) }
      return .badLayers(layers, problem: problem)
    default: return .told(text)
    }
  }
}
