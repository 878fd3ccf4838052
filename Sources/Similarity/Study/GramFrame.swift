import Core

/// One minibatch as a backend sends it: a centred linear Gram matrix for every layer.
public struct GramFrame: Sendable {
  /// A layer's Gram matrix, or why there is none.
  public enum Layer: Sendable {
    /// K = Xc Xcᵀ, n × n, where Xc are the layer's features less their means over the minibatch.
    case gram(Matrix)
    /// One line, ready to show.
    case fault(String)
  }

  /// Number of samples, n.
  public var samples: Int
  /// A hash of the samples' IDs in their order, where known.
  public var sampleHash: String?
  /// Every layer of every model, in the study's order.
  public var layers: [Layer]

  /// A frame of `samples` samples.
  public init(samples: Int, sampleHash: String? = nil, layers: [Layer]) {
    self.samples = samples
    self.sampleHash = sampleHash
    self.layers = layers
  }
}
