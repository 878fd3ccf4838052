import Core
import Formats
import Recipe

/// Says whose code a comparison runs, before it does: what the form says too, from the same values.
public enum CodeNote {
  /// "runs code from nets.py, github.com/OWNER/REPO"; nil where only installed packages run.
  /// - Parameter namesPython: whoever runs it has named the Python.
  public static func line(_ recipe: Recipe, namesPython: Bool) throws(FormatError) -> String? {
    guard recipe.subject == .models else { return nil }
    let (models, data): ([Specification], [Specification])
    do throws(RecipeError) { (models, data) = try recipe.specifications() } catch {
      throw FormatError(error)
    }
    var sources = (models + data).code
    // A recipe of somebody else's may name any program as its Python.
    if !namesPython, let python = recipe[.python] {
      sources.insert(SafeText.sanitise(python), at: 0)
    }
    return sources.isEmpty ? nil : "runs code from \(sources.joined(separator: ", "))"
  }
}
