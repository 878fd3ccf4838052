import ArgumentParser
import Core
import Explorer
import Similarity

/// Groups of results that differ in the seed alone, and how far seeds scatter.
struct Seeds: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Group results by seed: the mean CKA, and how far it scatters between seeds.",
    discussion: """
      A 95 % interval of one result holds the chance of the samples, for its networks. What another seed would \
      give is not in it. Results of the same architectures whose names differ in a seed (cnn-seed3, cnn_s3, \
      seed=3/cnn) are a group here; --group says how names tell seeds otherwise.

      Of two architectures the pairs of the same seed are averaged; of one architecture with itself the pairs of \
      different seeds. cka compare --seeds tests one group against another.

        cka seeds runs
        cka seeds runs --pair student,teacher --layers fc
      """)

  @Argument(help: "A result file, or a folder of them.", completion: .file())
  var path: String

  @OptionGroup var choice: ResultChoice

  @Option(help: "How names tell seeds, as {name}-seed{seed}.")
  var group: String?

  @Option(help: "Only layers that match, on both sides: conv, '!*.bn*', '/fc$/'.")
  var layers: String = ""

  @Flag(help: "Print one JSON array with an object for each group.")
  var json = false

  func validate() throws {
    try choice.validate()
    _ = try SeedOptions.pattern(group)
  }

  func run() throws {
    let filter: LayerFilter
    do throws(LayerFilterError) {
      filter = try LayerFilter(layers)
    } catch {
      throw ValidationError("--layers: \(error.description)")
    }
    let groups = try SeedOptions.groups(in: path, choice, try SeedOptions.pattern(group))
    let records = groups.map { SeedRecord($0, filter: filter) }
    guard layers.isEmpty || records.contains(where: { !$0.cells.isEmpty }) else {
      let names = groups.map { SeedValues($0) }.flatMap { $0.rows + $0.columns }
      throw fail(
        "\(path): no layer matches --layers '\(layers)'; "
          + NearNames.question(layers, among: names) + "cka info --layers lists the layers")
    }
    if json {
      try StandardOutput.print(PrettyJSON.text(records))
    } else {
      try StandardOutput.print(records.map(\.text).joined(separator: "\n"))
    }
  }
}

/// What `seeds` says of a group. NaN has no JSON form: what is not known is null.
private struct SeedRecord: Encodable {
  struct Cell: Encodable {
    let row, column: String
    let mean, deviation, standard_error: Double?
  }
  let models, place, pairs: String
  let seeds: [String]
  let averaged, left_out: Int
  let cells: [Cell]
  private let isSquare: Bool
  private let rowCount, columnCount: Int

  private enum CodingKeys: String, CodingKey {
    case models, place, pairs, seeds, averaged, left_out, cells
  }

  init(_ group: SeedGroup, filter: LayerFilter) {
    let spread = SeedValues(group)
    (models, place, pairs) = (
      "\(group.rows.model) × \(group.columns.model)", group.place, group.pairsText
    )
    (seeds, averaged) = (group.seeds, spread.pairs)
    left_out = group.leftOut + spread.leftOut
    let (rows, columns) = (filter.indices(of: spread.rows), filter.indices(of: spread.columns))
    (rowCount, columnCount) = (rows.count, columns.count)
    isSquare = spread.rows == spread.columns
    cells = rows.flatMap { row in
      columns.map { column in
        let figures = spread.figures(row: row, column: column)
        return Cell(
          row: spread.rows[row], column: spread.columns[column], mean: figures.mean.known,
          deviation: figures.deviation.known, standard_error: figures.error.known)
      }
    }
  }

  /// The record in words: of two lists of the same layers each with itself, else every cell of a
  /// small table.
  var text: String {
    let title = place.isEmpty ? models : "\(models) in \(place)"
    var lines = ["\(title): \(pairs)" + (left_out > 0 ? "; \(left_out) results left out" : "")]
    if averaged < 2 {
      return (lines + ["  one pair says nothing of the scatter of seeds"]).joined(separator: "\n")
    }
    let diagonal = cells.filter { $0.row == $0.column }
    let shown = isSquare && !diagonal.isEmpty ? diagonal : Array(cells.prefix(Self.mostCells))
    let rows = shown.map { cell in
      [
        cell.row == cell.column ? cell.row.named : "\(cell.row.named) × \(cell.column.named)",
        cell.mean.map { $0.fixed(4) } ?? "no value",
        cell.deviation.map { "± \($0.halfWidthText)" } ?? "",
      ]
    }
    lines.append("  mean ± deviation between seeds")
    lines += TextTable.lines(rows, right: [1]).map { "    " + $0 }
    if shown.count < cells.count {
      lines.append("    \(cells.count - shown.count) more cells: --json has all, --layers chooses")
    }
    return lines.joined(separator: "\n")
  }

  private static let mostCells = 40
}
