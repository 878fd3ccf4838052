import ArgumentParser
import Core
import Explorer
import Formats
import Foundation

/// What differs between two results.
struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what differs between two results, layer by layer (A − B).",
    discussion: """
      Rows and columns are paired by name; what only one result has is left out and counted. Where both \
      results know the 95 % intervals of their values, cells whose intervals lie apart are counted too.

      --pair and --key choose in both files; --pair-a, --pair-b, --key-a and --key-b in one of them.

        cka compare before.safetensors after.safetensors --pair vgg,vit
        cka compare all.safetensors --pair-a vgg,vit --pair-b vgg,swin
      """)

  @Argument(help: "The file of result A.", completion: .file())
  var a: String

  @Argument(help: "The file of result B; by default the same file.", completion: .file())
  var b: String?

  @OptionGroup var choice: ResultChoice

  @Option(help: "A's models, in place of --pair.")
  var pairA: String?

  @Option(help: "B's models, in place of --pair.")
  var pairB: String?

  @Option(help: "A's key, in place of --key.")
  var keyA: String?

  @Option(help: "B's key, in place of --key.")
  var keyB: String?

  @Option(name: .long, help: "How many of the largest differences to list.")
  var top: Int = 10

  @Flag(
    help: "Layer names in the order in which torch_cka's hooks ran, where they look mislabelled.")
  var executedLabels = false

  @Flag(help: "Print one JSON object.")
  var json = false

  @Option(help: "Write the difference as a figure or values too; the name's end says how.")
  var export: String?

  func validate() throws {
    try choice(pairA, keyA).validate()
    try choice(pairB, keyB).validate()
    if !(0...1_000_000).contains(top) { throw ValidationError("--top must be from 0 to 1000000") }
    if let export, export != "-", ExportFormat(path: export) == nil {
      throw ValidationError("--export: the name must end in .png, .svg, .ppm, .csv, .npy or .json")
    }
  }

  func run() throws {
    let order: LabelOrder = executedLabels ? .executed : .exported
    let first = try choice(pairA, keyA).layers(in: a, labels: order, advice: Self.advice("a"))
    let second = try choice(pairB, keyB).layers(
      in: b ?? a, labels: order, advice: Self.advice("b"))
    if first.id == second.id {
      throw fail(
        "\(a): A and B are the same result; name another file, or B's models: --pair-b A,B")
    }
    guard
      let view = DifferenceView(OpenResult(first), minus: OpenResult(second), order: order)
    else { throw fail("A and B have no row, or no column, with the same name") }
    let record = DifferenceRecord(view, top: top)
    try StandardOutput.print(json ? record.json : record.text)
    if let export { try write(view, to: export) }
  }

  /// What is chosen in one of the two files.
  private func choice(_ pair: String?, _ key: String?) -> ResultChoice {
    var own = choice
    own.pair = pair ?? choice.pair
    own.key = key ?? choice.key
    return own
  }

  private static func advice(_ side: String) -> String {
    "choose with --pair A,B, or with --pair-\(side) A,B in this file alone; or so with --key"
  }

  private func write(_ view: DifferenceView, to path: String) throws {
    do throws(FormatError) {
      let format = ExportFormat(path: path) ?? .png
      let bytes = try format.bytes(HeatmapExhibit(view, ViewSettings()), raw: false, scale: nil)
      try AtomicFile.write(bytes, to: path)
      complain("wrote \(path)")
    } catch {
      throw fail(error.description)
    }
  }
}

/// What `compare` says. NaN has no JSON form: what is not known is null.
struct DifferenceRecord: Encodable {
  /// One of the cells that differ most.
  struct Cell: Encodable {
    let row, column: String
    let difference, a, b: Double
    let half_width_a, half_width_b: Double?
    let intervals_lie_apart: Bool?
  }
  let title, file_a, file_b: String
  let common_rows, common_columns, left_out, cells: Int
  let mean, mean_magnitude, largest: Double?
  let cells_apart: Int?
  let largest_cells: [Cell]
  let caveats: [CaveatRecord]

  init(_ view: DifferenceView, top: Int) {
    let difference = view.difference
    let summary = difference.summary()
    title = view.title
    file_a = SafeText.sanitise(view.a.comparison.id.path)
    file_b = SafeText.sanitise(view.b.comparison.id.path)
    (common_rows, common_columns) = (difference.rows.count, difference.columns.count)
    left_out = difference.rows.leftOut + difference.columns.leftOut
    cells = summary.cells
    (mean, mean_magnitude) = (summary.mean.known, summary.meanMagnitude.known)
    largest = summary.largest.known
    cells_apart = summary.apart
    caveats = view.caveats.map(CaveatRecord.init)
    let names = view.result.comparison
    largest_cells = difference.largestCells(top).map { row, column in
      let values = difference.values(row: row, column: column)
      let widths = difference.halfWidths(row: row, column: column)
      return Cell(
        row: names.rows.layers[row], column: names.columns.layers[column],
        difference: difference.matrix[row, column], a: values.a, b: values.b,
        half_width_a: widths.a.known, half_width_b: widths.b.known,
        intervals_lie_apart: difference.liesApart(row: row, column: column))
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
      cells_apart.map { "  intervals       lie apart in \($0) of \(cells) cells (95 %)" }
        ?? "  intervals       not known for both results",
    ]
    lines += caveats.map { "  caveat          \($0.text)" }
    guard !largest_cells.isEmpty else { return lines.joined(separator: "\n") }
    lines.append("  largest differences")
    let rows = largest_cells.map { cell in
      [
        "\(cell.row.named) × \(cell.column.named)",
        (cell.difference > 0 ? "+" : "") + cell.difference.fixed(4),
        "\(withWidth(cell.a, cell.half_width_a)) − \(withWidth(cell.b, cell.half_width_b))",
        cell.intervals_lie_apart == false ? "intervals overlap" : "",
      ]
    }
    return (lines + TextTable.lines(rows, right: [1]).map { "    " + $0 }).joined(separator: "\n")
  }

  private func number(_ value: Double?) -> String { value.map { $0.fixed(4) } ?? "unknown" }

  private func withWidth(_ value: Double, _ halfWidth: Double?) -> String {
    value.fixed(4) + (halfWidth.map { " ± \($0.halfWidthText)" } ?? "")
  }
}
