import Core
import Similarity

/// What is wrong with a recipe. The texts in it are those that were written.
public struct RecipeError: Error, Sendable, Equatable {
  /// What is wrong.
  public enum Kind: Sendable, Equatable {
    /// The text is no YAML, or no list of keys and values.
    case notYAML(String, remedy: String)
    /// There is no such key.
    case unknownKey(String)
    /// A key stands without a value.
    case noValue(key: String)
    /// A list stands where one text is wanted.
    case notOneText(key: String)
    /// The value is none that the option has.
    case wrongValue(RecipeOption, text: String)
    /// The option means nothing for what the recipe is about.
    case foreign(RecipeOption, RecipeOption.Subject)
    /// Two subjects at once.
    case twoSubjects(RecipeOption.Subject, RecipeOption.Subject)
    /// No features, models or backend.
    case noSubject
    /// Models without data.
    case noData
    /// A model or data set cannot be understood.
    case specification(SpecificationProblem)
    /// Stopping early needs what is not to be kept.
    case untilCIWithoutScores
    /// A seed of permutations that nothing asks for.
    case seedWithoutNull
  }

  /// What is wrong.
  public var kind: Kind
  /// Where: "line 3"; empty where that is not known.
  public var place = ""

  init(_ kind: Kind, at place: String = "") {
    (self.kind, self.place) = (kind, place)
  }
}

// MARK: Text

extension RecipeError {
  /// The text is no YAML of ours, whatever it says.
  public var isOfText: Bool {
    switch kind {
    case .notYAML, .noValue, .notOneText: true
    default: false
    }
  }

  /// What, where, and what to do, in one line.
  public var line: String {
    problem + (place.isEmpty ? "" : " (\(place))") + (remedy.isEmpty ? "" : "; \(remedy)")
  }

  /// What is wrong, one line safe to show.
  public var problem: String {
    switch kind {
    case .notYAML(let problem, _): problem
    case .unknownKey(let key): "unknown key '\(SafeText.sanitise(key))'"
    case .noValue(let key): "'\(key)' has no value"
    case .notOneText(let key): "'\(key)' should be one text"
    case .wrongValue(let option, let text):
      "\(option.name) must be \(option.expected), not '\(SafeText.sanitise(text))'"
    case .foreign(let option, let subject):
      "'\(option.name)' is for \(option.owners), and the recipe has \(subject.words)"
    case .twoSubjects(let one, let other): "the recipe has \(one.words) and \(other.words)"
    case .noSubject: "the recipe has neither features nor models"
    case .noData: "nothing says what the models see"
    case .specification(let problem): problem.problem
    case .untilCIWithoutScores: "until-ci needs the scores of minibatches"
    case .seedWithoutNull: "null-seed says how samples are permuted, and nothing asks for that"
    }
  }

  private static let keys = ["features", "models"] + RecipeOption.table.map(\.name)

  /// What to do about it; empty where the problem says it.
  public var remedy: String {
    switch kind {
    case .notYAML(_, let remedy): remedy
    case .unknownKey(let key):
      NearNames.question(key, among: Self.keys) + "known are "
        + Self.keys.joined(separator: ", ")
    case .noValue, .notOneText: "put quotes around text that begins with ! * & [ or {"
    case .wrongValue(let option, let text)
    where option == .null && Int(text).map({ $0 < NullPlan.fewestDraws }) ?? false:
      "fewer draws cannot tell a cell apart at 5 %; 200 are usual"
    case .wrongValue: ""
    case .foreign(let option, _): "leave out \(option.name)"
    case .twoSubjects: "keep one of the two"
    case .noSubject: "name files of activations, or models such as torchvision:resnet18"
    case .noData: "add --data, such as digits"
    case .specification(let problem): problem.remedy
    case .untilCIWithoutScores: "leave out 'keep: sums'"
    case .seedWithoutNull: "add null, such as 200"
    }
  }
}

extension RecipeOption {
  /// What it is for, in words.
  var owners: String {
    Subject.allCases.filter(subjects.contains).map(\.words).joined(separator: " and ")
  }
}

extension RecipeOption.Subject {
  /// The subject in words.
  var words: String {
    switch self {
    case .features: "features"
    case .models: "models"
    case .backend: "a backend"
    }
  }
}
