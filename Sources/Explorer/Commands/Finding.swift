import Cells
import Core

extension Command {
  static let finding: [Command] = [
    Command(
      "find", [.character("/")], .finding, "find a layer by name; in the list, a result",
      hint: "find", needs: "layers to find", when: { $0.focus == .results || hasNames($0) }
    ) {
      $0.focus == .results
        ? $0.ask(.searchResults, startingWith: $0.listSearch) : $0.ask(.findLayer, startingWith: "")
    },
    Command(
      "find-next", [.character("n")], .finding, "next layer that matches", needs: "layers to find",
      when: hasNames
    ) {
      $0.findNext(forwards: true)
    },
    Command(
      "find-previous", [.character("N")], .finding, "previous layer that matches",
      needs: "layers to find", when: hasNames
    ) {
      $0.findNext(forwards: false)
    },
    Command(
      "filter", [.character("f")], .finding,
      "show only some layers: text, glob, /regex/, !term hides", hint: "filter",
      needs: "layers to filter", when: hasNames
    ) { $0.ask(.filter, startingWith: $0.settings.filter) },
    Command("commands", [.character(":")], .finding, "any command by its name", hint: "commands") {
      $0.overlay = .chooser($0.commandPalette)
      return []
    },
  ]
}

/// Curves have no layers.
private let hasNames: @Sendable (State) -> Bool = { $0.openCurves == nil }

extension State {
  /// Opens a prompt.
  mutating func ask(_ purpose: Prompt.Purpose, startingWith text: String) -> [Effect] {
    overlay = .prompt(
      Prompt(
        purpose: purpose, line: LineEditor(text), original: text, crosshair: crosshair))
    return []
  }

  fileprivate var commandPalette: Chooser {
    Chooser(
      purpose: .command,
      items: Command.all.map {
        Chooser.Item(
          title: $0.help, detail: $0.keyNames, value: $0.name, isEnabled: $0.isEnabled(self))
      })
  }

  fileprivate mutating func findNext(forwards: Bool) -> [Effect] {
    guard !lastFind.isEmpty else { return note("nothing to find yet: / looks for a layer") }
    if !find(lastFind, forwards: forwards, includingHere: false) {
      message = .error("no layer matches \(lastFind)")
    }
    return []
  }

  /// Moves the crosshair to the next layer whose name holds `text`: along the displayed columns,
  /// then rows.
  ///
  /// Rows and columns are one ring: first the row names, then the column names.
  mutating func find(_ text: String, forwards: Bool, includingHere: Bool) -> Bool {
    guard let rows = displayedRows?.layers, let columns = displayedColumns?.layers,
      let filter = try? LayerFilter(text)
    else { return false }
    let ring =
      filter.indices(of: rows).map { (isRow: true, index: $0) }
      + filter.indices(of: columns).map { (isRow: false, index: $0) }
    guard !ring.isEmpty else { return false }
    let step = forwards ? 1 : ring.count - 1
    // In a result where nothing was found yet, the next match is the first and the previous the
    // last.
    let here = lastFound.map { min($0, ring.count - 1) } ?? (forwards ? ring.count - 1 : 0)
    let next = includingHere ? 0 : (here + step) % ring.count
    lastFound = next
    let hit = ring[next]
    setCrosshair(row: hit.isRow ? hit.index : nil, column: hit.isRow ? nil : hit.index)
    message = .note(
      "\(hit.isRow ? "row" : "column") \(hit.isRow ? rows[hit.index] : columns[hit.index])"
        + "   match \(next + 1) of \(ring.count)   n next, N previous")
    return true
  }
}
