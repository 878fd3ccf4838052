import Cells

/// A comparison being described: the fields of `cka compute`.
public struct ComputeForm: Sendable, Equatable {
  /// What there is to say.
  public enum Field: Int, Sendable, CaseIterable {
    case features, output, layers, batchSize, estimator, kernel, weighting, precision
  }

  /// The field that takes the keys.
  public var field = Field.features
  /// What was typed.
  public var texts: [Field: LineEditor] = [
    .features: LineEditor(), .output: LineEditor(), .layers: LineEditor(),
    .batchSize: LineEditor("128"), .kernel: LineEditor("linear"),
  ]
  /// What was chosen, by its place among `Field.choices`.
  public var choices: [Field: Int] = [.estimator: 0, .weighting: 0, .precision: 0]
  /// What is known about the comparison: the answer to a check, or paths to choose from.
  public var report: [String] = []
  /// The command line that was checked and can be started.
  var ready: [String]?
  /// The command line that is being looked at.
  var checking: [String]?

  /// An empty form.
  public init() {}
}

extension ComputeForm.Field {
  /// The name on the screen.
  var label: String {
    switch self {
    case .features: "features"
    case .output: "output"
    case .layers: "layers"
    case .batchSize: "batch size"
    case .estimator: "estimator"
    case .kernel: "kernel"
    case .weighting: "weighting"
    case .precision: "precision"
    }
  }

  /// What the field takes, shown while it is empty or has the cursor.
  var help: String {
    switch self {
    case .features: "files and folders of saved activations; Tab completes"
    case .output: "the result file, NAME.cka.safetensors; Tab completes"
    case .layers: "all; a text, a glob or /regex/, !term leaves out"
    case .batchSize: "samples in a minibatch, or all"
    case .estimator: "unbiased: HSIC\u{2081} of minibatches; biased: HSIC\u{2080}"
    case .kernel: "linear, or rbf:FRACTION of the median distance"
    case .weighting: "of minibatches: equal, pairs n(n \u{2212} 3), samples n"
    case .precision: "of the Gram matrices"
    }
  }

  /// What there is to choose from; nil for text. The first one is what `cka compute` does unasked.
  var choices: [String]? {
    switch self {
    case .estimator: ["unbiased", "biased"]
    case .weighting: ["equal", "pairs", "samples"]
    case .precision: ["float32", "float64"]
    default: nil
    }
  }

  /// What is written as an option when the field says something else than the default.
  fileprivate var option: String? {
    switch self {
    case .features: nil
    case .output: "-o"
    case .layers: "--layers"
    case .batchSize: "--batch-size"
    case .estimator: "--estimator"
    case .kernel: "--kernel"
    case .weighting: "--weighting"
    case .precision: "--precision"
    }
  }

  /// Where Tab completes a path.
  var takesPaths: Bool { self == .features || self == .output }
}

// MARK: What it says

extension ComputeForm {
  /// What a field says.
  func value(_ field: Field) -> String {
    if let choices = field.choices { return choices[self.choices[field] ?? 0] }
    return texts[field]?.text ?? ""
  }

  /// The same as a command line, `compute` first.
  public var arguments: [String] {
    var arguments = ["compute"]
    let features = Words.split(value(.features))
    arguments += features
    for field in Field.allCases {
      guard let option = field.option else { continue }
      let text = value(field).trimmed
      let isDefault = field.choices.map { $0[0] == text } ?? (field == .kernel && text == "linear")
      guard !text.isEmpty, !isDefault else { continue }
      // One word, so that a text that begins with a dash is not taken for an option.
      arguments +=
        option == "-o" ? [option, Words.split(text).first ?? text] : ["\(option)=\(text)"]
    }
    return arguments
  }

  /// The first thing that is missing.
  var gap: (field: Field, text: String)? {
    if Words.split(value(.features)).isEmpty { return (.features, "name saved activations first") }
    if value(.output).trimmed.isEmpty { return (.output, "name the file for the result") }
    return nil
  }
}

/// Paths typed on one line: blanks part them, a backslash keeps the next character as it is.
enum Words {
  static func split(_ text: String) -> [String] {
    var words: [String] = []
    var word: String?
    var isEscaped = false
    for character in text {
      if isEscaped || (character != "\\" && character != " ") {
        word = (word ?? "") + String(character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else if let whole = word {
        words.append(whole)
        word = nil
      }
    }
    return words + (word.map { [$0] } ?? [])
  }

  /// The word at the end of `text`, and what stands before it; the word is empty after a blank.
  static func last(_ text: String) -> (before: String, word: String) {
    var start = text.startIndex
    var isEscaped = false
    for index in text.indices {
      if text[index] == " ", !isEscaped { start = text.index(after: index) }
      isEscaped = text[index] == "\\" && !isEscaped
    }
    return (String(text[..<start]), split(String(text[start...])).first ?? "")
  }

  /// `path` as it has to be typed.
  static func escaped(_ path: String) -> String {
    path.replacing("\\", with: "\\\\").replacing(" ", with: "\\ ")
  }
}

extension String {
  /// Without blanks at either end.
  fileprivate var trimmed: String {
    let tail = drop { $0 == " " }
    guard let end = tail.lastIndex(where: { $0 != " " }) else { return "" }
    return String(tail[...end])
  }
}
