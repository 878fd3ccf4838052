import Core
import Yams

extension StudyFile {
  /// The study that `text` spells.
  /// - Parameter folder: the folder that its paths lead from.
  /// - Throws: for text that is no YAML, an unknown key, a value of the wrong type, and a study
  ///   without features; the error has the line.
  public init(yaml text: String, folder: String = ".") throws(FormatError) {
    guard case .mapping(let mapping)? = try Self.compose(text) else {
      throw FormatError(
        "the study file is not a list of 'key: value' lines", at: "line 1",
        remedy: "begin with features: [FILE, FILE]")
    }
    self.init(features: [])
    var models = ModelStudy(models: [])
    models.folder = folder
    var firstModelKey: (name: String, place: String)?
    var tokens: StudyValue?
    for (keyNode, value) in mapping {
      let name = SafeText.sanitise(keyNode.scalar?.string ?? "")
      guard let key = Key(rawValue: name) else {
        throw FormatError(
          "unknown key '\(name)'", at: Self.line(keyNode),
          remedy: "known are " + Key.allCases.map(\.rawValue).joined(separator: ", "))
      }
      let value = StudyValue(key: name, node: value, place: Self.line(keyNode))
      if key == .tokens {
        // Models and saved arrays have tokens.
        tokens = value
        _ = try models.set(key, value)
      } else if try models.set(key, value) {
        firstModelKey = firstModelKey ?? (name, value.place)
      } else {
        try set(key, value, folder: folder)
      }
    }
    try settle(models, firstKey: firstModelKey)
    guard self.models == nil, let tokens else { return }
    guard let choice = TokenPooling(rawValue: try tokens.text()) else {
      throw tokens.refusal("should be flatten, mean or class for saved activations")
    }
    self.tokens = choice
  }

  /// A study has features or models, and what is said of models needs some.
  private mutating func settle(
    _ models: ModelStudy, firstKey: (name: String, place: String)?
  ) throws(FormatError) {
    if let firstKey {
      guard features.isEmpty else {
        throw FormatError(
          "'\(firstKey.name)' is for models, and the study has features", at: firstKey.place,
          remedy: "keep one of the two")
      }
      guard !models.models.isEmpty, models.data != nil else {
        throw FormatError(
          "the study has no \(models.models.isEmpty ? "models" : "data")",
          remedy: "add a line such as "
            + (models.models.isEmpty ? "models: [torchvision:resnet18]" : "data: digits"))
      }
      guard layout == nil, axes == nil else {
        throw FormatError(
          "'\(layout == nil ? "axes" : "layout")' is for features, and the study has models")
      }
      self.models = models
    } else if features.isEmpty {
      throw FormatError(
        "the study has no features", remedy: "add a line such as features: [FILE, FILE]")
    }
  }

  private mutating func set(
    _ key: Key, _ value: StudyValue, folder: String
  ) throws(FormatError) {
    switch key {
    case .features: features = try value.texts().map { Self.joined($0, to: folder) }
    case .output: output = Self.joined(try value.text(), to: folder)
    case .batchSize:
      batchSize = try value.isAll ? .all : .samples(value.positive("a positive number or all"))
    case .estimator: estimator = try value.text()
    case .kernel: kernel = try value.text()
    case .weighting: weighting = try value.text()
    case .layers: layers = try value.text()
    case .pool:
      guard let pooling = Pooling(rawValue: try value.text()) else {
        throw value.refusal("should be flatten or mean")
      }
      pool = pooling
    case .precision: precision = try value.text()
    case .threads: threads = try value.positive("a positive number")
    case .untilCI: untilCI = try value.positiveNumber()
    case .layout:
      do throws(FormatError) {
        layout = try FeatureLayout(try value.text())
      } catch {
        throw error.located(value.place)
      }
    case .axes:
      do throws(FormatError) {
        axes = try FeatureAxes(try value.text())
      } catch {
        throw error.located(value.place)
      }
    case .keep: keep = try value.text()
    case .shuffle:
      guard let order = Self.shuffle(try value.text()) else {
        throw value.refusal("should be a seed from 0 to 4294967295, or none")
      }
      shuffle = order
    case .null: null = try value.positive("a positive number")
    case .nullSeed: nullSeed = try value.seed()
    case .skipBad: skipBad = try value.truth()
    case .models, .data, .secondData, .maxBatches, .types, .tokens, .device, .dtype, .tf32,
      .keepDuplicates, .seed, .python:
      break  // What concerns models is read before.
    }
  }

