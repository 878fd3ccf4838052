import Core
import Explorer
import Similarity

/// One cell of a study's layer matrix, whose scores in the minibatches are wanted.
struct CellChoice {
  private let row, column: Int
  private let names: (row: String, column: String)

  /// The cell of `comparison` where the one row and the one column meet that the filters leave.
  /// - Parameter shared: a filter for both sides.
  /// - Throws: `ExitCode` 1 after a line that says how many layers match, and how to name one.
  init(_ comparison: Comparison, rows: String, columns: String, shared: String) throws {
    row = try Self.layer(of: comparison, comparison.rows, "--rows", [shared, rows])
    column = try Self.layer(of: comparison, comparison.columns, "--columns", [shared, columns])
    names = (comparison.rows.layers[row], comparison.columns.layers[column])
  }

  /// Its scores, as the explorer shows them under its crosshair.
  /// - Throws: `ExitCode` 1 after a line that says why there are none.
  func scores(in whole: OpenResult) throws -> OpenResult {
    let comparison = whole.comparison
    let cell = "\(comparison.id.path): \(names.row.named) × \(names.column.named)"
    if let reason = comparison.block?.reason(row: row, column: column) {
      throw fail("\(cell): \(reason)")
    }
    guard let scores = whole.scores(row: row, column: column, names: names) else {
      throw fail(
        "\(cell): only sums over minibatches were kept, no scores; compute it with --keep 256M")
    }
    return scores
  }

  /// The one layer that matches all filters, or the only one of them whose whole name a filter is.
  private static func layer(
    of comparison: Comparison, _ axis: Axis, _ option: String, _ filters: [String]
  ) throws -> Int {
    let matching = try filters.map(LayerFilter.init).reduce(Array(axis.layers.indices)) {
      indices, filter in indices.filter { filter.matches(axis.layers[$0]) }
    }
    // `conv1` is that layer, though layer1.0.conv1 matches too.
    let whole = matching.filter { !axis.layers[$0].isEmpty && filters.contains(axis.layers[$0]) }
    let found = whole.count == 1 ? whole : matching
    if found.count == 1 { return found[0] }
    let side = axis.model.isEmpty ? "" : " of \(axis.model)"
    let examples = (found.isEmpty ? Array(axis.layers.indices) : found).prefix(3).map {
      axis.layers[$0].named
    }
    let few = axis.layers.count > examples.count ? ", …" : ""
    let meant =
      found.isEmpty
      ? filters.lazy.map { NearNames.question($0, among: axis.layers) }.first { !$0.isEmpty } ?? ""
      : ""
    throw fail(
      "\(comparison.id.path): minibatch scores belong to one cell, and \(found.count) of "
        + "\(axis.layers.count) layers\(side) match; \(meant)name one with \(option), such as "
        + examples.joined(separator: ", ") + few)
  }
}

extension LooksOptions {
  /// `result` as it is to be shown: of a study, where scores are wanted, those of the chosen cell.
  func opened(_ result: SavedResult, forScores: Bool) throws -> Opened {
    let opened = Opened(result)
    if aboveNull, opened.comparison?.comparison.block?.study.null == nil {
      throw fail(
        "\(SafeText.sanitise(result.id.path)): has no permutation null; compute it with --null 200")
    }
    guard forScores, let whole = opened.comparison, whole.comparison.kind == .layers else {
      return opened
    }
    let cell = try CellChoice(whole.comparison, rows: rows, columns: columns, shared: layers)
    return .comparison(try cell.scores(in: whole))
  }
}
