import Cells

/// A key and a word for what it does, for the last line.
struct Hint: Sendable, Equatable {
  let key: String
  let word: String

  /// Cells that it takes: a blank between, two behind.
  fileprivate var width: Int { TextWidth.width(of: key) + TextWidth.width(of: word) + 3 }
}

extension State {
  /// The keys that matter to what holds the focus, as many as fit into `width` cells.
  func hints(width: Int) -> [Hint] {
    guard let overlay else { return fitting(paneHints, width: width, keepsLast: false) }
    return fitting(hints(of: overlay), width: width, keepsLast: true)
  }

  private var paneHints: [Hint] {
    let order = ["help", "quit", "next-result", "pairs", "next-pane", "find"]
    let commands = Command.all.filter {
      $0.hint != nil && $0.panes.contains(focus) && $0.isEnabled(self)
    }
    let sorted =
      order.compactMap { name in commands.first { $0.name == name } }
      + commands.filter { !order.contains($0.name) }
    return sorted.compactMap { command in
      guard let word = command.hint, let key = command.keys.first else { return nil }
      return Hint(key: command.name == "next-result" ? "[ ]" : key.name, word: word)
    }
  }

  /// The keys of a window; how to leave comes last.
  private func hints(of overlay: Overlay) -> [Hint] {
    switch overlay {
    case .prompt: []
    case .chooser:
      [
        Hint(key: "Enter", word: "chooses"), Hint(key: "Up Down", word: "move"),
        Hint(key: "Esc", word: "leaves"),
      ]
    case .pairs:
      [
        Hint(key: "Enter", word: "shows the pair"), Hint(key: "h j k l", word: "move"),
        Hint(key: "Esc", word: "leaves"),
      ]
    case .jobs(let board):
      board.isAskingToRemove
        ? [Hint(key: "y", word: "removes"), Hint(key: "any other key", word: "keeps")]
        : WindowCommand.Window.jobs.hints(self)
    case .form: WindowCommand.Window.form.hints(self)
    case .freeze: WindowCommand.Window.freeze.hints(self)
    case .help, .text: [Hint(key: "Up Down", word: "scroll"), Hint(key: "Esc", word: "closes")]
    }
  }

  /// The first hints that fit, the last one among them if it must be told.
  private func fitting(_ hints: [Hint], width: Int, keepsLast: Bool) -> [Hint] {
    let last = keepsLast ? hints.last : nil
    var left = width + 2 - (last?.width ?? 0)
    let first = hints.dropLast(last == nil ? 0 : 1).prefix { hint in
      left -= hint.width
      return left >= 0
    }
    return first + (last.map { [$0] } ?? [])
  }
}
