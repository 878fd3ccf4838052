@testable import Explorer
@testable import Recipe

/// A recipe that says this; the options must accept it.
func recipe(
  _ features: [String] = [], models: [String] = [], _ said: [(RecipeOption, String)]
) -> Recipe {
  var recipe = Recipe(features: features, models: models)
  for (option, text) in said {
    do { try recipe.say(option, text) } catch { preconditionFailure(error.line) }
  }
  return recipe
}

extension Scene {
  /// What the form asks for, as words.
  var words: [String] { ((try? state.form.recipe()) ?? Recipe()).command }

  /// Moves to a field and types into it, in the place of what is there.
  mutating func fill(_ option: RecipeOption, _ text: String) {
    change { $0.form.field = .option(option) }
    press("C-u")
    type(text)
  }

  /// Moves to a field and goes on to a choice.
  mutating func choose(_ option: RecipeOption, _ key: String = "Right") {
    change { $0.form.field = .option(option) }
    press(key)
  }
}
