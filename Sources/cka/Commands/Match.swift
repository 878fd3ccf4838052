import ArgumentParser
import Core
import Explorer
import Similarity

/// For each layer of model A the layer of model B that is most like it.
struct Match: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "For each layer of model A (rows), name its best match in model B (columns).",
    discussion: """
      A match is mutual (=) when each of the two layers is the other's best; otherwise (>) another row is \
      nearer to that column.
      """)

  @Argument(help: "A result file, or a folder of them.", completion: .file())
  var path: String

  @Flag(
    help: "Layer names in the order in which torch_cka's hooks ran, where they look mislabelled.")
  var executedLabels = false

  @Flag(help: "Print one JSON object.")
  var json = false

  @OptionGroup var choice: ResultChoice

  func run() throws {
    let order: LabelOrder = executedLabels ? .executed : .exported
    let result = try choice.layers(in: path, labels: order)
    let record = MatchRecord(result, order: order)
    try StandardOutput.print(json ? PrettyJSON.text(record) : record.text)
  }
}

/// What `match` says. NaN has no JSON form: what is not known is null.
private struct MatchRecord: Encodable {
  struct Layer: Encodable {
    let layer: String
    let match: String?
    let cka, half_width: Double?
    let is_mutual: Bool
  }
  let file, model1, model2: String
  let layers: [Layer]
  let order: Double?
  let caveats: [CaveatRecord]

  init(_ result: Comparison, order labels: LabelOrder) {
    let axes = result.axes(order: labels)
    let best = BestMatch(MatrixView(result.matrix))
    file = SafeText.sanitise(result.id.path)
    (model1, model2) = (axes.rows.figureTitle, axes.columns.figureTitle)
    order = best.order.known
    caveats = result.caveats(order: labels).map(CaveatRecord.init)
    layers = zip(axes.rows.layers.indices, best.matches).map { row, match in
      let width = match.flatMap {
        result.block?.uncertainty(row: row, column: $0.column)?.halfWidth
      }
      return Layer(
        layer: axes.rows.layers[row], match: match.map { axes.columns.layers[$0.column] },
        cka: match?.value, half_width: width, is_mutual: match?.isMutual ?? false)
    }
  }

  /// The record in words.
  var text: String {
    let rows = layers.map { layer in
      [
        layer.layer.named, layer.is_mutual ? "=" : ">", layer.match?.named ?? "(no value)",
        layer.cka.map { $0.fixed(4) } ?? "", layer.half_width.map { "± \($0.halfWidthText)" } ?? "",
      ]
    }
    let mutual = layers.count { $0.is_mutual }
    let tau = order.map { ", order kept to \($0.fixed(2)) (Kendall's tau)" } ?? ""
    return
      (["\(model1) > \(model2)"] + TextTable.lines(rows, right: [3]).map { "  " + $0 }
      + caveats.map { "  \($0.text)" } + ["  \(mutual) of \(layers.count) matches are mutual\(tau)"])
      .joined(separator: "\n")
  }
}
