import Core
import Formats
import Similarity

/// Saved activations as the computing part takes them.
struct FeatureSetSource: FeatureSource {
  let models: [StudyModel]
  let sampleCounts: [Int]
  private let features: FeatureSet

  /// The activations of `features`.
  init(_ features: FeatureSet) {
    self.features = features
    sampleCounts = features.sampleCounts
    models = features.models.map { model in
      StudyModel(
        name: model.name,
        layers: model.layers.map { StudyLayer(name: $0.name, shape: $0.shape) })
    }
  }

  func features(minibatch: Int, model: Int, layer: Int) throws -> Matrix {
    try features.features(minibatch: minibatch, model: model, layer: layer)
  }

  func sampleHash(minibatch: Int) -> String? {
    guard features.sampleIDHashes.indices.contains(minibatch) else { return nil }
    let digits = String(features.sampleIDHashes[minibatch], radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
