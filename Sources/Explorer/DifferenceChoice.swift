import Similarity

/// A result that may be subtracted from the one on the screen, and what both have in common.
struct DifferenceCandidate {
  let entry: CatalogEntry
  /// Common rows and columns, by the layers' names.
  let common: (rows: Int, columns: Int)
  /// Neither result has a layer that the other lacks.
  let isWhole: Bool

  /// Nil for what is no layer matrix.
  init?(_ entry: CatalogEntry, minuend: CatalogEntry.Pair) {
    guard let pair = entry.pair, pair.kind == .layers else { return nil }
    let isTransposed = Difference.readsTransposed(
      rows: minuend.rows, columns: minuend.columns, minusRows: pair.rows, columns: pair.columns)
    let (rows, columns) = isTransposed ? (pair.layers.columns, pair.layers.rows) : pair.layers
    self.entry = entry
    if rows == minuend.layers.rows, columns == minuend.layers.columns {
      (common, isWhole) = ((rows.count, columns.count), true)
      return
    }
    let alignments = (
      LayerAlignment(minuend.layers.rows, rows), LayerAlignment(minuend.layers.columns, columns)
    )
    common = (alignments.0.count, alignments.1.count)
    isWhole = alignments.0.leftOut + alignments.1.leftOut == 0
  }

  /// There is something to subtract.
  var isPossible: Bool { common.rows > 0 && common.columns > 0 }

  /// The common part in words.
  var remark: String {
    if isWhole { return "same layers" }
    return isPossible ? "\(common.rows) × \(common.columns) shared" : "no layer shared"
  }
}

extension State {
  /// Opens the list of results that can be subtracted, in the order of the results list: those with
  /// the same layers, those with some of them, and last, not to be chosen, those with none.
  mutating func askForDifference() -> [Effect] {
    if difference != nil { return leaveDifference() }
    guard let shown = open(.layers)?.comparison,
      // The file may be gone.
      let pair = catalog[shown.id]?.pair ?? CatalogEntry(shown, folder: "", name: "").pair
    else { return [] }
    let all = catalog.entries.filter { $0.id != shown.id }.compactMap {
      DifferenceCandidate($0, minuend: pair)
    }
    guard !all.isEmpty else { return note("there is no other layer result to subtract") }
    let some = all.filter { $0.isPossible && !$0.isWhole }
    let offered = all.filter(\.isWhole) + some + all.filter { !$0.isPossible }
    differenceSettings.candidates = offered.map(\.entry.id)
    var chooser = Chooser(
      purpose: .difference,
      items: offered.enumerated().map { index, candidate in
        Chooser.Item(
          title: catalog.label(of: candidate.entry), note: candidate.entry.source,
          detail: candidate.remark, value: String(index), isEnabled: candidate.isPossible)
      })
    chooser.cursor = offered.firstIndex { $0.entry.id == previous && $0.isPossible } ?? 0
    overlay = .chooser(chooser)
    return []
  }
}

extension CatalogEntry {
  /// The file that it is from, without folder.
  fileprivate var source: String {
    heading == folder ? name : String(heading.split(separator: "/").last ?? "")
  }
}
