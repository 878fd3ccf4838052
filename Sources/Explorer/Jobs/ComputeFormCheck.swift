import Recipe

// The form's questions and their answers: is this a comparison, and what would it take?
extension State {
  /// The first Enter has the comparison checked, the second one starts it.
  mutating func startComparison() -> [Effect] {
    if let gap = form.gap {
      form.field = gap.field
      message = .error(gap.text)
      return []
    }
    guard let recipe = recipeOfForm() else { return [] }
    if form.ready == recipe {
      form.ready = nil
      return [.jobs(.submit(recipe))]
    }
    (form.checking, form.secondsChecking) = (recipe, 0)
    (form.ready, form.report, form.isRefused, form.reportTop) = (nil, [], false, 0)
    return [.jobs(.check(recipe))]
  }

  /// The recipe of the form; nil after the report has said what is wrong with it.
  private mutating func recipeOfForm() -> Recipe? {
    do throws(RecipeError) { return try form.recipe() } catch {
      (form.report, form.isRefused, form.reportTop) = ([error.line], true, 0)
      return nil
    }
  }

  /// The check goes on.
  mutating func tickCheck(of recipe: Recipe, seconds: Int) {
    guard form.checking == recipe else { return }
    form.secondsChecking = seconds
  }

  mutating func acceptCheck(of recipe: Recipe, lines: [String], isReady: Bool) {
    // Something else may have been typed meanwhile.
    guard form.checking == recipe else { return }
    form.checking = nil
    (form.report, form.isRefused) = (lines, !isReady)
    form.ready = isReady ? recipe : nil
  }

  /// Fills the form in from a recipe, and opens it.
  mutating func fillForm(_ recipe: Recipe) -> [Effect] {
    guard let filled = ComputeForm(recipe) else {
      message = .error("the form cannot say what a backend of your own computes; t starts it again")
      return []
    }
    let effects: [Effect] = form.checking == nil ? [] : [.jobs(.cancelCheck)]
    form = filled
    openForm()
    return effects
  }
}

// Recipes: the form, saved.
extension State {
  /// Asks for the name of a recipe.
  mutating func askForRecipe(_ purpose: Prompt.Purpose) -> [Effect] {
    if purpose == .saveRecipe, let gap = form.gap {
      form.field = gap.field
      message = .error(gap.text)
      return []
    }
    (form.menu, form.looking) = (nil, nil)
    var prompt = Prompt(
      purpose: purpose, line: LineEditor(purpose == .saveRecipe ? recipeName : ""))
    prompt.hint = "Tab completes"
    overlay = .prompt(prompt)
    return []
  }

  /// The result's name, with another ending.
  private var recipeName: String {
    var stem = form.value(.option(.output)).trimmed
    for ending in [".safetensors", ".cka"] where stem.hasSuffix(ending) {
      stem.removeLast(ending.count)
    }
    return stem + ".yaml"
  }

  /// The prompt for a recipe was answered.
  mutating func acceptRecipe(_ prompt: Prompt) -> [Effect] {
    overlay = .form
    let path = prompt.line.text.trimmed
    guard !path.isEmpty else { return [] }
    guard prompt.purpose == .saveRecipe else { return [.jobs(.openRecipe(path))] }
    // The name that was refused because there is such a file, and confirmed.
    let isReplacing = prompt.isRefused && prompt.original == path
    guard let recipe = recipeOfForm() else { return [] }
    return [.jobs(.saveRecipe(path, recipe, replacing: isReplacing))]
  }

  /// There is such a file: the same answer once more replaces it.
  mutating func confirmReplacing(_ path: String) {
    var prompt = Prompt(purpose: .saveRecipe, line: LineEditor(path))
    (prompt.original, prompt.isRefused) = (path, true)
    prompt.hint = "there is such a file: Enter replaces it, Esc keeps it"
    overlay = .prompt(prompt)
  }

  /// Completes the name in the prompt as far as it is the same for all.
  mutating func complete(_ prompt: Prompt, _ found: [Completion]) {
    var prompt = prompt
    let common = found.commonPrefix
    if common.count > prompt.line.text.count { prompt.line = LineEditor(common) }
    prompt.isRefused = found.isEmpty
    // No line has room for more.
    let names = found.prefix(200).map(\.text)
    prompt.hint =
      found.isEmpty ? "no such file" : found.count > 1 ? names.joined(separator: "  ") : ""
    overlay = .prompt(prompt)
  }
}
