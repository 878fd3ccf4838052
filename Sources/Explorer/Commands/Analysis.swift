import Cells
import Similarity

extension Command {
  static let analysis: [Command] = [
    Command(
      "difference", [.character("d")], .analysis,
      "subtract another result, layer by layer; again, or Esc, to leave", hint: "diff",
      needs: "layers to subtract", when: { $0.open(.layers) != nil }
    ) { $0.askForDifference() },
    Command(
      "dim-chance", [.character("D")], .analysis,
      "in a difference, dim the cells that may differ by the chance of the samples", hint: "dim",
      needs: "difference to dim", when: { $0.difference != nil }
    ) { $0.toggleDimming() },
    Command(
      "dim-null", [.character("X")], .analysis,
      "dim the cells that are not above the permutation null", hint: "chance",
      needs: "permutation null (compute with --null)", when: { $0.hasNull }
    ) { $0.toggleChance() },
    Command(
      "profile", [.character("P")], .analysis,
      "row, column and diagonal through the crosshair; a histogram; off", hint: "profile",
      needs: "rows and columns", when: { $0.layerResult != nil }
    ) { $0.turnProfile() },
    Command(
      "best-match", [.character("B")], .analysis, "the best column of each row marked, or not",
      needs: "best matches to mark", when: { $0.open(.layers) != nil && $0.difference == nil }
    ) {
      $0.showsMatches.toggle()
      return $0.note($0.showsMatches ? $0.matchNote : "no marks")
    },
    Command(
      "freeze", [.character("F")], .analysis,
      "layers alike on both data sets: candidates for freezing",
      needs: "layers to freeze", when: { $0.open(.layers) != nil }
    ) {
      if let result = $0.open(.layers)?.comparison,
        FreezeTable.isOfTwoModels(result, order: $0.settings.labelOrder)
      {
        return $0.note("two models, not one on two data sets: nothing to freeze (B: best matches)")
      }
      $0.overlay = .freeze(FreezeView())
      return []
    },
  ]
}

extension State {
  /// Profile, histogram, nothing.
  fileprivate mutating func turnProfile() -> [Effect] {
    profile =
      switch profile {
      case nil: .lines
      case .lines: .histogram
      case .histogram: nil
      }
    guard profile != nil else {
      if focus == .profile { focus = .layers }
      if maximised == .profile { maximised = nil }
      return note("no profile")
    }
    // Where there is no room beside the heatmap, it takes the heatmap's place.
    if Layout(self).profile == nil { focusPane(.profile) }
    return []
  }
}
