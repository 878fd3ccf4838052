import ArgumentParser
import Core
import Explorer
import Formats
import Similarity

/// The layers of a model that represent two data sets alike.
struct Freeze: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the layers that represent two data sets alike: candidates for freezing.",
    discussion: """
      For a result that compares a model on one data set with the same model on another: a layer passes when \
      its CKA with itself exceeds the threshold with the whole of its 95 % interval, that is, its lower end \
      does; the chance is that of the samples, layer by layer. Where a result has no intervals, the value alone decides, and the table says so.

      CKA shows that samples keep their relations, not that a layer can be used as it is: a linear probe or \
      a training run decides. --accuracy puts such figures beside the table: a CSV file with a line \
      LAYER,FIGURE for each layer, more columns as you like, and their names on the first line.

      Models that differ in name may be one model only if their layers have the same names; others \
      are refused: for them, match names the layers that are alike.
      """)

  @Argument(help: "A result file, or a folder of them.", completion: .file())
  var path: String

  @Option(help: "What the CKA must exceed.")
  var threshold: Double = FreezeTable.defaultThreshold

  @Option(help: "A CSV file of accuracies: layer,accuracy.", completion: .file())
  var accuracy: String?

  @Flag(
    help: "Layer names in the order in which torch_cka's hooks ran, where they look mislabelled.")
  var executedLabels = false

  @Flag(help: "Print one JSON object.")
  var json = false

  @Flag(help: "Print comma-separated values.")
  var csv = false

  @OptionGroup var choice: ResultChoice

  func validate() throws {
    if !threshold.isFinite { throw ValidationError("--threshold must be a finite number") }
    if json && csv { throw ValidationError("--json and --csv exclude each other") }
  }

  func run() throws {
    // A study of a model on two data sets also has each data set with itself.
    let advice = "choose a model on two data sets with --pair A@D1,A@D2 or --key"
    let order: LabelOrder = executedLabels ? .executed : .exported
    let result = try choice.layers(in: path, labels: order, advice: advice) {
      $0.rows.model == $0.columns.model && $0.rows.dataset != $0.columns.dataset
    }
    let heading = "\(result.rows.figureTitle) × \(result.columns.figureTitle)"
    let table = FreezeTable(
      result, threshold: threshold, order: order, figures: try accuracy.map(Self.figures))
    guard !FreezeTable.isOfTwoModels(result, order: order) else {
      throw fail(
        "\(path): \(heading) are two models, not one on two data sets, so nothing says what to "
          + "freeze; cka match names the layers that are alike")
    }
    guard !table.layers.isEmpty else {
      throw fail("\(path): no layer of the rows has a partner of the same name on the columns")
    }
    if json {
      try StandardOutput.print(PrettyJSON.text(FreezeRecord(table, of: result, order: order)))
    } else if csv {
      try StandardOutput.print(Self.csv(table))
    } else {
      try StandardOutput.print(([heading] + table.textLines).joined(separator: "\n"))
    }
  }

  /// The accuracies in a file.
  /// - Throws: `ExitCode` 1 after a line that says why it cannot be read.
  static func figures(path: String) throws -> LayerFigures {
    do throws(FormatError) {
      return try LayerFigures.read(path: path)
    } catch {
      throw fail(error.description)
    }
  }

  private static func csv(_ table: FreezeTable) -> String {
    let rows = table.layers.map {
      [$0.name, "\($0.value)", "\($0.halfWidth)", $0.passes ? "true" : "false"]
        + $0.figures.map { $0.isNaN ? "" : "\($0)" }
    }
    return TextTable.csv([["layer", "cka", "half_width", "passes"] + table.figureNames] + rows)
  }
}

/// The table as JSON. NaN has no JSON form: what is not known is null.
private struct FreezeRecord: Encodable {
  struct Layer: Encodable {
    let name: String
    let cka, half_width: Double?
    let passes: Bool
    let figures: [String: Double]
  }
  let file, model1, model2, dataset1, dataset2: String
  let threshold: Double
  let uses_intervals: Bool
  let leading, left_out: Int
  let layers: [Layer]
  let notes: [String]
  let caveat = FreezeTable.caveat
  let caveats: [CaveatRecord]

  init(_ table: FreezeTable, of result: Comparison, order: LabelOrder) {
    file = SafeText.sanitise(result.id.path)
    (model1, model2) = (result.rows.model, result.columns.model)
    (dataset1, dataset2) = (result.rows.dataset, result.columns.dataset)
    threshold = table.threshold
    uses_intervals = table.usesIntervals
    (leading, left_out) = (table.leading, table.leftOut)
    layers = table.layers.map {
      Layer(
        name: $0.name, cka: $0.value.known, half_width: $0.halfWidth.known, passes: $0.passes,
        figures: Dictionary(zip(table.figureNames, $0.figures)) { $1 }.filter { !$0.value.isNaN })
    }
    notes = table.notes
    caveats = result.caveats(order: order).map(CaveatRecord.init)
  }
}
