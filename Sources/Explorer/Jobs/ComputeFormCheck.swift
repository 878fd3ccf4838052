// The form's questions and their answers: is this a comparison, and what would it take?
extension State {
  /// The first Enter has the comparison checked, the second one starts it.
  mutating func startComparison() -> [Effect] {
    if let gap = form.gap {
      form.field = gap.field
      message = .error(gap.text)
      return []
    }
    let arguments = form.arguments
    if form.ready == arguments {
      form.ready = nil
      return [.jobs(.submit(arguments))]
    }
    (form.checking, form.secondsChecking) = (arguments, 0)
    (form.ready, form.report, form.isRefused, form.reportTop) = (nil, [], false, 0)
    return [.jobs(.check(arguments))]
  }

  /// The check goes on.
  mutating func tickCheck(of arguments: [String], seconds: Int) {
    guard form.checking == arguments else { return }
    form.secondsChecking = seconds
  }

  mutating func acceptCheck(of arguments: [String], lines: [String], isReady: Bool) {
    // Something else may have been typed meanwhile.
    guard form.checking == arguments else { return }
    form.checking = nil
    (form.report, form.isRefused) = (lines, !isReady)
    form.ready = isReady ? arguments : nil
  }

  /// Fills the form in from a command line, and opens it.
  mutating func fillForm(_ arguments: [String]) -> [Effect] {
    guard let filled = ComputeForm(arguments: arguments) else {
      message = .error("the form cannot say what a backend of your own computes; t starts it again")
      return []
    }
    let effects: [Effect] = form.checking == nil ? [] : [.jobs(.cancelCheck)]
    form = filled
    openForm()
    return effects
  }
}

// Study files: the form, saved.
extension State {
  /// Asks for the name of a study file.
  mutating func askForStudy(_ purpose: Prompt.Purpose) -> [Effect] {
    if purpose == .saveStudy, let gap = form.gap {
      form.field = gap.field
      message = .error(gap.text)
      return []
    }
    (form.menu, form.looking) = (nil, nil)
    var prompt = Prompt(purpose: purpose, line: LineEditor(purpose == .saveStudy ? studyName : ""))
    prompt.hint = "Tab completes"
    overlay = .prompt(prompt)
    return []
  }

  /// The result's name, with another ending.
  private var studyName: String {
    var stem = form.value(.output).trimmed
    for ending in [".safetensors", ".cka"] where stem.hasSuffix(ending) {
      stem.removeLast(ending.count)
    }
    return stem + ".yaml"
  }

  /// The prompt for a study file was answered.
  mutating func acceptStudy(_ prompt: Prompt) -> [Effect] {
    overlay = .form
    let path = prompt.line.text.trimmed
    guard !path.isEmpty else { return [] }
    guard prompt.purpose == .saveStudy else { return [.jobs(.openStudy(path))] }
    // The name that was refused because there is such a file, and confirmed.
    let isReplacing = prompt.isRefused && prompt.original == path
    return [.jobs(.saveStudy(path, form.arguments, replacing: isReplacing))]
  }

  /// There is such a file: the same answer once more replaces it.
  mutating func confirmReplacing(_ path: String) {
    var prompt = Prompt(purpose: .saveStudy, line: LineEditor(path))
    (prompt.original, prompt.isRefused) = (path, true)
    prompt.hint = "there is such a file: Enter replaces it, Esc keeps it"
    overlay = .prompt(prompt)
  }

  /// Completes the name in the prompt as far as it is the same for all.
  mutating func complete(_ prompt: Prompt, _ found: [Completion]) {
    var prompt = prompt
    let common = found.commonPrefix
    if common.count > prompt.line.text.count { prompt.line = LineEditor(common) }
    prompt.isRefused = found.isEmpty
    // No line has room for more.
    let names = found.prefix(200).map(\.text)
    prompt.hint =
      found.isEmpty ? "no such file" : found.count > 1 ? names.joined(separator: "  ") : ""
    overlay = .prompt(prompt)
  }
}
