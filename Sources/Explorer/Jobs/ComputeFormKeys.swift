import Cells

// Keys in the form that starts a comparison.
extension WindowCommand {
  static let form: [WindowCommand] = [
    WindowCommand(
      [.enter],
      "look at what would be computed, then start it; in a list, take the choice",
      hint: { $0.form.enterHint },
      when: { $0.form.checking == nil }
    ) { $0.enterForm() },
    WindowCommand(
      [.tab], "complete; in a list, choose, then take the choice; else the next field",
      hint: {
        $0.form.menu != nil || $0.form.field.traits.completion == nil ? nil : "completes"
      }
    ) { $0.completeField(by: 1) },
    WindowCommand([.backTab], "back through the list, or to the field before") {
      $0.completeField(by: -1)
    },
    WindowCommand(
      [.down], "the field below; in a list, choose the next",
      hint: { $0.form.menu == nil ? nil : "chooses" }
    ) { $0.moveInForm(by: 1) },
    WindowCommand([.up], "the field above; in a list, choose the one before") {
      $0.moveInForm(by: -1)
    },
    WindowCommand(
      [.right, .character(" ")], "the next choice; open or close the fold",
      when: { $0.form.field.traits.choices != nil || $0.form.field == .advanced }
    ) { $0.chooseInForm(by: 1) },
    WindowCommand(
      [.left], "the choice before",
      when: { $0.form.field.traits.choices != nil || $0.form.field == .advanced }
    ) { $0.chooseInForm(by: -1) },
    WindowCommand([.pageUp], "scroll up in what the check found, or in a list") {
      $0.scrollInForm(by: -1)
    },
    WindowCommand([.pageDown], "scroll down") { $0.scrollInForm(by: 1) },
    WindowCommand(
      [.control("s")], "save the form as a recipe, for `cka compute RECIPE.yaml`",
      hint: { $0.form.menu == nil ? "saves" : nil }
    ) { $0.askForRecipe(.saveRecipe) },
    WindowCommand(
      [.control("o")], "fill the form in from a recipe",
      hint: { $0.form.menu == nil ? "opens" : nil }
    ) { $0.askForRecipe(.openRecipe) },
    WindowCommand(
      [.escape, .control("c"), .control("g")], "stop a check, close the list, or leave",
      hint: {
        if $0.form.checking != nil { return "stops the check" }
        if $0.form.looking != nil { return "stops looking" }
        return $0.form.menu == nil ? "leaves" : "closes it"
      }
    ) { $0.leaveForm() },
  ]
}

extension State {
  /// Opens the form as it was left.
  mutating func openForm() {
    message = nil
    overlay = .form
  }

  mutating func formKey(_ key: Key) -> [Effect] {
    message = nil
    if let command = WindowCommand.Window.form.command(for: key, in: self) {
      return command.perform(&self)
    }
    guard form.field.traits.choices == nil, form.field != .advanced else { return [] }
    let before = form.texts[form.field]?.text
    guard form.texts[form.field, default: LineEditor()].apply(key) else { return [] }
    form.menu = nil
    if form.texts[form.field]?.text != before {
      form.looking = nil
      return forgetCheck()
    }
    return []
  }

  fileprivate mutating func enterForm() -> [Effect] {
    if form.menu?.chosen != nil { return takeChoice() }
    form.looking = nil
    guard form.menu == nil else {
      // What was typed is meant as it is.
      form.menu = nil
      form.move(by: 1)
      return []
    }
    return startComparison()
  }

  fileprivate mutating func leaveForm() -> [Effect] {
    if form.checking != nil {
      form.report = ["the check was stopped"]
      form.checking = nil
      return [.jobs(.cancelCheck)]
    }
    if form.looking != nil {
      form.looking = nil
      return [.jobs(.cancelCompletion)]
    }
    guard let menu = form.menu else {
      overlay = nil
      return []
    }
    form.menu = nil
    if menu.chosen != nil { put(menu.typed, after: menu.before, isDone: false) }
    return []
  }

  fileprivate mutating func moveInForm(by step: Int) -> [Effect] {
    if form.menu != nil { return choose(by: step) }
    form.move(by: step)
    return []
  }

  fileprivate mutating func scrollInForm(by step: Int) -> [Effect] {
    if form.menu != nil { return choose(by: 10 * step) }
    let last = form.reportLines(width: formWidth).count - 1
    form.reportTop = max(0, min(last, form.reportTop + 5 * step))
    return []
  }

  fileprivate mutating func chooseInForm(by step: Int) -> [Effect] {
    guard let choices = form.choices(of: form.field) else {
      form.isUnfolded.toggle()
      return []
    }
    form.choices[form.field] =
      ((form.choices[form.field] ?? 0) + step + choices.count) % choices.count
    return forgetCheck()
  }

  /// What was found out is no longer about what stands in the form.
  mutating func forgetCheck() -> [Effect] {
    if let ready = form.ready, (try? form.recipe()) == ready { return [] }
    let wasChecking = form.checking != nil
    (form.ready, form.checking, form.report, form.reportTop) = (nil, nil, [], 0)
    return wasChecking ? [.jobs(.cancelCheck)] : []
  }
}

extension ComputeForm {
  /// What Enter does now.
  fileprivate var enterHint: String {
    if let menu { return menu.chosen == nil ? "goes on" : "takes it" }
    return ready == nil ? "checks" : "starts"
  }

  mutating func move(by step: Int) {
    looking = nil
    let all = fields
    let index = all.firstIndex(of: field) ?? 0
    field = all[(index + step + all.count) % all.count]
  }
}
