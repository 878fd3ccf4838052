import Cells

extension Command {
  static let general: [Command] = [
    Command("help", [.character("?"), .function(1)], .general, "this help", hint: "help") {
      $0.overlay = .help(Reader(title: "Help", lines: Command.helpLines))
      return []
    },
    Command("info", [.character("i")], .general, "file, values and warnings of the result shown") {
      $0.overlay = .text(Reader(title: "About this result", lines: $0.infoLines))
      return []
    },
    Command("problems", [.character("w")], .general, "files that could not be read, and why") {
      $0.overlay = .text(Reader(title: "Files that could not be read", lines: $0.problemLines))
      return []
    },
    Command("copy", [.character("y")], .general, "copy names and value under the crosshair") {
      $0.copyValue()
    },
    Command("reread", [.character("R")], .general, "read the file and the folder again") {
      $0.reread()
    },
    Command("mouse", [.character("M")], .general, "mouse on or off") {
      $0.terminal.mouse.toggle()
      $0.message = .note("mouse \($0.terminal.mouse ? "on" : "off")")
      return [.setMouse($0.terminal.mouse)]
    },
    Command("redraw", [.control("l")], .general, "paint the screen anew") { _ in [.repaint] },
    Command("back", [.escape], .general, "all panes again; in the list, clears the search") {
      $0.goBack()
    },
    Command("suspend", [.control("z")], .general, "stop; `fg` continues") { _ in [.suspend] },
    Command("quit", [.character("q"), .control("c")], .general, "leave", hint: "quit") { _ in
      [.quit]
    },
  ]

  /// The help: one line for each command, chapter by chapter, then the windows with keys of their
  /// own.
  public static let helpLines: [String] =
    Group.allCases.flatMap { group -> [String] in
      let lines = all.filter { $0.group == group }.map { command in
        "  \(command.keyNames.padded(to: 18))\(command.help)\(command.scope)"
      }
      return [group.rawValue] + lines + [""]
    } + WindowCommand.Window.allCases.flatMap(\.helpLines)

  /// Where the keys work, when not everywhere.
  private var scope: String {
    if panes.count == Pane.allCases.count { return "" }
    if panes == Self.crosshairPanes { return "  (not in the list)" }
    let names = Pane.allCases.filter(panes.contains).map(\.rawValue)
    return "  (\(names.joined(separator: ", ")))"
  }
}

extension String {
  /// The text with blanks behind it, `width` characters in all.
  func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(1, width - count))
  }
}

extension State {
  fileprivate mutating func copyValue() -> [Effect] {
    guard let text = readout.map(\.clipboard) else { return note("nothing to copy") }
    message = .note("copied: \(text)")
    return [.copy(text)]
  }

  fileprivate mutating func reread() -> [Effect] {
    // Any of these files may have changed as well.
    recent = []
    guard let id = wanted else {
      message = Self.lookingAgain
      return [.rescan]
    }
    message = Self.readingAgain
    pendingCompanion = catalog.companion(of: id)
    var effects: [Effect] = [.load(id, companion: pendingCompanion, reread: true)]
    if let subtracted = difference?.b.comparison.id {
      differenceSettings.wanted = subtracted
      effects.append(.load(subtracted, companion: nil, reread: true))
    }
    return effects + [.rescan]
  }

  fileprivate mutating func goBack() -> [Effect] {
    message = nil
    if difference != nil { return leaveDifference() }
    if maximised != nil {
      maximised = nil
    } else if !listSearch.isEmpty, focus == .results || listLines.isEmpty {
      listSearch = ""
      return moveListCursor(to: wanted)
    }
    return []
  }
}
