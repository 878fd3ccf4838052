import Recipe

/// What a run is asked for: a recipe, and the words for the record.
public struct RunRequest {
  /// Models and data, features or a backend; layers, measure and options.
  public var recipe: Recipe
  /// The command line, for the record.
  public var command: [String]

  /// A request for `recipe`, which has been checked.
  public init(_ recipe: Recipe, command: [String]) {
    (self.recipe, self.command) = (recipe, command)
  }

  /// Seconds of silence after which a backend counts as stalled: long enough for weights on a slow
  /// disk.
  static let standardPatience = 600.0
}
