import Cells

// Keys in the form that starts a comparison, and the answers to what it asks.
extension State {
  /// Opens the form as it was left.
  mutating func openForm() {
    message = nil
    overlay = .form
  }

  mutating func formKey(_ key: Key) -> [Effect] {
    message = nil
    switch key {
    case .escape, .control("c"), .control("g"): overlay = nil
    case .enter: return startComparison()
    case .tab where form.field.takesPaths:
      return [.jobs(.complete(Words.last(form.value(form.field)).word))]
    case .up, .backTab: form.move(by: -1)
    case .down, .tab: form.move(by: 1)
    default: form.apply(key)
    }
    return []
  }

  /// The first Enter has the comparison checked, the second one starts it.
  private mutating func startComparison() -> [Effect] {
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
    form.checking = arguments
    form.report = ["looking\u{2026}"]
    return [.jobs(.check(arguments))]
  }

  mutating func acceptCheck(of arguments: [String], lines: [String], isReady: Bool) {
    // Something else may have been typed meanwhile.
    guard form.checking == arguments else { return }
    form.checking = nil
    form.report = lines + (isReady ? ["Enter starts it"] : [])
    form.ready = isReady ? arguments : nil
  }

  mutating func acceptCompletions(of text: String, _ paths: [String]) {
    guard overlay == .form, form.field.takesPaths, var line = form.texts[form.field] else {
      return
    }
    let (before, word) = Words.last(line.text)
    guard word == text else { return }
    guard let first = paths.first else { return message = .error("no such path") }
    let common = paths.dropFirst().reduce(first) { $0.commonPrefix(with: $1) }
    let isWhole = paths.count == 1 && !common.hasSuffix("/")
    if common.count >= word.count {
      line = LineEditor(before + Words.escaped(common) + (isWhole ? " " : ""))
      form.texts[form.field] = line
    }
    form.report = paths.count > 1 ? paths : []
  }
}

extension ComputeForm {
  mutating func move(by step: Int) {
    let all = Field.allCases
    field = all[(field.rawValue + step + all.count) % all.count]
  }

  /// A key for the field: a letter for its text, or another choice.
  mutating func apply(_ key: Key) {
    if let choices = field.choices {
      let step: Int
      switch key {
      case .right, .character(" "): step = 1
      case .left: step = -1
      default: return
      }
      self.choices[field] = ((self.choices[field] ?? 0) + step + choices.count) % choices.count
    } else {
      guard texts[field, default: LineEditor()].apply(key) else { return }
    }
    // What was found out is no longer about what stands here.
    if ready != arguments { (ready, checking, report) = (nil, nil, []) }
  }
}

extension String {
  /// What both begin with.
  fileprivate func commonPrefix(with other: String) -> String {
    String(zip(self, other).prefix { $0 == $1 }.map(\.0))
  }
}
