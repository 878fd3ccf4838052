/// A layer of a model that takes part in a study.
public struct StudyLayer: Sendable, Hashable, Codable {
  /// The layer's name, ready to show.
  public var name: String
  /// The shape of one sample's features as the network has them, `[64, 32, 32]`; empty where
  /// unknown.
  public var shape: [Int]

  /// A layer; the name must have gone through `SafeText.sanitise`.
  public init(name: String, shape: [Int] = []) {
    self.name = name
    self.shape = shape
  }
}

/// A model on a data set, and its layers in the order of a heatmap's rows or columns.
public struct StudyModel: Sendable, Hashable, Codable {
  /// The model's name, ready to show.
  public var name: String
  /// The data set's name; empty where unknown.
  public var dataset: String
  /// The layers, from input to output.
  public var layers: [StudyLayer]

  /// A model; names must have gone through `SafeText.sanitise`.
  public init(name: String, dataset: String = "", layers: [StudyLayer]) {
    self.name = name
    self.dataset = dataset
    self.layers = layers
  }

  /// The model as one side of a comparison.
  public var axis: Axis { Axis(model: name, dataset: dataset, layers: layers.map(\.name)) }
}

/// A layer of a study that has no values, and why.
public struct LayerFault: Sendable, Hashable, Codable {
  /// The minibatch, zero-based, in which the fault was met first.
  public var minibatch: Int
  /// One line, ready to show: "3 of 512 features are NaN or infinite".
  public var reason: String

  /// A fault met in `minibatch`.
  public init(minibatch: Int, reason: String) {
    self.minibatch = minibatch
    self.reason = reason
  }
}

/// A minibatch that a study has seen.
public struct Minibatch: Sendable, Hashable, Codable {
  /// Number of samples, n.
  public var samples: Int
  /// A hash of the samples' IDs in their order, where the source knows them.
  public var sampleHash: String?
  /// Why the minibatch takes no part in the sums; nil when it does.
  public var skipped: String?

  /// A minibatch of `samples` samples.
  public init(samples: Int, sampleHash: String? = nil, skipped: String? = nil) {
    self.samples = samples
    self.sampleHash = sampleHash
    self.skipped = skipped
  }
}
