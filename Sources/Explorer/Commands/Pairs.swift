import Cells
import Core
import Similarity

extension Command {
  static let pairs: [Command] = [
    Command(
      "next-result", [.character("]")], .pairs, "next result, in the order of the list",
      hint: "next", when: hasResults
    ) { $0.stepResult(by: 1) },
    Command(
      "previous-result", [.character("[")], .pairs, "previous result", when: hasResults
    ) { $0.stepResult(by: -1) },
    Command(
      "pairs", [.character("p")], .pairs, "all pairs of models as a grid to choose from",
      hint: "grid", needs: "pairs of models", when: { $0.catalog.grid.count > 0 }
    ) {
      $0.overlay = .pairs(PairPicker($0.catalog, at: $0.wanted))
      return []
    },
    Command("choose-a", [.character("a")], .pairs, "choose model A (rows) from a list") {
      $0.chooseModel(.rows)
    },
    Command("choose-b", [.character("b")], .pairs, "choose model B (columns) from a list") {
      $0.chooseModel(.columns)
    },
    Command(
      "swap", [.character("`")], .pairs, "swap model A and model B",
      needs: "pair of models to swap", when: { $0.primary != nil }
    ) {
      $0.swapPair()
    },
    Command(
      "blink", [.character("'")], .pairs, "back and forth between the last two results",
      hint: "blink", when: { $0.previous != nil }
    ) { state in state.previous.map { state.show($0) } ?? [] },
  ]
}

private let hasResults: @Sendable (State) -> Bool = { !$0.catalog.entries.isEmpty }

extension State {
  fileprivate mutating func stepResult(by step: Int) -> [Effect] {
    guard let next = neighbour(step: step) else { return note("no result matches \(listSearch)") }
    return next == wanted ? note("this is the only result") : show(next)
  }

  /// The pair with A and B exchanged; where no file has it, the same values are shown transposed.
  fileprivate mutating func swapPair() -> [Effect] {
    guard let here = wanted else { return [] }
    if let swapped = catalog.grid.swapped(here), swapped != here { return show(swapped) }
    guard layerResult != nil else { return note("no result has these two models swapped") }
    settings.transposed.toggle()
    swap(&viewport.firstRow, &viewport.firstColumn)
    return note("no file has this pair swapped: the same values, transposed")
  }

  fileprivate mutating func chooseModel(_ side: Chooser.Purpose) -> [Effect] {
    let models = catalog.grid.models
    guard !models.isEmpty else { return note("no results yet") }
    let entry = wanted.flatMap { catalog[$0] }
    let current = side == .rows ? entry?.pair?.rows : entry?.pair?.columns
    let items = models.enumerated().map { index, key in
      Chooser.Item(
        title: key.model.isEmpty ? "(no name)" : key.model,
        detail: key.dataset.withoutDatasetPrefix, value: String(index))
    }
    var chooser = Chooser(purpose: side, items: items)
    chooser.cursor = models.firstIndex { $0 == current } ?? 0
    overlay = .chooser(chooser)
    return []
  }

  /// Shows the result nearest to the one on the screen that has the chosen model on `side`.
  mutating func choose(model: ModelKey, on side: Chooser.Purpose) -> [Effect] {
    guard let here = wanted else { return [] }
    let found = catalog.grid.choose(
      rows: side == .rows ? model : nil, columns: side == .columns ? model : nil, near: here)
    guard let found else {
      return note("no result has \(model.model) as model \(side == .rows ? "A" : "B")")
    }
    return show(found)
  }

  /// The result that is shown, or will be as soon as it has been read.
  var wanted: ResultID? { pending ?? shown?.id }
}
