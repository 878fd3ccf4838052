import Core
import Explorer
import Similarity

/// What `compare --seeds` says. NaN has no JSON form: what is not known is null.
struct SeedDifferenceRecord: Encodable {
  /// One side.
  struct Side: Encodable {
    let models, pairs: String
    let seeds: [String]
    let left_out: Int

    init(_ group: SeedGroup, _ values: SeedValues) {
      (models, pairs, seeds) = (group.title, group.pairsText, group.seeds)
      left_out = group.leftOut + values.leftOut
    }
  }
  /// One of the cells that differ most.
  struct Cell: Encodable {
    let row, column: String
    let difference, a, b: Double
    let deviation_a, deviation_b, half_width, p, q: Double?
    let differs: Bool?
  }
  let a, b: Side
  let cells, cells_tested, cells_differing: Int
  let is_symmetric: Bool
  let false_discovery_rate = FalseDiscovery.defaultLevel
  let expected_false: Double
  let chance = "of seeds: Welch's t test of the groups' means"
  let largest_cells: [Cell]

  init(_ first: SeedGroup, _ second: SeedGroup, top: Int) {
    let difference = SeedDifference(SeedValues(first), minus: SeedValues(second))
    (a, b) = (Side(first, difference.a), Side(second, difference.b))
    let known = difference.cells.filter { $0.difference.isFinite }
    (cells, is_symmetric) = (known.count, difference.isSymmetric)
    (cells_tested, cells_differing) = difference.counts
    expected_false = Double(cells_differing) * FalseDiscovery.defaultLevel
    let sorted = known.sorted { abs($0.difference) > abs($1.difference) }
    largest_cells = sorted.prefix(top).map {
      Cell(
        row: $0.row, column: $0.column, difference: $0.difference, a: $0.a.mean, b: $0.b.mean,
        deviation_a: $0.a.deviation.known, deviation_b: $0.b.deviation.known,
        half_width: $0.halfWidth.known, p: $0.p.known, q: $0.q.known, differs: $0.differs)
    }
  }

  /// The record in words.
  var text: String {
    let level = DifferenceTest.levelText
    let expected =
      cells_differing == 0
      ? "" : ", of which at most \(expected_false.fixed(1)) are expected to be false"
    var lines = ["\(a.models) − \(b.models), against seeds"]
    lines += [("A", a), ("B", b)].map { "  \($0)  \($1.pairs)\(left($1))" }
    lines += [
      "  test            \(cells_differing) of \(cells_tested) tested cells differ (Welch's t, "
        + "q ≤ \(level), Benjamini–Hochberg)\(expected)"
    ]
    if is_symmetric { lines.append("                  " + Difference.symmetryText) }
    lines += [
      "                  the chance is that of seeds, and that of the samples with it",
      "  largest differences (mean ± deviation between seeds)",
    ]
    let rows = largest_cells.map { cell in
      [
        "\(cell.row.named) × \(cell.column.named)", cell.difference.signed(4),
        cell.half_width.map { "± \($0.halfWidthText)" } ?? "",
        cell.q.map { "q \($0.probabilityText)" } ?? "",
        "\(side(cell.a, cell.deviation_a)) − \(side(cell.b, cell.deviation_b))",
        cell.differs == false ? "may be chance" : "",
      ]
    }
    return (lines + TextTable.lines(rows, right: [1]).map { "    " + $0 }).joined(separator: "\n")
  }

  private func left(_ side: Side) -> String {
    side.left_out > 0 ? "; \(side.left_out) results of the group left out" : ""
  }

  private func side(_ mean: Double, _ deviation: Double?) -> String {
    mean.fixed(4) + (deviation.map { " ± \($0.halfWidthText)" } ?? "")
  }
}
