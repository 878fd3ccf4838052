import Core
import Formats
import Recipe

/// What Python is asked: models and data taken apart, and every choice, as one JSON text. Python
/// reads no specification by itself.
struct TorchRequest {
  private var fields: [(key: String, value: String)] = []

  /// The request of a recipe of models.
  init(_ recipe: Recipe) throws(RecipeError) {
    let specifications = try recipe.specifications()
    for (key, role, list) in [
      ("models", Specification.Role.model, specifications.models),
      ("data", .data, specifications.data),
    ] {
      let names = Specification.names(of: list, as: role)
      add(key, "[\(zip(list, names).map(Self.json).joined(separator: ", "))]")
    }
    for option in recipe.options {
      guard let sending = option.sending, let text = recipe[option] else { continue }
      add(sending.key, Self.json(option, text))
    }
    if let choice = recipe[.tokens].flatMap({ TokenChoice($0) }) {
      add("tokens", JSONText.string(choice.take.rawValue))
      if let count = choice.perSample { add("tokens_per_sample", "\(count)") }
      add("keeps_padding", "\(choice.keepsPadding)")
    }
  }

  /// The JSON text.
  var json: String {
    "{" + fields.map { "\(JSONText.string($0.key)): \($0.value)" }.joined(separator: ", ") + "}"
  }

  private mutating func add(_ key: String, _ value: String) { fields.append((key, value)) }

  /// A value of the option as JSON: numbers and truths bare, all samples of a minibatch as null.
  private static func json(_ option: RecipeOption, _ text: String) -> String {
    switch option.kind {
    case .whole(_, or: "all") where text == "all": "null"
    case .whole where Int(text) != nil: text
    case .number, .truth: text
    default: JSONText.string(text)
    }
  }

  private static func json(_ specification: Specification, _ name: SpecificationName) -> String {
    let options = specification.options.map { option in
      "\(JSONText.string(option.key)): \(json(option.value))"
    }
    let wanted = name.wanted.map(JSONText.string) ?? "null"
    return "{\"text\": \(JSONText.string(specification.unnamed)), "
      + "\"name\": \(JSONText.string(name.name)), \"wanted\": \(wanted), "
      + "\"kind\": \(JSONText.string(specification.kind)), "
      + "\"target\": \(JSONText.string(specification.target ?? "")), "
      + "\"options\": {\(options.joined(separator: ", "))}}"
  }

  private static func json(_ value: OptionValue) -> String {
    switch value {
    case .none: "null"
    case .truth(let truth): "\(truth)"
    case .whole(let number): "\(number)"
    case .number(let number): JSONText.number(number)
    case .text(let text): JSONText.string(text)
    }
  }
}
