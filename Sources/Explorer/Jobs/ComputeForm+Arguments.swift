extension ComputeForm {
  /// The form that stands for a command line, `compute` first; what it has no field for is kept as
  /// it is.
  /// - Returns: nil for a command that the form cannot say: one with a backend of the user's own.
  public init?(arguments: [String]) {
    guard arguments.first == "compute" else { return nil }
    var words = arguments.dropFirst()
    let isOfModels = words.first == "torch"
    if isOfModels { words = words.dropFirst() }
    self.init()
    texts[.batchSize] = LineEditor()
    choices[.origin] = isOfModels ? 1 : 0
    field = isOfModels ? .model(0) : .features
    var plain: [String] = []
    while let word = words.popFirst() {
      if word == "--" {
        plain += words
        break
      }
      guard word.hasPrefix("-"), word.count > 1 else {
        plain.append(word)
        continue
      }
      guard take(option: word, from: &words) else { return nil }
    }
    givenPython = value(.python).trimmed
    if isOfModels {
      for (number, text) in plain.enumerated() { texts[.model(number)] = LineEditor(text) }
    } else {
      texts[.features] = LineEditor(plain.map(Words.escaped).joined(separator: " "))
    }
  }

  /// One option with its value, which may be the next word.
  private mutating func take(option word: String, from words: inout ArraySlice<String>) -> Bool {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = parts[0] == "--output" ? "-o" : String(parts[0])
    // How it is run is for the form to say.
    if ["--background", "--quiet", "-q"].contains(name) { return true }
    if name == "--backend" { return false }
    guard let field = (mainFields + advancedFields).first(where: { $0.traits.option == name })
    else {
      extras.append(word)
      if parts.count == 1, let value = words.first, !value.hasPrefix("-") {
        extras.append(value)
        words.removeFirst()
      }
      return true
    }
    let traits = field.traits
    if traits.isFlag {
      choices[field] = 1
      return true
    }
    guard let value = parts.count > 1 ? String(parts[1]) : words.popFirst() else { return true }
    if let choices = traits.choices {
      if let index = choices.firstIndex(of: value) {
        self.choices[field] = index
      } else {
        extras.append("\(name)=\(value)")
      }
    } else {
      texts[field] = LineEditor(value)
    }
    return true
  }
}
