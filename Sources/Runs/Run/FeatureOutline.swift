import Core
import Formats

/// What saved activations were understood as, in lines ready to show: models, layers with their
/// shapes, what a sample is, and what becomes of it.
public struct FeatureOutline {
  private let features: FeatureSet
  private let options: FeatureOptions

  /// Most lines for one model.
  private static let mostGroups = 8
  private static let mostModels = 8

  /// - Parameter options: those that `features` were opened with.
  public init(_ features: FeatureSet, _ options: FeatureOptions) {
    (self.features, self.options) = (features, options)
  }

  /// Each model with its layers.
  public var lines: [String] {
    modelLines(mostModels: Self.mostModels, mostGroups: Self.mostGroups)
  }

  /// Each model with all of its layers.
  public var longLines: [String] { modelLines(mostModels: .max, mostGroups: .max) }

  /// Samples and minibatches, and their order.
  public var sampleLines: [String] {
    let counts = features.sampleCounts
    let sizes =
      Set(counts).count == 1
      ? "\(counts[0])" : "\(counts.max() ?? 0), the least \(counts.min() ?? 0)"
    var lines = [
      "\(counts.reduce(0, +)) samples, in "
        + "\(StudyOutline.count(counts.count, "minibatch", "minibatches")) of \(sizes)"
    ]
    if let seed = options.shuffle { lines.append("samples are permuted with seed \(seed)") }
    if !features.sampleIDHashes.isEmpty { lines.append("samples have IDs, which agree") }
    return lines
  }

  /// The same for the record of a result.
  public var settings: [String: String] {
    let samples = features.models.flatMap(\.layers).map(Self.sample)
    var settings = ["sample": Self.unique(samples).joined(separator: ", ")]
    if let axes = options.axes { settings["axes"] = axes.text }
    if let tokens = options.tokens { settings["tokens"] = tokens.rawValue }
    if let seed = options.shuffle { settings["shuffle"] = "\(seed)" }
    return settings
  }

  private func modelLines(mostModels: Int, mostGroups: Int) -> [String] {
    let more = features.models.count - mostModels
    return features.models.prefix(mostModels).flatMap { model in
      ["\(model.name): \(StudyOutline.count(model.layers.count, "layer"))"]
        + Self.layerLines(model.layers, most: mostGroups)
    } + (more > 0 ? ["and \(StudyOutline.count(more, "more model"))"] : [])
  }

  /// A line for layers of one shape that follow one another.
  private static func layerLines(_ layers: [FeatureLayer], most: Int) -> [String] {
    var groups: [(names: [String], text: String)] = []
    for layer in layers {
      let text = describe(layer)
      if groups.last?.text == text {
        groups[groups.count - 1].names.append(layer.name)
      } else {
        groups.append(([layer.name], text))
      }
    }
    let more = groups.dropFirst(most).reduce(0) { $0 + $1.names.count }
    return groups.prefix(most).map { group in
      let shown =
        group.names.count == 1 || most == .max
        ? group.names.joined(separator: ", ")
        : "\(group.names[0]) … \(group.names[group.names.count - 1])"
      return "  \(shown): \(group.text)"
    } + (more > 0 ? ["  and \(StudyOutline.count(more, "more layer"))"] : [])
  }

  /// "6 × 12, tokens × features flattened: 72 features, float32".
  private static func describe(_ layer: FeatureLayer) -> String {
    let shape = layer.shape.map(String.init).joined(separator: " × ")
    let parts = layer.arrays > 1 ? ", in \(layer.arrays) arrays" : ""
    let features = "\(StudyOutline.count(layer.features, "feature")), \(layer.type.rawValue)"
    return layer.shape.count < 2
      ? features + parts : "\(shape), \(sample(layer)): \(features)\(parts)"
  }

  /// What a sample is, and what became of it: "tokens × features flattened".
  private static func sample(_ layer: FeatureLayer) -> String {
    guard layer.shape.count > 1 else { return layer.axes.first?.rawValue ?? "one number" }
    let axes = layer.axes.map(\.rawValue).joined(separator: " × ")
    guard !layer.reduced.isEmpty else { return axes + " flattened" }
    let reduced = unique(layer.reduced.map(\.text)).joined(separator: ", ")
    return "\(axes), \(reduced)"
  }

  private static func unique(_ texts: [String]) -> [String] {
    texts.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}
