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
  /// The shape of one sample as the file has it, without the axis of samples; empty for one number.
  public var shape: [Int]
  /// The element type in the file.
  public var type: ScalarType
  /// Columns of the layer's matrices, after pooling.
  public var features: Int
}
