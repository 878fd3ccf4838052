/// A layer of a model that takes part in a study.
public struct StudyLayer: Sendable, Hashable, Codable {
  /// The layer's name, ready to show.
  public var name: String
  /// The shape of one sample's features as the network has them, `[64, 32, 32]`; empty where
  /// unknown.
  public var shape: [Int]
  /// What computes it, as the network's library calls it: "Conv2d"; empty where unknown.
  public var kind: String

  /// A layer; name and kind must have gone through `SafeText.sanitise`.
  public init(name: String, shape: [Int] = [], kind: String = "") {
    self.name = name
    self.shape = shape
    self.kind = kind
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
  /// How the model can be made again, "torchvision:resnet18"; empty where unknown.
  public var specification: String

  /// A model; the texts must have gone through `SafeText.sanitise`.
  public init(
    name: String, dataset: String = "", layers: [StudyLayer], specification: String = ""
  ) {
    self.name = name
    self.dataset = dataset
    self.layers = layers
    self.specification = specification
  }

  /// The model as one side of a comparison.
  public var axis: Axis { Axis(model: name, dataset: dataset, layers: layers.map(\.name)) }
}

/// A layer of a study that has no values, and why.
public struct LayerFault: Sendable, Hashable {
  /// The minibatch, zero-based, in which the fault was met first.
  public var minibatch: Int
  /// What it is.
  public var reason: LayerProblem

  /// A fault met in `minibatch`.
  public init(minibatch: Int, reason: LayerProblem) {
    self.minibatch = minibatch
    self.reason = reason
  }
}

/// A minibatch that a study has seen.
public struct Minibatch: Sendable, Hashable {
  /// Number of samples, n.
  public var samples: Int
  /// A hash of the samples' IDs in their order, where the source knows them.
  public var sampleHash: String?
  /// Why the minibatch takes no part in the sums; nil when it does.
  public var skipped: SkipReason?

  /// A minibatch of `samples` samples.
  public init(samples: Int, sampleHash: String? = nil, skipped: SkipReason? = nil) {
    self.samples = samples
    self.sampleHash = sampleHash
    self.skipped = skipped
  }
}
