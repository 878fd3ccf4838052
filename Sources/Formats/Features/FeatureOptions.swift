import Core

/// How saved activations are read.
public struct FeatureOptions: Sendable {
  /// Samples in a minibatch; nil takes all samples as one. The last minibatch may be short.
  ///
  /// Files that hold a minibatch each have their own sizes, and this one is not used.
  public var batchSize: Int?
  /// Which part of a name is the model, the layer and the minibatch.
  public var layout: FeatureLayout
  /// The layers that are read; nil takes all. What it leaves out is not even checked.
  public var layers: LayerFilter?
  /// What becomes of positions: places of a convolution map, tokens.
  public var pool: Pooling

  /// The defaults: one minibatch, names as `MODEL/LAYER`, all layers, flattened.
  public init(
    batchSize: Int? = nil, layout: FeatureLayout = .automatic, layers: LayerFilter? = nil,
    pool: Pooling = .flatten
  ) {
    self.batchSize = batchSize
    self.layout = layout
    self.layers = layers
    self.pool = pool
  }
}

/// How an activation of more than two axes becomes a row of features.
///
/// The two are different statistics of a network: a result has to record which one it used.
public enum Pooling: String, Sendable, Hashable, CaseIterable {
  /// All axes after the first are features: (n, C, H, W) gives C·H·W of them, in the file's order.
  case flatten
  /// The average over positions. (n, C, H, W), and more axes after C, keep the C channels; (n, T,
  /// D) keeps the D features of a token; (n, p) and (n) stay as they are.
  case mean
}
