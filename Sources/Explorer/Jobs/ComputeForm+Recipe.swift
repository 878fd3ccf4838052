import Cells
import Recipe

/// The form and the recipe that it stands for.
extension ComputeForm {
  /// What is described: models or saved activations.
  var subject: RecipeOption.Subject { isOfModels ? .models : .features }

  /// The recipe.
  /// - Throws: for the first field that says what its option cannot say.
  public func recipe() throws(RecipeError) -> Recipe {
    var recipe =
      isOfModels ? Recipe(models: models) : Recipe(features: features)
    recipe.override(by: extras)
    for case .option(let option) in mainFields + advancedFields
    where !isStandard(.option(option)) {
      try recipe.say(option, option.isFlag ? "true" : value(.option(option)).trimmed)
    }
    return recipe
  }

  /// The form that stands for a recipe; what it has no field for is kept as it is.
  /// - Returns: nil for one that the form cannot say: with a backend of the user's own.
  public init?(_ recipe: Recipe) {
    guard recipe.subject != .backend else { return nil }
    let recipe = recipe.moved(to: ".")
    self.init()
    texts[.option(.batchSize)] = LineEditor()
    let isOfModels = recipe.subject == .models
    choices[.origin] = isOfModels ? 1 : 0
    field = isOfModels ? .model(0) : .features
    for (number, text) in recipe.models.enumerated() { texts[.model(number)] = LineEditor(text) }
    texts[.features] = LineEditor(
      recipe.features.map(Words.escaped).joined(separator: " "))
    for option in recipe.options {
      guard let text = recipe[option] else { continue }
      if option.place == .none || !option.subjects.contains(subject) {
        keep(option, text)
      } else if option.isFlag {
        choices[.option(option)] = text == "true" ? 1 : 0
      } else if let words = option.choices {
        let index = words.firstIndex(of: text)
        if index == nil { foreign[.option(option)] = text }
        choices[.option(option)] = index ?? words.count
      } else {
        texts[.option(option)] = LineEditor(text)
      }
    }
    givenPython = value(.option(.python)).trimmed
  }

  /// The recipe accepted it already.
  private mutating func keep(_ option: RecipeOption, _ text: String) {
    try? extras.say(option, text)
  }
}
