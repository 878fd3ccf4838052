import Core

/// The features of a minibatch by the study's numbers of layers.
struct LayerFeatures<Source: FeatureSource>: Sendable {
  private let source: Source
  private let minibatch: Int
  private let samples: Int
  /// Model, and layer within it, of every layer.
  private let places: [(model: Int, layer: Int)]

  /// The features of `minibatch`, which has `samples` samples.
  init(source: Source, minibatch: Int, samples: Int) {
    self.source = source
    self.minibatch = minibatch
    self.samples = samples
    places = source.models.enumerated().flatMap { model, layers in
      layers.layers.indices.map { (model, $0) }
    }
  }

  /// All layers of `source`, the largest first: a large one that is begun last would keep one
  /// thread alone busy.
  static func largestFirst(of source: Source) -> [Int] {
    let sizes = source.models.flatMap(\.layers).map { $0.shape.reduce(1.0) { $0 * Double($1) } }
    return sizes.indices.sorted { (sizes[$1], $0) < (sizes[$0], $1) }
  }

  /// The features of a layer: samples × at least one.
  /// - Throws: `LayerProblem` where there are none, or not as many rows; what the source throws.
  func features(of layer: Int) throws -> Matrix {
    let (model, index) = places[layer]
    let features = try source.features(minibatch: minibatch, model: model, layer: index)
    guard features.rows == samples else {
      throw LayerProblem.rows(features.rows, samples: samples)
    }
    guard features.columns > 0 else { throw LayerProblem.noFeatures }
    return features
  }

  /// Whether there are, over all layers, fewer features than samples.
  func areNarrow() throws -> Bool {
    let total = try places.indices.reduce(0.0) { sum, layer in
      do {
        return sum + Double(try features(of: layer).columns)
      } catch is LayerProblem {
        return sum
      }
    }
    return total <= Double(samples) * Double(places.count)
  }
}
