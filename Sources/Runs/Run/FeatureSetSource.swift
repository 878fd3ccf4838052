import Core
import Formats
import Similarity

/// Saved activations as the computing part takes them.
public struct FeatureSetSource: FeatureSource {
  /// The models, with the shapes of their layers.
  public let models: [StudyModel]
  /// Samples of each minibatch.
  public let sampleCounts: [Int]
  private let features: FeatureSet

  /// The activations of `features`.
  public init(_ features: FeatureSet) {
    self.features = features
    sampleCounts = features.sampleCounts
    models = features.models.map { model in
      StudyModel(
        name: model.name,
        layers: model.layers.map { StudyLayer(name: $0.name, shape: $0.shape) })
    }
  }

  /// The features of a layer, one row for each sample of the minibatch.
  public func features(minibatch: Int, model: Int, layer: Int) throws -> Matrix {
    try features.features(minibatch: minibatch, model: model, layer: layer)
  }

  /// Tells the samples of a minibatch and their order; nil where they have no IDs.
  public func sampleHash(minibatch: Int) -> String? {
    guard features.sampleIDHashes.indices.contains(minibatch) else { return nil }
    let digits = String(features.sampleIDHashes[minibatch], radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
