import Core
import Explorer
import Formats
import Foundation
import Recipe
import Runs
import Similarity

extension JobDesk {
  /// What a job was asked to do as the form has it: seen from the working folder.
  /// - Throws: for a job that is split among processes or tasks, which the form would start as one.
  static func formRecipe(of spec: JobSpec) throws -> Recipe {
    guard spec.slurm == nil, spec.devices == nil else {
      throw FormatError(
        .request, "the form starts one process, and this job is split among several",
        remedy: "t starts it again as it is; cka submit and cka compute --workers start another")
    }
    let recipe = try BackgroundJob.recipe(of: spec)
    let isHere = spec.workingDirectory == FileManager.default.currentDirectoryPath
    return isHere ? recipe : recipe.read(in: spec.workingDirectory)
  }

  /// Fills the form in from a recipe.
  static func openRecipe(_ path: String) throws -> JobReport {
    guard ComputeOptions.isRecipe(path) else {
      throw FormatError(.request, "a recipe's name ends in .yaml", file: SafeText.sanitise(path))
    }
    return .form(try Recipe.read(path: path))
  }

  /// Writes a recipe to a file.
  static func saveRecipe(_ path: String, _ recipe: Recipe, replacing: Bool) throws -> JobReport {
    guard ComputeOptions.isRecipe(path) else {
      throw FormatError(.request, "a recipe's name ends in .yaml", file: SafeText.sanitise(path))
    }
    var status = stat()
    // A link that leads nowhere is the user's too.
    guard replacing || lstat(path, &status) != 0 else { return .recipeExists(path) }
    var recipe = recipe
    do throws(RecipeError) {
      try recipe.check()
      // A file that says none means another.
      if recipe[.weighting] == nil { try recipe.say(.weighting, Weighting.standard.rawValue) }
    } catch {
      throw FormatError(error)
    }
    _ = try ComputeChoices(recipe)
    let folder = Paths.folder(of: path)
    let text = recipe.yaml(folder: folder.isEmpty ? "/" : folder)
    // A recipe has no values that a damaged file could have spoilt.
    try AtomicFile.write(Array(text.utf8), to: path, unless: {})
    // A name that begins with a dash would be taken for an option.
    let word = ShellWord.quoted(path.hasPrefix("-") ? "./" + path : path)
    return .done("wrote \(SafeText.sanitise(path)); cka compute \(word) repeats it")
  }
}
