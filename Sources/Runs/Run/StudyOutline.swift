import Similarity

/// What a computation amounts to, told before it begins.
public struct StudyOutline {
  /// Names of the models, and how many layers each has.
  var layerCounts: [(name: String, layers: Int)]
  /// Samples of each minibatch.
  var sampleCounts: [Int]
  /// What the figures mean.
  var options: StudyOptions

  /// Most models that are told one by one.
  private static let mostModels = 8

  /// The names, or the first of many: "ResNet18 × ResNet34".
  public static func title(_ names: [String]) -> String {
    let shown = names.prefix(3).joined(separator: " × ")
    return names.count > 3 ? "\(shown) and \(names.count - 3) more" : shown
  }

  /// "ResNet18: 67 layers", a line for each model.
  var modelLines: [String] {
    let lines = layerCounts.prefix(Self.mostModels).map {
      "\($0.name): \(Self.count($0.layers, "layer"))"
    }
    let more = layerCounts.count - Self.mostModels
    return lines + (more > 0 ? ["and \(Self.count(more, "more model"))"] : [])
  }

  /// How many minibatches and samples there are.
  var minibatchLine: String {
    "\(Self.count(sampleCounts.count, "minibatch", "minibatches")) of up to "
      + "\(sampleCounts.max() ?? 0), \(sampleCounts.reduce(0, +)) samples in all"
  }

  /// An estimate in MB of 10⁶ bytes: a Gram matrix in float64 for each layer, the sums, and the
  /// scores that are kept.
  var megabytes: Int {
    let layers = layerCounts.reduce(0) { $0 + $1.layers }
    let (n, l) = (Double(sampleCounts.max() ?? 0), Double(layers))
    let pairs = l * (l + 1) / 2
    var kept = pairs * 4 * Double(sampleCounts.count)
    switch options.keep {
    case .upTo(let bytes): kept = min(kept, Double(bytes))
    case .sumsOnly: kept = 0
    }
    let null = Double(
      options.null?.memory(layers: layers, minibatches: sampleCounts.count) ?? 0)
    return Int(min(1e15, ((n * n * l * 8 + pairs * 16 + kept + null) / 1e6).rounded(.up)))
  }

  /// What a permutation null takes, if one is asked for.
  var nullLines: [String] {
    guard let plan = options.null else { return [] }
    let layers = layerCounts.reduce(0) { $0 + $1.layers }
    let megabytes = Int((Double(plan.bytes(layers: layers)) / 1e6).rounded(.up))
    return [
      "\(plan.draws) permutations for a null, \(2 * plan.draws) times the products of all layers; "
        + "\(megabytes) MB of the result"
    ]
  }

  /// "1 layer", "2 layers".
  public static func count(_ number: Int, _ noun: String, _ plural: String? = nil) -> String {
    "\(number) \(number == 1 ? noun : plural ?? noun + "s")"
  }
}
