import ArgumentParser
import Recipe

/// A part of the options of a recipe.
protocol RecipePart {
  /// Its rows of the table.
  static var rows: [RecipeOption] { get }
}

/// Options of a recipe on the command line, made from their rows in the table: names, help,
/// completion and the values that they accept.
///
/// The parser finds the options of a command in its mirror; this one shows it the table.
struct RecipeOptions<Part: RecipePart>: ParsableArguments, CustomReflectable {
  /// What was said, by the names of options.
  private(set) var said: [(option: RecipeOption, text: String)] = []

  init() {}

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    for option in Part.rows {
      let key = Key(option)
      if option.isFlag {
        let flag = try values.decode(Flag<Bool>.self, forKey: key).wrappedValue
        if flag { said.append((option, "true")) }
      } else if let text = try values.decode(Option<String?>.self, forKey: key).wrappedValue {
        said.append((option, text))
      }
    }
  }

  var customMirror: Mirror {
    Mirror(self, children: Part.rows.map { ("_" + $0.name, Self.definition(of: $0)) })
  }

  /// Says in `recipe` what was said here.
  /// - Throws: `RecipeError` for a value that its option does not have.
  func override(_ recipe: inout Recipe) throws(RecipeError) {
    for (option, text) in said { try recipe.say(option, text) }
  }

  private static func definition(of option: RecipeOption) -> Any {
    var name: NameSpecification = [.customLong(option.name)]
    if option == .output { name = [.customShort("o"), .customLong(option.name)] }
    let help = ArgumentHelp(stringLiteral: option.fullHelp)
    if option.isFlag { return Flag(wrappedValue: false, name: name, help: help) }
    return Option<String?>(
      name: name, parsing: parsing(of: option), help: help, completion: completion(of: option))
  }

  /// A number may begin with a minus, so that its refusal can say what it has to be.
  private static func parsing(of option: RecipeOption) -> SingleValueParsingStrategy {
    switch option.kind {
    case .whole, .number: .unconditional
    default: .next
    }
  }

  private static func completion(of option: RecipeOption) -> CompletionKind {
    switch option.kind {
    case .choice(let words, _): .list(words)
    case .path, .program: .file()
    default: .default
    }
  }

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(_ option: RecipeOption) { stringValue = option.name }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}

/// Options that saved activations have, and models too.
enum SharedPart: RecipePart {
  static var rows: [RecipeOption] {
    RecipeOption.table.filter {
      $0.subjects.contains(.features) || $0 == .backend || $0 == .patience
    }
  }
}

/// Options that only models have.
enum ModelPart: RecipePart {
  static var rows: [RecipeOption] { RecipeOption.table.filter { $0.subjects == [.models] } }
}

/// How saved activations are read.
enum ReadingPart: RecipePart {
  static let rows: [RecipeOption] = [.axes, .layout, .pool, .tokens, .batchSize, .shuffle]
}
