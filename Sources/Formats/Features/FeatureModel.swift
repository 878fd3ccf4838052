import Core

/// A model whose activations were saved.
public struct FeatureModel: Sendable, Equatable {
  /// Its name, safe to show.
  public var name: String
  /// Its layers, in the file's order. Names that the file has in byte order, as some writers sort
  /// them, are in natural order instead: `layer2` before `layer10`.
  public var layers: [FeatureLayer]
}

/// A layer whose activations were saved.
public struct FeatureLayer: Sendable, Equatable {
  /// Its name, safe to show.
  public var name: String
  /// The shape of one sample as the file has it, without the axes of samples and layers; empty for
  /// one number.
  public var shape: [Int]
  /// What the axes of `shape` are taken for.
  public var axes: [FeatureAxis]
  /// The axes that do not stay.
  public var reduced: [Reduction]
  /// The element type in the file.
  public var type: ScalarType
  /// Columns of the layer's matrices, after pooling.
  public var features: Int
  /// Arrays that its samples are in.
  public var arrays: Int

  /// What became of an axis of a sample.
  public enum Reduction: Sendable, Equatable {
    /// Only the average over the axis is left.
    case mean(FeatureAxis)
    /// Only the first position of the axis is left.
    case first(FeatureAxis)

    /// "mean of tokens".
    public var text: String {
      switch self {
      case .mean(let axis): "mean of \(axis.rawValue)"
      case .first(let axis): "first of \(axis.rawValue)"
      }
    }
  }
}
