import Cells
import Recipe

/// A comparison being described: the fields of a recipe.
public struct ComputeForm: Sendable, Equatable {
  /// The field that takes the keys.
  public var field = Field.features
  /// What was typed.
  public var texts: [Field: LineEditor] = Dictionary(
    uniqueKeysWithValues: RecipeOption.table.compactMap { option in
      option.prefilled.map { (.option(option), LineEditor($0)) }
    })
  /// What was chosen, by its place among the field's choices.
  public var choices: [Field: Int] = [:]
  /// The fields of the fold are in sight.
  var isUnfolded = false
  /// Options that the form has no field for, from the recipe that filled it in.
  var extras = Recipe()
  /// Texts that a recipe said where the form has a choice of others.
  var foreign: [Field: String] = [:]
  /// What is known about the comparison: the answer to a check.
  public var report: [String] = []
  /// The report says why it cannot be computed.
  var isRefused = false
  /// The first line of the report that is in sight.
  var reportTop = 0
  /// What Tab found.
  var menu: CompletionMenu?
  /// The recipe that was checked and can be started.
  var ready: Recipe?
  /// The recipe that is being looked at.
  var checking: Recipe?
  /// How long that has taken, in seconds.
  var secondsChecking = 0
  /// What Tab asked, while Python is asked for the answer.
  var looking: CompletionRequest?
  /// The interpreter that a recipe named, and nobody typed here.
  var givenPython = ""

  /// An empty form.
  public init() {}
}

extension ComputeForm {
  /// Models are compared, and not saved activations.
  public var isOfModels: Bool { choices[.origin] == 1 }

  /// What a field says.
  func value(_ field: Field) -> String {
    if let choices = choices(of: field) {
      let index = self.choices[field] ?? 0
      return choices.indices.contains(index) ? choices[index] : ""
    }
    return texts[field]?.text ?? ""
  }

  /// What there is to choose from: the field's choices, and one that came with a recipe.
  func choices(of field: Field) -> [String]? {
    field.traits.choices.map { $0 + (foreign[field].map { [$0] } ?? []) }
  }

  /// A field says what would be so without it.
  func isStandard(_ field: Field) -> Bool {
    if field.traits.choices != nil { return (choices[field] ?? 0) == 0 }
    let text = value(field).trimmed
    if text.isEmpty { return true }
    // A number of samples that is said holds for files that are cut into minibatches already.
    guard case .option(let option) = field, option != .batchSize else { return false }
    return text == option.prefilled
  }

  /// The specifications of the models, in order.
  public var models: [String] {
    modelFields.map { value($0).trimmed }.filter { !$0.isEmpty }
  }

  /// Those of data.
  public var data: [String] {
    [value(.option(.data)).trimmed, value(.option(.data2)).trimmed].filter { !$0.isEmpty }
  }

  /// The paths of saved activations.
  public var features: [String] { Words.split(value(.features)) }

  /// The first thing that is missing.
  var gap: (field: Field, text: String)? {
    if isOfModels {
      if models.isEmpty { return (.model(0), "name a model first") }
      if value(.option(.data)).trimmed.isEmpty { return (.option(.data), "name the data") }
    } else if features.isEmpty {
      return (.features, "name saved activations first")
    }
    if value(.option(.output)).trimmed.isEmpty {
      return (.option(.output), "name the file for the result")
    }
    return nil
  }

  /// One line that says whose code a check or a start runs; nil where none is.
  var codeWarning: String? {
    guard isOfModels else { return nil }
    var sources: [String] = []
    let python = value(.option(.python)).trimmed
    // A recipe of somebody else's may name any program.
    if !python.isEmpty, python == givenPython { sources.append(python) }
    for source in (models + data).map({ Specification($0) }).code
    where !sources.contains(source) {
      sources.append(source)
    }
    guard !sources.isEmpty else { return nil }
    return "Enter runs code from \(sources.joined(separator: ", "))"
  }
}
