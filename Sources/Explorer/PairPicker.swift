import Cells
import Core
import Similarity

/// All pairs of models at a glance, one of them chosen: model A down, model B across.
public struct PairPicker: Sendable, Equatable {
  /// Models that stand on the rows of some result, in natural order.
  public let rows: [ModelKey]
  /// Models that stand on the columns of some result.
  public let columns: [ModelKey]
  /// The chosen row.
  public var row = 0
  /// The chosen column.
  public var column = 0

  /// The pairs of `catalog`, with the pair of `id` chosen.
  init(_ catalog: Catalog, at id: ResultID?) {
    rows = Set(catalog.entries.compactMap(\.pair?.rows)).sorted()
    columns = Set(catalog.entries.compactMap(\.pair?.columns)).sorted()
    guard let entry = id.flatMap({ catalog[$0]?.pair }) else { return }
    row = rows.firstIndex(of: entry.rows) ?? 0
    column = columns.firstIndex(of: entry.columns) ?? 0
  }

  /// Moves the choice, stopping at the edges.
  mutating func move(down: Int, right: Int) {
    row = max(0, min(rows.count - 1, row + down))
    column = max(0, min(columns.count - 1, column + right))
  }
}

extension Catalog {
  /// The result of a pair: its layer matrix where there is one.
  func entry(rows: ModelKey, columns: ModelKey) -> CatalogEntry? {
    let ids =
      grid.entries(rows: rows, columns: columns, kind: .layers)
      + grid.entries(rows: rows, columns: columns, kind: .minibatches)
    return ids.first.flatMap { self[$0] }
  }
}

extension State {
  mutating func pickerKey(_ key: Key, _ picker: PairPicker) -> [Effect] {
    var picker = picker
    switch key {
    case .up, .character("k"): picker.move(down: -1, right: 0)
    case .down, .character("j"): picker.move(down: 1, right: 0)
    case .left, .character("h"): picker.move(down: 0, right: -1)
    case .right, .character("l"): picker.move(down: 0, right: 1)
    case .home, .character("g"): picker.move(down: -picker.rows.count, right: 0)
    case .end, .character("G"): picker.move(down: picker.rows.count, right: 0)
    case .character("0"): picker.move(down: 0, right: -picker.columns.count)
    case .character("$"): picker.move(down: 0, right: picker.columns.count)
    case .enter, .character(" "):
      guard picker.row < picker.rows.count, picker.column < picker.columns.count,
        let entry = catalog.entry(
          rows: picker.rows[picker.row], columns: picker.columns[picker.column])
      else { return [] }
      overlay = nil
      return show(entry.id)
    case .escape, .character("q"), .character("p"), .control("c"), .control("g"):
      overlay = nil
      return []
    default: break
    }
    overlay = .pairs(picker)
    return []
  }
}
