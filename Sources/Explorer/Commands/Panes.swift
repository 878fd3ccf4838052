import Cells
import Core

extension Command {
  static let paneCommands: [Command] = [
    Command("open", [.enter, .character("l"), .right], .panes, "go to the picture", in: [.results])
    {
      guard $0.shown != nil else { return [] }
      $0.focusPane($0.primaryPane)
      return []
    },
    Command("next-pane", [.tab], .panes, "next pane", hint: "pane") { $0.cyclePane(by: 1) },
    Command("previous-pane", [.backTab], .panes, "previous pane") { $0.cyclePane(by: -1) },
    Command("pane-results", [.character("1")], .panes, "to the results list") {
      $0.focusPane(.results)
      return []
    },
    Command(
      "pane-layers", [.character("2")], .panes, "to the layer heatmap",
      needs: "layers to go to", when: { $0.layerResult != nil }
    ) {
      $0.focusPane(.layers)
      return []
    },
    Command(
      "pane-minibatches", [.character("3")], .panes, "to the minibatch square",
      needs: "minibatches to go to", when: { $0.openPanes.contains(.minibatches) }
    ) {
      $0.focusPane(.minibatches)
      return []
    },
    Command(
      "pane-profile", [.character("4")], .panes, "to the profile",
      needs: "profile to go to", when: { $0.openPanes.contains(.profile) }
    ) {
      $0.focusPane(.profile)
      return []
    },
    Command(
      "pane-curves", [.character("5")], .panes, "to the curves",
      needs: "curves to go to", when: { $0.openPanes.contains(.curves) }
    ) {
      $0.focusPane(.curves)
      return []
    },
    Command(
      "maximise", [.enter], .panes, "the pane alone, or all again", hint: "full",
      in: crosshairPanes,
      when: { $0.shown != nil }
    ) {
      $0.focusPane($0.focus == .results ? $0.primaryPane : $0.focus)
      $0.maximised = $0.maximised == nil ? $0.focus : nil
      return []
    },
    Command(
      "mark", [.character(" ")], .panes, "mark the pane for export, or unmark it", hint: "mark",
      in: heatPanes, needs: "panes to mark", when: { $0.primary != nil }
    ) {
      $0.toggleMark()
    },
    Command(
      "export", [.character("e")], .panes, "export the marked panes, or the focused one",
      hint: "export", when: { $0.shown != nil }
    ) { $0.export() },
  ]
}

extension State {
  /// The panes Tab goes round.
  private var focusable: [Pane] { [.results] + openPanes }

  fileprivate mutating func cyclePane(by step: Int) -> [Effect] {
    let panes = focusable
    let index = panes.firstIndex(of: focus) ?? 0
    focusPane(panes[(index + step + panes.count) % panes.count])
    return []
  }

  /// Gives a pane the focus; what was maximised makes room for it.
  mutating func focusPane(_ pane: Pane) {
    guard focusable.contains(pane) else { return }
    if maximised != nil { maximised = pane == .results ? nil : pane }
    focus = pane
  }

  fileprivate mutating func toggleMark() -> [Effect] {
    if marked.remove(heatPane) == nil { marked.insert(heatPane) }
    let names = marked.map(\.rawValue).sorted().joined(separator: ", ")
    return note(names.isEmpty ? "no pane is marked" : "marked for export: \(names)")
  }

  fileprivate mutating func export() -> [Effect] {
    let chosen = marked.isEmpty ? [heatPane] : marked
    let requests = openPanes.filter(chosen.contains).compactMap(request)
    guard !requests.isEmpty else { return note("the marked pane shows nothing now") }
    message = .note("writing…")
    return [.export(requests)]
  }

  private func request(_ pane: Pane) -> ExportRequest? {
    if pane == .curves, let id = shown?.id {
      return ExportRequest(view: .curves, id: id, settings: settings)
    }
    guard let result = pane == .layers ? open(.layers) : minibatchResult else { return nil }
    let view: ExportRequest.View =
      pane == .layers ? .layers : (settings.sorted ? .sorted : .minibatches)
    var request = ExportRequest(view: view, id: result.comparison.id, settings: settings)
    request.subtracted = pane == .layers ? difference?.b.comparison.id : nil
    request.cell = pane == .layers ? nil : exportedCell
    return request
  }

  /// The layer pair whose scores are on the screen.
  private var exportedCell: ExportRequest.LayerPair? {
    guard let cellScores, let result = cellScores.result else { return nil }
    return ExportRequest.LayerPair(
      row: cellScores.key.row, column: cellScores.key.column,
      rowName: result.comparison.rows.model, columnName: result.comparison.columns.model)
  }
}
