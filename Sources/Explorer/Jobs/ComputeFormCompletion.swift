// Completion of a field.
extension State {
  /// Tab and Shift-Tab. With a list open Tab takes what is chosen in it, and both choose where
  /// nothing is; without one Tab asks for it where there is something to complete. Else they go to
  /// another field.
  mutating func completeField(by step: Int) -> [Effect] {
    if form.menu != nil {
      return step > 0 && form.menu?.chosen != nil ? takeChoice() : choose(by: step)
    }
    guard step > 0, form.field.traits.completion != nil else {
      form.move(by: step)
      return []
    }
    return askForCompletions()
  }

  /// Another text of the open list stands in the field.
  mutating func choose(by step: Int) -> [Effect] {
    form.menu?.move(by: step)
    guard let menu = form.menu, let choice = menu.choice else { return [] }
    return put(choice.text, after: menu.before, isDone: false)
  }

  /// Closes the list, keeps what is chosen in it, and goes on: to what follows it where it is a
  /// beginning, to the next file where there may be several, else to the next field.
  mutating func takeChoice() -> [Effect] {
    guard let menu = form.menu, let choice = menu.choice else { return [] }
    form.menu = nil
    let effects = put(choice.text, after: menu.before, isDone: !choice.isOpen)
    if choice.isOpen { return effects + askForCompletions(isUnasked: true) }
    if form.field != .features { form.move(by: 1) }
    return effects
  }

  private mutating func askForCompletions(isUnasked: Bool = false) -> [Effect] {
    guard let kind = form.field.traits.completion else { return [] }
    var request = CompletionRequest(kind, form.word.word)
    request.python = form.value(.option(.python)).trimmed
    request.field = form.field
    request.shown = shownResults.compactMap(\.comparison?.comparison.id.path)
    request.isUnasked = isUnasked
    form.looking = request.library == nil ? nil : request
    return [.jobs(.complete(request))]
  }

  mutating func acceptCompletions(
    of request: CompletionRequest, _ found: [Completion], problem: String?
  ) {
    if form.looking == request { form.looking = nil }
    if case .prompt(let prompt) = overlay, request.kind == .recipe, prompt.line.text == request.text
    {
      return complete(prompt, found)
    }
    // The cursor may stand elsewhere by now.
    guard overlay == .form, form.field.traits.completion == request.kind,
      request.field.map({ $0 == form.field }) ?? true
    else { return }
    let (before, word) = form.word
    guard word == request.text else { return }
    guard !found.isEmpty else {
      if request.isUnasked, problem == nil { return }
      return message = .error(problem ?? "nothing begins with '\(word)'")
    }
    if let problem { message = .error(problem) }
    let common = found.commonPrefix
    if common.count >= word.count {
      _ = put(common, after: before, isDone: found.count == 1 && !found[0].isOpen)
    }
    guard found.count > 1 else { return }
    form.menu = CompletionMenu(
      candidates: Array(found.prefix(CompletionMenu.most)), before: before,
      typed: common.count >= word.count ? common : word)
  }

  /// Writes a completed word into the field.
  @discardableResult
  mutating func put(_ word: String, after before: String, isDone: Bool) -> [Effect] {
    let isList = form.field == .features
    let text = isList ? Words.escaped(word) : word
    form.texts[form.field] = LineEditor(before + text + (isDone && isList ? " " : ""))
    return forgetCheck()
  }
}

extension ComputeForm {
  /// The word that Tab completes, and what stands before it: a path among others, or the whole
  /// field.
  var word: (before: String, word: String) {
    let text = value(field)
    guard field == .features else { return ("", text) }
    return Words.last(text)
  }
}
