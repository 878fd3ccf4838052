import Core
import Explorer
import Similarity

/// What `compare` says. NaN has no JSON form: what is not known is null.
struct DifferenceRecord: Encodable {
  /// One of the cells that differ most.
  struct Cell: Encodable {
    let row, column: String
    let difference, a, b: Double
    let half_width_a, half_width_b: Double?
    let half_width, p, q: Double?
    let differs: Bool?
  }
  let title, file_a, file_b: String
  let common_rows, common_columns, left_out, cells: Int
  let is_symmetric: Bool
  let mean, mean_magnitude, largest: Double?
  let doubts: [String]
  let paired_minibatches: Int?
  let pairing: String?
  let cells_tested, cells_differing: Int?
  let false_discovery_rate: Double
  let expected_false: Double?
  let chance: String
  let largest_cells: [Cell]
  let caveats: [CaveatRecord]
  private let testLines: [String]

  private enum CodingKeys: String, CodingKey {
    case title, file_a, file_b, common_rows, common_columns, left_out, cells
    case is_symmetric, mean
    case mean_magnitude, largest, doubts, paired_minibatches, pairing, cells_tested
    case cells_differing, false_discovery_rate, expected_false, chance, largest_cells
    case caveats
  }

  init(_ view: DifferenceView, top: Int) {
    let difference = view.difference
    let summary = difference.summary()
    title = view.title
    file_a = SafeText.sanitise(view.a.comparison.id.path)
    file_b = SafeText.sanitise(view.b.comparison.id.path)
    (common_rows, common_columns) = (difference.rows.count, difference.columns.count)
    left_out = difference.rows.leftOut + difference.columns.leftOut
    (cells, is_symmetric) = (summary.cells, difference.isSymmetric)
    (mean, mean_magnitude) = (summary.mean.known, summary.meanMagnitude.known)
    largest = summary.largest.known
    doubts = difference.doubts.map(\.description)
    pairing = difference.test?.pairing.description
    paired_minibatches = difference.test?.pairing.shared
    (cells_tested, cells_differing) = (summary.tested, summary.differing)
    (false_discovery_rate, expected_false) = (FalseDiscovery.defaultLevel, summary.expectedFalse)
    chance = "of samples, for these networks; other seeds are not in it"
    testLines = difference.testLines
    caveats = view.caveats.map(CaveatRecord.init)
    let names = view.result.comparison
    largest_cells = difference.largestCells(top).map { row, column in
      let values = difference.values(row: row, column: column)
      let widths = difference.halfWidths(row: row, column: column)
      return Cell(
        row: names.rows.layers[row], column: names.columns.layers[column],
        difference: difference.matrix[row, column], a: values.a, b: values.b,
        half_width_a: widths.a.known, half_width_b: widths.b.known,
        half_width: difference.test?.halfWidth(row: row, column: column).known,
        p: difference.test?.pValues[row, column].known,
        q: difference.test?.qValues[row, column].known,
        differs: difference.differs(row: row, column: column))
    }
  }

  /// The record as a JSON object.
  var json: String { get throws { try PrettyJSON.text(self) } }

  /// The record in words.
  var text: String {
    var lines = [
      title, "  A  \(file_a)", "  B  \(file_b)",
      "  common layers   \(common_rows) × \(common_columns); \(left_out) left out",
      "  A − B           mean \(number(mean))  mean magnitude \(number(mean_magnitude))  "
        + "largest magnitude \(number(largest))",
    ]
    lines += testLines.enumerated().map { index, line in
      "  \((index == 0 ? "test" : "").padding(toLength: 16))\(line)"
    }
    lines += caveats.map { "  caveat          \($0.text)" }
    guard !largest_cells.isEmpty else { return lines.joined(separator: "\n") }
    lines.append("  largest differences")
    let rows = largest_cells.map { cell in
      [
        "\(cell.row.named) × \(cell.column.named)", cell.difference.signed(4),
        cell.half_width.map { "± \($0.halfWidthText)" } ?? "",
        cell.q.map { "q \($0.probabilityText)" } ?? "",
        "\(withWidth(cell.a, cell.half_width_a)) − \(withWidth(cell.b, cell.half_width_b))",
        cell.differs == false ? "may be chance" : "",
      ]
    }
    return (lines + TextTable.lines(rows, right: [1]).map { "    " + $0 }).joined(separator: "\n")
  }

  private func number(_ value: Double?) -> String { value.map { $0.fixed(4) } ?? "unknown" }

  private func withWidth(_ value: Double, _ halfWidth: Double?) -> String {
    value.fixed(4) + (halfWidth.map { " ± \($0.halfWidthText)" } ?? "")
  }
}

extension Double {
  /// With its sign: "+0.0421".
  func signed(_ places: Int) -> String { (self > 0 ? "+" : "") + fixed(places) }
}

extension String {
  /// With blanks behind it up to `length`.
  func padding(toLength length: Int) -> String {
    self + String(repeating: " ", count: Swift.max(0, length - count))
  }
}

extension Pairing {
  /// Minibatches that both results saw; nil where that is not known.
  fileprivate var shared: Int? {
    switch self {
    case .same(let minibatches): minibatches
    case .partly(let shared): shared
    case .independent: 0
    case .unknown: nil
    }
  }
}
