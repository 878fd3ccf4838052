import Cells
import Similarity

/// The table of layers to freeze, in front of the panes; its threshold is the state's, so that it
/// stays.
public struct FreezeView: Sendable, Equatable {
  /// The first line in sight.
  var top = 0
}

extension WindowCommand {
  static let freeze: [WindowCommand] = [
    WindowCommand(
      [.character("+"), .character("=")], "a higher threshold, by 0.01", hint: { _ in "higher" }
    ) { $0.setFreezeThreshold($0.freezeThreshold + 0.01) },
    WindowCommand([.character("-")], "a lower threshold, by 0.01", hint: { _ in "lower" }) {
      $0.setFreezeThreshold($0.freezeThreshold - 0.01)
    },
    WindowCommand(
      [.character("0")], "the threshold of `cka freeze`",
      hint: { $0.freezeThreshold == FreezeTable.defaultThreshold ? nil : "resets" }
    ) { $0.setFreezeThreshold(FreezeTable.defaultThreshold) },
    WindowCommand([.up, .character("k")], "scroll up") { $0.scrollFreeze(by: -1) },
    WindowCommand([.down, .character("j")], "scroll down") { $0.scrollFreeze(by: 1) },
    WindowCommand([.pageUp], "a page up") { $0.scrollFreeze(by: -$0.freezeRows) },
    WindowCommand([.pageDown], "a page down") { $0.scrollFreeze(by: $0.freezeRows) },
    WindowCommand([.home, .character("g")], "to the top") { $0.scrollFreeze(by: -100_000) },
    WindowCommand([.end, .character("G")], "to the bottom") { $0.scrollFreeze(by: 100_000) },
    WindowCommand(
      [.escape, .enter, .character("q"), .character("F"), .control("c"), .control("g")], "leave",
      hint: { _ in "leaves" }
    ) {
      $0.overlay = nil
      return []
    },
  ]
}

extension State {
  mutating func freezeKey(_ key: Key) -> [Effect] {
    message = nil
    guard let command = WindowCommand.Window.freeze.command(for: key, in: self) else {
      message = .error("\(key.name) does nothing here")
      return []
    }
    return command.perform(&self)
  }

  /// The table of the result on the screen; nil when there is none, or no layer has a partner.
  var freezeTable: FreezeTable? {
    guard let result = open(.layers) else { return nil }
    let table = FreezeTable(
      result.comparison, threshold: freezeThreshold, order: settings.labelOrder,
      halfWidths: result.halfWidths, figures: preferences.layerFigures)
    return table.layers.isEmpty ? nil : table
  }

  /// The table's lines, and those that say what they mean.
  fileprivate var freezeLines: (layers: [String], meaning: [(text: String, isStrong: Bool)]) {
    guard let table = freezeTable else {
      return ([], [("no layer of the rows has a partner of the same name on the columns", false)])
    }
    let width = freezeWidth - 4
    let meaning = table.meaning.enumerated().flatMap { index, text in
      Self.wrap(text, width: width + 2).map { (text: String($0.dropFirst(2)), isStrong: index < 3) }
    }
    // What they mean is told in full where two layers at least stay in sight, the notes in half of
    // the room.
    let most = min(freezeRoom - 2, max(meaning.count(where: \.isStrong), freezeRoom / 2))
    return (
      table.layerLines(width: width + 2).map { String($0.dropFirst(2)) },
      Array(meaning.prefix(max(2, most)))
    )
  }

  /// The widest that the window may be.
  fileprivate var freezeWidth: Int { min(100, terminal.size.width) }

  /// Lines for the layers and what they mean: two frames, a heading and a line take the rest of the
  /// panes.
  private var freezeRoom: Int { terminal.size.height - 2 - 4 }

  /// Layers that are in sight.
  fileprivate var freezeRows: Int { max(1, freezeRoom - freezeLines.meaning.count) }

  /// Whole hundredths, so that steps up and down end where they began.
  fileprivate mutating func setFreezeThreshold(_ value: Double) -> [Effect] {
    freezeThreshold = max(0, min(1, (value * 100).rounded() / 100))
    return []
  }

  fileprivate mutating func scrollFreeze(by step: Int) -> [Effect] {
    guard case .freeze(var view) = overlay else { return [] }
    view.top = max(0, min(freezeLines.layers.count - freezeRows, view.top + step))
    overlay = .freeze(view)
    return []
  }
}

/// The table: the layers, which scroll, and below them what they mean, which stays in sight.
func drawFreeze(
  _ view: FreezeView, _ state: State, _ theme: Theme, _ buffer: inout CellBuffer
) {
  let (layers, meaning) = state.freezeLines
  let longest = (layers + meaning.map(\.text)).map(TextWidth.width(of:)).max() ?? 0
  let width = min(max(60, longest + 4), state.freezeWidth)
  let rect = centred(state, width: width, height: layers.count + meaning.count + 4)
  let rows = state.freezeRows
  // The window may have grown since the last key.
  let top = max(0, min(layers.count - rows, view.top))
  let remarks = [
    (width < 50 ? "> " : "threshold ") + state.freezeThreshold.fixed(2),
    layers.count > rows ? "\(top + 1)–\(top + rows) of \(layers.count)" : "",
  ]
  let inner = openWindow(
    "candidates for freezing", remark: remarks.filter { !$0.isEmpty }.joined(separator: "  "),
    in: rect,
    theme, &buffer)
  func write(_ text: String, _ row: Int, _ style: Style) {
    buffer.write(
      theme.keepingStart(text, width: inner.width), x: inner.x, y: inner.y + row, style: style)
  }
  if let comparison = state.open(.layers)?.comparison {
    let heading = "\(comparison.rows.title) × \(comparison.columns.title)"
    write(theme.keepingEnd(heading, width: inner.width), 0, theme.accent)
  }
  for (row, text) in layers.dropFirst(top).prefix(rows).enumerated() {
    write(text, row + 1, text.hasPrefix("*") ? theme.good : theme.text)
  }
  let end = min(rows, layers.count) + 1
  for x in inner.x..<inner.right {
    buffer[x, inner.y + end] = Cell(theme.horizontal, theme.frame)
  }
  for (row, (text, isStrong)) in meaning.enumerated() where end + 1 + row < inner.height {
    write(text, end + 1 + row, isStrong ? theme.strong : theme.faint)
  }
}
