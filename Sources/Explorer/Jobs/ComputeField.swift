import Recipe

extension ComputeForm {
  /// What there is to say.
  public enum Field: Sendable, Hashable {
    /// Saved activations, or models.
    case origin
    /// Files and folders of activations.
    case features
    /// A model, counted from 0; there are as many as are filled in, and one more.
    case model(Int)
    /// An option of the recipe.
    case option(RecipeOption)
    /// The fold before what is seldom said.
    case advanced
  }
}

extension ComputeForm.Field {
  /// What a field is about.
  struct Traits: Sendable {
    /// The name on the screen, at most 11 characters.
    var label: String
    /// What it takes, shown while it is empty or has the cursor.
    var help: String
    /// What there is to choose from, the default first; nil for text.
    var choices: [String]?
    /// What Tab completes.
    var completion: CompletionRequest.Kind?
  }

  /// All that is known of the field.
  var traits: Traits {
    switch self {
    case .origin:
      Traits(label: "from", help: "Left and Right choose", choices: ["activations", "models"])
    case .features:
      Traits(
        label: "features", help: "files and folders of saved activations; Tab completes",
        completion: .features)
    case .model(let number):
      Traits(
        label: Self.modelLabel(number), help: Self.modelHelp(number), completion: .model)
    case .option(let option):
      Traits(
        label: option.label, help: option.hint, choices: option.choices,
        completion: Self.completion(option))
    case .advanced: Traits(label: "advanced", help: "")
    }
  }

  private static func modelLabel(_ number: Int) -> String {
    let letters = (0..<26).map { String(UnicodeScalar(UInt8(ascii: "A") + UInt8($0))) }
    return "model " + (number < 26 ? letters[number] : String(number + 1))
  }

  private static func modelHelp(_ number: Int) -> String {
    switch number {
    case 0: "torchvision:resnet18, py:FILE.py:FUNCTION …; Tab completes"
    case 1: "another, or none: A with itself"
    default: "one more, if you like"
    }
  }

  private static func completion(_ option: RecipeOption) -> CompletionRequest.Kind? {
    if option == .device { return .device }
    return switch option.kind {
    case .specification: .data
    case .path: .output
    case .program: .path
    default: nil
    }
  }
}

extension ComputeForm {
  /// The fields that are always in sight, without the fold.
  var mainFields: [Field] {
    [.origin] + (isOfModels ? modelFields : [.features]) + fields(at: .main)
  }

  /// The fields below the fold.
  var advancedFields: [Field] { fields(at: .advanced) }

  /// A field for each model and one more, at least two.
  var modelFields: [Field] {
    let filled = texts.keys.compactMap { field -> Int? in
      guard case .model(let number) = field, !value(field).trimmed.isEmpty else { return nil }
      return number
    }
    return (0...min(Self.mostModels - 1, max(1, (filled.max() ?? -1) + 1))).map { .model($0) }
  }

  /// Fields for models; a recipe of more is for a file.
  private static let mostModels = 64

  /// The fields in the order in which they stand on the screen.
  var fields: [Field] { mainFields + [.advanced] + (isUnfolded ? advancedFields : []) }

  private func fields(at place: RecipeOption.Place) -> [Field] {
    RecipeOption.table.filter { $0.place == place && $0.subjects.contains(subject) }
      .map { .option($0) }
  }
}
