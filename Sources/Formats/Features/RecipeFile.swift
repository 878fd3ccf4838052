import Core
import Recipe

extension Recipe {
  /// The recipe in the file at `path`; its paths lead from the working folder.
  /// - Throws: `FormatError` with the line of what is wrong.
  public static func read(path: String) throws(FormatError) -> Recipe {
    do throws(FormatError) {
      let region = try MappedFile.region(path: path)
      guard let text = String(validating: region.bytes, as: UTF8.self) else {
        throw FormatError(.syntax, "the recipe is not UTF-8 text")
      }
      do throws(RecipeError) {
        var recipe = try Recipe(yaml: text, folder: Paths.folder(of: path))
        // A figure that is made again from an old file must not change.
        if recipe[.weighting] == nil { try recipe.say(.weighting, weightingOfOldFiles) }
        return recipe
      } catch {
        throw FormatError(error)
      }
    } catch {
      var error = error
      error.file = SafeText.sanitise(path)
      throw error
    }
  }
}

extension FormatError {
  /// The error that says what is wrong with a recipe.
  public init(_ error: RecipeError) {
    self.init(
      error.isOfText ? .syntax : .request, error.problem, at: error.place, remedy: error.remedy)
  }
}
