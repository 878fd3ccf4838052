import ArgumentParser
import Core
import Formats
import Recipe
import Runs

/// How `cka info` is told to read saved activations: the options of `cka compute` of these names.
struct ActivationOptions: ParsableArguments {
  @Flag(help: "The paths are saved activations of one comparison, as cka compute takes them.")
  var activations = false

  @OptionGroup var options: RecipeOptions<ReadingPart>

  /// Something is said that only saved activations have.
  var areGiven: Bool { activations || !options.said.isEmpty }

  /// How `paths` are read.
  func reading(_ paths: [String]) throws(FormatError) -> FeatureOptions {
    var recipe = Recipe(features: paths)
    do throws(RecipeError) { try options.override(&recipe) } catch { throw FormatError(error) }
    return try ComputeChoices.reading(recipe)
  }
}

/// Saved activations, and what they were understood as.
struct Activations {
  let features: FeatureSet
  private let options: FeatureOptions

  /// Opens `paths` as one set: headers are read, numbers are not.
  init(_ paths: [String], _ options: FeatureOptions) throws(FormatError) {
    features = try FeatureSet.open(paths, options: options)
    self.options = options
  }

  /// Whether an array is called CKA: a result then, if a broken one, and no activations.
  var holdsCKA: Bool {
    features.models.contains { $0.layers.contains { ["CKA", "cka"].contains($0.name) } }
  }

  /// In words: files, models, layers, samples, and what is doubtful.
  /// - Parameter isLong: with a line for every layer.
  func description(isLong: Bool) -> String {
    let outline = FeatureOutline(features, options)
    let files = features.paths.prefix(3).map(SafeText.sanitise).joined(separator: ", ")
    let more = features.paths.count > 3 ? " and \(features.paths.count - 3) more" : ""
    let doubts = features.warnings.filter(\.isDoubt)
    let notes = features.warnings.filter { !$0.isDoubt }
    var lines = [
      "\(files)\(more)", "  saved activations, \(features.formats.joined(separator: ", "))",
    ]
    lines += (isLong ? outline.longLines : outline.lines).map { "  \($0)" }
    lines += outline.sampleLines.map { "  \($0)" }
    lines += notes.map { "  note: \($0)" } + doubts.map { "  doubtful: \($0)" }
    return lines.joined(separator: "\n")
  }
}

/// Saved activations as `info --json` gives them.
struct ActivationsRecord: Encodable {
  struct Layer: Encodable {
    let name, dtype: String
    let shape: [Int]
    let axes: [String]
    let features: Int
  }
  struct Model: Encodable {
    let name: String
    let layers: [Layer]
  }
  let kind = "activations"
  let files, formats: [String]
  let models: [Model]
  let samples: Int
  let minibatches: [Int]
  let pool: String
  let notes, doubts: [String]

  init(_ activations: Activations) {
    let features = activations.features
    files = features.paths.map(SafeText.sanitise)
    formats = features.formats
    models = features.models.map { model in
      Model(
        name: model.name,
        layers: model.layers.map {
          Layer(
            name: $0.name, dtype: $0.type.rawValue, shape: $0.shape,
            axes: $0.axes.map(\.rawValue), features: $0.features)
        })
    }
    samples = features.sampleCounts.reduce(0, +)
    minibatches = features.sampleCounts
    pool = features.pool.rawValue
    notes = features.warnings.filter { !$0.isDoubt }.map(\.description)
    doubts = features.warnings.filter(\.isDoubt).map(\.description)
  }
}
