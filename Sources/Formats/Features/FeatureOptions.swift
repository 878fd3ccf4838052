import Core

/// How saved activations are read.
public struct FeatureOptions: Sendable {
  /// How samples are cut into minibatches.
  public enum Batching: Sendable, Equatable {
    /// Files of a minibatch each stay as they are; all else is cut into so many samples.
    case standard(Int)
    /// The same, asked for: that it is not used is worth a word.
    case samples(Int)
    /// All samples are one minibatch, in however many files they are.
    case all
  }

  /// How samples are cut into minibatches. The last minibatch may be short.
  public var batching: Batching
  /// Which part of a name is the model, the layer and the minibatch.
  public var layout: FeatureLayout
  /// What the axes of arrays are, where it was said.
  public var axes: FeatureAxes?
  /// The layers that are read; nil takes all. What it leaves out is not even checked.
  public var layers: LayerFilter?
  /// What becomes of positions: places of a convolution map, tokens.
  public var pool: Pooling
  /// What becomes of tokens, where it is another thing than of places.
  public var tokens: TokenPooling?
  /// The seed with which samples are permuted before minibatches are cut; nil leaves their order.
  public var shuffle: Int?

  /// The defaults: names as `MODEL/LAYER`, all layers, flattened.
  /// - Parameter batchSize: samples in a minibatch; nil leaves files of a minibatch each as they are,
  ///   and takes all samples as one minibatch where there are no such files.
  public init(
    batchSize: Int? = nil, layout: FeatureLayout = .automatic, layers: LayerFilter? = nil,
    pool: Pooling = .flatten, axes: FeatureAxes? = nil, shuffle: Int? = nil
  ) {
    batching = batchSize.map { .samples($0) } ?? .standard(.max)
    self.layout = layout
    self.layers = layers
    self.pool = pool
    self.axes = axes
    self.shuffle = shuffle
  }

  /// What becomes of each axis of a sample.
  var pooling: FeaturePooling { FeaturePooling(positions: pool, tokens: tokens) }
}

/// How an activation of more than two axes becomes a row of features.
///
/// The two are different statistics of a network: a result has to record which one it used.
public enum Pooling: String, Sendable, Hashable, CaseIterable {
  /// All axes after the first are features: (n, C, H, W) gives C·H·W of them, in the file's order.
  case flatten
  /// The average over positions. (n, C, H, W), and more axes after C, keep the C channels; (n, T,
  /// D) keeps the D features of a token; (n, p) and (n) stay as they are. `FeatureAxes` says it of
  /// other shapes.
  case mean
}

/// What becomes of a sample's tokens.
public enum TokenPooling: String, Sendable, Hashable, CaseIterable {
  /// Each token's features are features of the sample.
  case flatten
  /// The average over tokens.
  case mean
  /// The first token alone, which is the class token of BERT and ViT.
  case first = "class"
}

/// What becomes of the axes of a sample.
struct FeaturePooling: Sendable, Equatable {
  enum Treatment { case kept, averaged, first }

  var positions: Pooling
  var tokens: TokenPooling?

  /// What becomes of an axis.
  func treatment(of axis: FeatureAxis) -> Treatment {
    switch axis {
    case .tokens:
      switch tokens {
      case .flatten: return .kept
      case .mean: return .averaged
      case .first: return .first
      case nil: return positions == .mean ? .averaged : .kept
      }
    case .positions: return positions == .mean ? .averaged : .kept
    case .samples, .layers, .batches, .channels, .features: return .kept
    }
  }

  /// Those of `axes` that do not stay.
  func reduced(_ axes: [FeatureAxis]) -> [FeatureLayer.Reduction] {
    axes.compactMap { axis in
      switch treatment(of: axis) {
      case .kept: nil
      case .averaged: .mean(axis)
      case .first: .first(axis)
      }
    }
  }

  /// The features that a sample of `shape` gives.
  func features(_ shape: [Int], _ axes: [FeatureAxis]) -> Int {
    zip(shape, axes).filter { treatment(of: $0.1) == .kept }.reduce(1) { $0 * $1.0 }
  }
}
