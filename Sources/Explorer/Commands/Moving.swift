import Cells

extension Command {
  static let moving: [Command] = [
    Command("up", [.character("k"), .up], .moving, "one up: result, layer, minibatch or series") {
      $0.move(right: 0, up: 1)
    },
    Command("down", [.character("j"), .down], .moving, "one down") { $0.move(right: 0, up: -1) },
    Command("left", [.character("h"), .left], .moving, "one to the left", in: crosshairPanes) {
      $0.move(right: -1, up: 0)
    },
    Command("right", [.character("l"), .right], .moving, "one to the right", in: crosshairPanes) {
      $0.move(right: 1, up: 0)
    },
    Command("page-up", [.pageUp, .control("b")], .moving, "ten up, or a page of the list") {
      $0.move(right: 0, up: $0.pageStep)
    },
    Command("page-down", [.pageDown, .control("f")], .moving, "ten down, or a page of the list") {
      $0.move(right: 0, up: -$0.pageStep)
    },
    Command("top", [.character("g"), .home], .moving, "to the top") {
      $0.moveToEdge(right: 0, up: 1)
    },
    Command("bottom", [.character("G"), .end], .moving, "to the bottom") {
      $0.moveToEdge(right: 0, up: -1)
    },
    Command("first-column", [.character("0")], .moving, "to the first column", in: crosshairPanes) {
      $0.moveToEdge(right: -1, up: 0)
    },
    Command("last-column", [.character("$")], .moving, "to the last column", in: crosshairPanes) {
      $0.moveToEdge(right: 1, up: 0)
    },
    Command(
      "fine-up", [.shiftUp], .moving, "one value up, where a pixel covers several", in: [.layers]
    ) { $0.moveFine(right: 0, up: 1) },
    Command("fine-down", [.shiftDown], .moving, "one value down", in: [.layers]) {
      $0.moveFine(right: 0, up: -1)
    },
    Command("fine-left", [.shiftLeft], .moving, "one value to the left", in: [.layers]) {
      $0.moveFine(right: -1, up: 0)
    },
    Command("fine-right", [.shiftRight], .moving, "one value to the right", in: [.layers]) {
      $0.moveFine(right: 1, up: 0)
    },
  ]
}

extension State {
  /// How far PgUp and PgDn go.
  fileprivate var pageStep: Int {
    focus == .results ? max(1, (Layout(self).results?.height ?? 12) - 3) : 10
  }

  /// Moves the cursor of whatever pane holds the focus.
  mutating func move(right: Int, up: Int) -> [Effect] {
    switch focus {
    case .results: return moveListCursor(by: -up)
    case .layers, .profile: moveCrosshair(right: right, up: up)
    case .minibatches: moveRank(right: right, up: up)
    case .curves: moveCurveCursor(right: right, up: up)
    }
    return []
  }

  fileprivate mutating func moveFine(right: Int, up: Int) -> [Effect] {
    moveCrosshair(right: right, up: up, fine: true)
    return []
  }

  fileprivate mutating func moveToEdge(right: Int, up: Int) -> [Effect] {
    // Further than any matrix reaches, and small enough not to overflow when multiplied by a block.
    let far = 1_000_000_000
    return move(right: right * far, up: up * far)
  }

  /// Moves the rank by cells of the square: right is the next rank, up is a row later.
  private mutating func moveRank(right: Int, up: Int) {
    guard let layout = square?.layout, layout.count > 0 else { return }
    if right != 0 { rank = max(0, min(layout.count - 1, rank + right)) }
    if up != 0 {
      let (row, column) = (rank / layout.side, rank % layout.side)
      let last = (layout.count - 1 - column) / layout.side
      rank = max(0, min(last, row + up)) * layout.side + column
    }
  }
}
