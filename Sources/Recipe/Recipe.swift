import Core
import Similarity

/// What is asked: saved activations, or models and data, or a program that sends Gram matrices; and
/// what is said of them, each option a text that its row in `RecipeOption.table` accepts.
///
/// A recipe is written as YAML, as the words of `cka compute`, and as the fields of the form; all
/// three hold the same values.
public struct Recipe: Sendable, Equatable {
  /// Files and folders of saved activations.
  public var features: [String] = []
  /// `SPECIFICATION` or `NAME=SPECIFICATION` of each model that is run.
  public var models: [String] = []
  /// The folder that paths in specifications lead from; all other paths lead from the working
  /// folder.
  public var folder = "."
  /// What is said, by the names of options.
  var said: [String: String] = [:]

  /// A recipe that says nothing yet.
  public init(features: [String] = [], models: [String] = []) {
    (self.features, self.models) = (features, models)
  }

  /// What the recipe is about; nil while it says nothing about that.
  public var subject: RecipeOption.Subject? {
    if self[.backend] != nil { return .backend }
    return models.isEmpty ? features.isEmpty ? nil : .features : .models
  }

  /// What is said of an option, as text; nil where nothing is.
  public subscript(option: RecipeOption) -> String? { said[option.name] }

  /// The whole number that is said; nil where nothing is, or a word that stands beside numbers.
  public func whole(_ option: RecipeOption) -> Int? { self[option].flatMap { Int($0) } }

  /// The number that is said.
  public func number(_ option: RecipeOption) -> Double? { self[option].flatMap { Double($0) } }

  /// Whether the option is said to be true.
  public func isTrue(_ option: RecipeOption) -> Bool { self[option] == "true" }

  /// The options that are said, in the table's order.
  public var options: [RecipeOption] { RecipeOption.table.filter { self[$0] != nil } }

  /// Says `text` of an option; nil takes back what was said.
  /// - Throws: `RecipeError` when the option cannot say that.
  public mutating func say(_ option: RecipeOption, _ text: String?) throws(RecipeError) {
    guard let text else {
      said[option.name] = nil
      return
    }
    guard option.accepts(text) else { throw RecipeError(.wrongValue(option, text: text)) }
    said[option.name] = text
  }

  /// Says of each option what `other` says of it, where it says anything.
  public mutating func override(by other: Recipe) {
    said.merge(other.said) { $1 }
  }
}

// MARK: Whether it can be carried out

extension Recipe {
  /// Checks that the recipe is about one thing, that its specifications can be understood, and that
  /// every option means something for it.
  /// - Parameter place: where an option, or `models` and `features`, stands in its file.
  /// - Throws: the first thing that is wrong.
  public func check(place: (String) -> String = { _ in "" }) throws(RecipeError) {
    guard let subject else { throw RecipeError(.noSubject) }
    if !features.isEmpty, subject != .features {
      throw RecipeError(.twoSubjects(.features, subject), at: place("features"))
    }
    if !models.isEmpty, subject != .models {
      throw RecipeError(.twoSubjects(.models, subject), at: place("models"))
    }
    for option in options where !option.subjects.contains(subject) {
      throw RecipeError(.foreign(option, subject), at: place(option.name))
    }
    if subject == .models {
      guard self[.data] != nil else { throw RecipeError(.noData) }
      do throws(RecipeError) { _ = try specifications() } catch {
        throw RecipeError(error.kind, at: place("models"))
      }
    }
    if self[.untilCI] != nil, self[.keep].flatMap({ KeepPolicy(text: $0) }) == .sumsOnly {
      throw RecipeError(.untilCIWithoutScores, at: place("until-ci"))
    }
    if self[.nullSeed] != nil, self[.null] == nil {
      throw RecipeError(.seedWithoutNull, at: place("null-seed"))
    }
  }

  /// The models and data sets that are named.
  /// - Throws: for the first that is no specification.
  public func specifications() throws(RecipeError)
    -> (models: [Specification], data: [Specification])
  {
    (
      try Self.specifications(models, .model),
      try Self.specifications([self[.data], self[.data2]].compactMap(\.self), .data)
    )
  }

  private static func specifications(
    _ texts: [String], _ role: Specification.Role
  ) throws(RecipeError) -> [Specification] {
    var list: [Specification] = []
    for text in texts {
      let specification = Specification(text)
      if let problem = specification.problem(as: role) {
        throw RecipeError(.specification(problem))
      }
      list.append(specification)
    }
    return list
  }
}
