import Formats

/// What a run is asked for: a recipe, and what is said beside it.
public struct RunRequest {
  /// Models and data or features, layers, measure and options.
  public var recipe: StudyFile
  /// A command that sends Gram matrices, run by the shell; nil where the recipe names files or
  /// models.
  public var backend: String?
  /// Seconds of silence after which a backend counts as stalled.
  public var patience: Double
  /// The command line, for the record.
  public var command: [String]

  /// Long enough for weights on a slow disk.
  public static let standardPatience = 600.0

  /// A request for `recipe`.
  public init(
    _ recipe: StudyFile, backend: String? = nil, patience: Double = standardPatience,
    command: [String]
  ) {
    self.recipe = recipe
    self.backend = backend
    self.patience = patience
    self.command = command
  }
}
