/// A recipe as the words of a command line.
extension Recipe {
  /// The word that models follow.
  public static let torchWord = "torch"

  /// `compute` and what follows it, from the working folder.
  public var command: [String] {
    let here = moved(to: ".")
    var words = ["compute"]
    switch subject {
    case .models: words += [Self.torchWord] + here.models
    case .features: words += here.features
    case .backend, nil: break
    }
    for option in here.options {
      guard let text = here[option] else { continue }
      if option == .output {
        words += ["-o", text]
      } else {
        words += Self.words(option, text)
      }
    }
    return words
  }

  /// What says which matrices Python sends: the same words send the same ones.
  public var identity: [String] {
    let named = [RecipeOption.data, .data2, .tokens]
    let sent = RecipeOption.table.filter { $0.sending?.identifies == true || named.contains($0) }
    return models + sent.flatMap { option in self[option].map { Self.words(option, $0) } ?? [] }
  }

  private static func words(_ option: RecipeOption, _ text: String) -> [String] {
    if option.isFlag { return text == "true" ? ["--\(option.name)"] : [] }
    // One word, so that a text that begins with a dash is not taken for an option.
    return ["--\(option.name)=\(text)"]
  }
}
