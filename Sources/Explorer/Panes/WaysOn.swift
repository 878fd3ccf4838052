import Cells

extension State {
  /// The walk is over and has found no result.
  var hasNothing: Bool { scan.isFinished && catalog.entries.isEmpty && shown == nil }
}

/// What can be done where no result is: the keys that make some.
func drawWaysOn(_ theme: Theme, in rect: Rect, _ buffer: inout CellBuffer) {
  let ways: [(command: String, words: String)] = [
    ("compute", "start a comparison, open a recipe"),
    ("jobs", "jobs at work and done"), ("reread", "look again"), ("help", "all keys"),
    ("quit", "leave; `cka FOLDER` opens another"),
  ]
  let lines = ways.compactMap { way in
    Command.all.first { $0.name == way.command }?.keys.first.map { ($0.name, way.words) }
  }
  let width = min(rect.width - 2, 3 + (lines.map(\.1.count).max() ?? 0))
  let left = rect.x + (rect.width - width) / 2
  let top = rect.y + max(0, (rect.height - lines.count - 2) / 2)
  buffer.write("no results here", x: left, y: top, width: width, style: theme.strong)
  for (row, (key, words)) in lines.enumerated() where top + 2 + row < rect.bottom {
    buffer.write(key, x: left, y: top + 2 + row, style: theme.key)
    buffer.write(
      theme.keepingStart(words, width: width - 3), x: left + 3, y: top + 2 + row,
      style: theme.faint)
  }
}
