import Core
import Formats
import Foundation
import Recipe
import Similarity

/// What a recipe asks for, in the types that the computing part knows.
public struct ComputeChoices: Sendable {
  /// What the figures mean.
  public var options: StudyOptions
  /// How the files are read.
  public var reading: FeatureOptions
  /// Threads to use, at least one.
  public var threads: Int
  /// The half width of every 95 % interval at which to stop.
  public var untilCI: Double?

  /// Samples in a minibatch when nothing is said: enough for the unbiased estimator, and a small
  /// product.
  public static let standardBatchSize = 128

  /// The choices that `recipe`, which has been checked, makes.
  /// - Throws: `FormatError` for a layout, axes or tokens that arrays do not have.
  public init(_ recipe: Recipe) throws(FormatError) {
    options = StudyOptions(
      estimator: recipe[.estimator].flatMap(Estimator.init) ?? .unbiased,
      kernel: recipe[.kernel].flatMap { Kernel(text: $0) } ?? .linear,
      weighting: recipe[.weighting].flatMap(Weighting.init) ?? .standard,
      precision: recipe[.precision].flatMap(Precision.init) ?? .float32,
      keep: recipe[.keep].flatMap { KeepPolicy(text: $0) } ?? .standard,
      null: recipe.whole(.null).map {
        NullPlan(draws: $0, seed: UInt64(recipe.whole(.nullSeed) ?? 0))
      }, skipBad: recipe.isTrue(.skipBad))
    reading = try Self.reading(recipe)
    threads = recipe.whole(.threads) ?? ProcessInfo.processInfo.activeProcessorCount
    untilCI = recipe.number(.untilCI)
  }

  /// How saved activations are read.
  /// - Throws: `FormatError` for a layout, axes or tokens that arrays do not have.
  public static func reading(_ recipe: Recipe) throws(FormatError) -> FeatureOptions {
    var layout = FeatureLayout.automatic
    if let text = recipe[.layout] { layout = try FeatureLayout(text) }
    var axes: FeatureAxes?
    if let text = recipe[.axes] { axes = try FeatureAxes(text) }
    var reading = FeatureOptions(
      layout: layout, layers: recipe[.layers].flatMap { try? LayerFilter($0) },
      pool: recipe[.pool].flatMap(Pooling.init) ?? .flatten, axes: axes,
      shuffle: recipe.whole(.shuffle))
    if recipe.subject != .models, let text = recipe[.tokens] {
      guard let tokens = TokenPooling(rawValue: text) else {
        throw FormatError(
          .request,
          "tokens must be flatten, mean or class for saved activations, not "
            + "'\(SafeText.sanitise(text))'")
      }
      reading.tokens = tokens
    }
    switch recipe[.batchSize] {
    case "all": reading.batching = .all
    case nil: reading.batching = .standard(standardBatchSize)
    default: reading.batching = .samples(recipe.whole(.batchSize) ?? standardBatchSize)
    }
    return reading
  }
}
