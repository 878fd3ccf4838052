import Core

/// Saved activations, minibatch by minibatch.
public protocol FeatureSource: Sendable {
  /// The models and their layers.
  var models: [StudyModel] { get }
  /// Number of samples of each minibatch.
  var sampleCounts: [Int] { get }

  /// The features of one layer: samples × features. Called from several threads at once; the values
  /// are read after the call, and only once if they are float32 rows.
  /// - Throws: when they cannot be had; the run ends.
  func features(minibatch: Int, model: Int, layer: Int) throws -> Matrix

  /// A hash of the minibatch's sample IDs in their order; nil where there are none.
  func sampleHash(minibatch: Int) -> String?

  /// Why the models' samples do not pair up in this minibatch, so that it must be skipped; nil
  /// when they do, or nothing is known.
  func mismatch(minibatch: Int) -> String?
}

extension FeatureSource {
  /// Nothing is known of the samples.
  public func sampleHash(minibatch: Int) -> String? { nil }

  /// Nothing is known of the samples.
  public func mismatch(minibatch: Int) -> String? { nil }
}