  private static func compose(_ text: String) throws(FormatError) -> Node? {
    // Layer filters are full of asterisks; nothing below unfolds what aliases multiply.
    try YAMLLimits.check(text, mostAliases: 10_000)
    do {
      return try Yams.compose(yaml: text)
    } catch let error as YamlError {
      throw notYAML(error)
    } catch {
      throw FormatError("not valid YAML: \(SafeText.sanitise(String(describing: error)))")
    }
  }

  private static func notYAML(_ error: YamlError) -> FormatError {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      FormatError(
        "not valid YAML: \(SafeText.sanitise(problem))", at: "line \(mark.line)",
        remedy: "put quotes around text that begins with ! * & [ or {")
    case .duplicatedKeysInMapping(let duplicates, let context):
      FormatError(
        "the key '\(SafeText.sanitise(duplicates.joined(separator: ", ")))' occurs twice",
        at: "line \(context.mark.line)", remedy: "keep one of them")
    case .reader(let problem, _, _, _):
      FormatError(
        "not valid YAML: \(SafeText.sanitise(problem))", remedy: "write it as plain UTF-8 text")
    default:
      FormatError("not valid YAML: \(SafeText.sanitise(String(describing: error)))")
    }
  }

  private static func line(_ node: Node) -> String { node.mark.map { "line \($0.line)" } ?? "" }
}

/// A value of a study file, to be read as the type that its key asks for.
struct StudyValue {
  let key: String
  let node: Node
  /// "line 3".
  let place: String

  /// An error of this value.
  func refusal(_ problem: String) -> FormatError {
    FormatError(
      "'\(key)' \(problem)", at: place,
      remedy: "put quotes around text that begins with ! * & [ or {")
  }

  /// One text, not empty. A number without quotes is text as it is written.
  func text() throws(FormatError) -> String { try Self.text(node, self) }

  /// A list of texts, or one.
  func texts() throws(FormatError) -> [String] {
    guard case .sequence(let sequence) = node else { return [try text()] }
    var texts: [String] = []
    for element in sequence { texts.append(try Self.text(element, self)) }
    return texts
  }

  var isAll: Bool { node.scalar?.string == "all" }

  /// A whole number of at least 1.
  func positive(_ expected: String) throws(FormatError) -> Int {
    guard let number = Int(try text()), number > 0 else {
      throw refusal("should be \(expected)")
    }
    return number
  }

  /// A whole number.
  func whole() throws(FormatError) -> Int {
    guard let number = Int(try text()) else { throw refusal("should be a whole number") }
    return number
  }

  /// True or false.
  func truth() throws(FormatError) -> Bool {
    guard let truth = Bool(try text().lowercased()) else {
      throw refusal("should be true or false")
    }
    return truth
  }

  /// A number above 0.
  func positiveNumber() throws(FormatError) -> Double {
    guard let number = Double(try text()), number > 0, number.isFinite else {
      throw refusal("should be a number above 0")
    }
    return number
  }

  /// A number from 0 to 2³² - 1.
  func seed() throws(FormatError) -> Int {
    guard let seed = Int(try text()), StudyFile.isSeed(seed) else {
      throw refusal("should be a seed from 0 to 4294967295")
    }
    return seed
  }

  private static func text(_ node: Node, _ value: StudyValue) throws(FormatError) -> String {
    guard case .scalar(let scalar) = node else { throw value.refusal("should be one text") }
    let isNull = scalar.style == .plain && ["~", "null", "Null", "NULL"].contains(scalar.string)
    guard !scalar.string.isEmpty, !isNull else { throw value.refusal("has no value") }
    return scalar.string
  }
}
