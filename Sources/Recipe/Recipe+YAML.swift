import Core
import Yams

/// A recipe as YAML:
///
/// ```yaml
/// features: [resnet18.safetensors, resnet34.safetensors]
/// output: depth.cka.safetensors
/// batch-size: 128
/// ```
///
/// Only `features`, or `models` and `data`, must be there. Paths are relative to the file's folder.
extension Recipe {
  /// What a file means that says no weighting: once there was no other.
  public static let weightingOfOldFiles = "equal"

  /// The recipe that `text` spells.
  /// - Parameter folder: the folder that its paths lead from.
  /// - Throws: `RecipeError` with the line, for text that is no YAML, an unknown key, a value that
  ///   its option does not have, and a recipe that cannot be carried out.
  public init(yaml text: String, folder: String = ".") throws(RecipeError) {
    guard case .mapping(let mapping)? = try Self.compose(text) else {
      throw RecipeError(
        .notYAML(
          "the recipe is not a list of 'key: value' lines",
          remedy: "begin with features: [FILE, FILE]"), at: "line 1")
    }
    self.init()
    var places: [String: String] = [:]
    for (keyNode, node) in mapping {
      let key = keyNode.scalar?.string ?? ""
      let place = Self.line(node) ?? Self.line(keyNode) ?? ""
      places[key] = place
      do throws(RecipeError) { try read(key, node) } catch {
        throw RecipeError(error.kind, at: Self.line(keyNode) ?? place)
      }
    }
    try check { places[$0] ?? "" }
    self = read(in: folder)
  }

  private mutating func read(_ key: String, _ node: Node) throws(RecipeError) {
    switch key {
    case "features": features = try Self.texts(key, node)
    case "models": models = try Self.texts(key, node)
    default:
      guard let option = RecipeOption.named(key) else { throw RecipeError(.unknownKey(key)) }
      let text =
        if case .words = option.kind {
          try Self.texts(key, node).joined(separator: ",")
        } else {
          try Self.text(key, node)
        }
      try say(option, option.isFlag ? text.lowercased() : text)
    }
  }

  /// The recipe as YAML text, for a file in `folder`: paths below it become relative to it, all
  /// others absolute.
  public func yaml(folder: String = ".") -> String {
    let recipe = written(in: folder)
    var lines: [String] = []
    func add(_ key: String, _ texts: [String]) {
      guard !texts.isEmpty else { return }
      lines.append("\(key):" + texts.map { "\n  - " + JSONText.string($0) }.joined())
    }
    add("features", recipe.features)
    add("models", recipe.models)
    for option in recipe.options {
      guard let text = recipe[option] else { continue }
      lines.append("\(option.name): \(option.isBare(text) ? text : JSONText.string(text))")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  // MARK: Nodes

  /// One text, not empty. A number without quotes is text as it is written.
  private static func text(_ key: String, _ node: Node) throws(RecipeError) -> String {
    guard case .scalar(let scalar) = node else { throw RecipeError(.notOneText(key: key)) }
    let isNull = scalar.style == .plain && ["~", "null", "Null", "NULL"].contains(scalar.string)
    guard !scalar.string.isEmpty, !isNull else { throw RecipeError(.noValue(key: key)) }
    return scalar.string
  }

  /// A list of texts, or one.
  private static func texts(_ key: String, _ node: Node) throws(RecipeError) -> [String] {
    guard case .sequence(let sequence) = node else { return [try text(key, node)] }
    var texts: [String] = []
    for element in sequence { texts.append(try text(key, element)) }
    return texts
  }

  private static func line(_ node: Node) -> String? { node.mark.map { "line \($0.line)" } }

  private static func compose(_ text: String) throws(RecipeError) -> Node? {
    // Layer filters are full of asterisks; nothing below unfolds what aliases multiply.
    do throws(YAMLLimits.Excess) { try YAMLLimits.check(text, mostAliases: 10_000) } catch {
      throw RecipeError(.notYAML(error.problem, remedy: ""), at: error.place)
    }
    do {
      return try Yams.compose(yaml: text)
    } catch let error as YamlError {
      throw notYAML(error)
    } catch {
      throw RecipeError(
        .notYAML("not valid YAML: \(SafeText.sanitise(String(describing: error)))", remedy: ""))
    }
  }

  private static func notYAML(_ error: YamlError) -> RecipeError {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      RecipeError(
        .notYAML(
          "not valid YAML: \(SafeText.sanitise(problem))",
          remedy: "put quotes around text that begins with ! * & [ or {"), at: "line \(mark.line)")
    case .duplicatedKeysInMapping(let duplicates, let context):
      RecipeError(
        .notYAML(
          "the key '\(SafeText.sanitise(duplicates.joined(separator: ", ")))' occurs twice",
          remedy: "keep one of them"), at: "line \(context.mark.line)")
    case .reader(let problem, _, _, _):
      RecipeError(
        .notYAML(
          "not valid YAML: \(SafeText.sanitise(problem))", remedy: "write it as plain UTF-8 text"))
    default:
      RecipeError(
        .notYAML("not valid YAML: \(SafeText.sanitise(String(describing: error)))", remedy: ""))
    }
  }
}

extension RecipeOption {
  /// A text that needs no quotes: JSON's are YAML's too, and without them `!*.bn*` would be a tag
  /// and `*` an alias.
  fileprivate func isBare(_ text: String) -> Bool {
    switch kind {
    case .choice, .number, .truth: true
    case .whole: true
    default: false
    }
  }
}
