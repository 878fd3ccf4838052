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
      nearer to that column. The margin is the best value less the second best, with the 95 % interval of that \
      difference over the same minibatches where the result keeps them; a match whose interval holds 0 is not \
      told from the second best.

      Where the result keeps a permutation null (cka compute --null N) p says how often the best of as many \
      unrelated layers is as good. A match with p above 0.05 is marked 'not above chance'.

      --all-pairs takes all networks of a study, or of the results in a folder, and tells how often a layer's \
      best match in another network is the same layer: the sanity check of Kornblith et al. (2019). Layers are \
      the same at the same depth, in networks of as many layers; ties are told, and count as not found.

        cka match pair.cka.safetensors
        cka match seeds.cka.safetensors --all-pairs --layers '!fc'
      """)

  @Argument(help: "A result file, or a folder of them.", completion: .file())
  var path: String

  @Flag(help: "Look every layer of every network up in each other network.")
  var allPairs = false

  @Option(help: "With --all-pairs, only layers that match: conv, '!*.bn*', '/fc$/'.")
  var layers: String = ""

  @Flag(
    help: "Layer names in the order in which torch_cka's hooks ran, where they look mislabelled.")
  var executedLabels = false

  @Flag(help: "Print one JSON object.")
  var json = false

  @OptionGroup var choice: ResultChoice

  private var order: LabelOrder { executedLabels ? .executed : .exported }

  func validate() throws {
    try choice.validate()
    if !layers.isEmpty, !allPairs { throw ValidationError("--layers goes with --all-pairs") }
  }

  func run() throws {
    if allPairs { return try identify() }
    let result = try choice.layers(in: path, labels: order)
    let record = MatchRecord(result, order: order)
    try StandardOutput.print(json ? PrettyJSON.text(record) : record.text)
  }

  private func identify() throws {
    let filter: LayerFilter
    do throws(LayerFilterError) {
      filter = try LayerFilter(layers)
    } catch {
      throw ValidationError("--layers: \(error.description)")
    }
    let results = try choice.results(in: path, kind: .layers, labels: order)
      .compactMap(\.comparison)
    let (found, leftOut) = LayerIdentification.all(results, order: order, filter: filter)
    guard !found.isEmpty else {
      throw fail(
        "\(path): no two networks with as many layers as each other, on the same data"
          + (layers.isEmpty ? "" : ", after --layers '\(layers)'")
          + Self.hint(filter, results))
    }
    let record = IdentificationRecord(path, found, leftOut: leftOut)
    try StandardOutput.print(json ? PrettyJSON.text(record) : record.text)
  }

  /// "; did you mean …?" where no layer of any result matches the filter.
  private static func hint(_ filter: LayerFilter, _ results: [Comparison]) -> String {
    let names = results.flatMap { $0.rows.layers + $0.columns.layers }
    guard filter.indices(of: names).isEmpty else { return "" }
    let question = NearNames.question(filter.text, among: names)
    return question.isEmpty ? "" : "; " + question.dropLast()
  }
}

/// What `match` says. NaN has no JSON form: what is not known is null.
private struct MatchRecord: Encodable {
  struct Layer: Encodable {
    let layer: String
    let match, second: String?
    let cka, half_width, margin, margin_half_width: Double?
    let is_mutual, is_tied: Bool
    let is_told: Bool?
    let null_p, null_quantile: Double?
    let is_above_null: Bool?
  }
  let file, model1, model2: String
  let null_draws, null_seed: Int?
  let layers: [Layer]
  let order: Double?
  let caveats: [CaveatRecord]

  init(_ result: Comparison, order labels: LabelOrder) {
    let axes = result.axes(order: labels)
    let best = BestMatch(MatrixView(result.matrix))
    let margins = best.margins(in: result)
    let nulls = best.nullFindings(in: result)
    let plan = result.block?.study.null?.plan
    (null_draws, null_seed) = (plan?.draws, plan.map { Int(clamping: $0.seed) })
    file = SafeText.sanitise(result.id.path)
    (model1, model2) = (axes.rows.figureTitle, axes.columns.figureTitle)
    order = best.order.known
    caveats = result.caveats(order: labels).map(CaveatRecord.init)
    layers = axes.rows.layers.indices.map { row in
      let (match, margin) = (best.matches[row], margins[row])
      let width = match.flatMap {
        result.block?.uncertainty(row: row, column: $0.column)?.halfWidth
      }
      return Layer(
        layer: axes.rows.layers[row], match: match.map { axes.columns.layers[$0.column] },
        second: margin.map { axes.columns.layers[$0.second] }, cka: match?.value,
        half_width: width, margin: margin?.margin, margin_half_width: margin?.halfWidth.known,
        is_mutual: match?.isMutual ?? false, is_tied: margin?.isTied ?? false,
        is_told: margin?.isTold, null_p: nulls[row]?.p,
        null_quantile: nulls[row]?.quantile.known, is_above_null: nulls[row]?.isAbove)
    }
  }

  /// The record in words.
  var text: String {
    let rows = layers.map { layer in
      [
        layer.layer.named, layer.is_mutual ? "=" : ">", layer.match?.named ?? "(no value)",
        layer.cka.map { $0.fixed(4) } ?? "", layer.half_width.map { "± \($0.halfWidthText)" } ?? "",
        margin(layer), chance(layer),
      ]
    }
    let mutual = layers.count { $0.is_mutual }
    let tau = order.map { ", order kept to \($0.fixed(2)) (Kendall's tau)" } ?? ""
    return
      (["\(model1) > \(model2)"] + TextTable.lines(rows, right: [3]).map { "  " + $0 }
      + caveats.map { "  \($0.text)" }
      + ["  \(mutual) of \(layers.count) matches are mutual\(tau)"] + told + aboveNull).joined(
        separator: "\n")
  }

  private func margin(_ layer: Layer) -> String {
    guard let margin = layer.margin, let second = layer.second else { return "" }
    if layer.is_tied { return "tied with \(second.named)" }
    let width = layer.margin_half_width.map { " ± \($0.halfWidthText)" } ?? ""
    return "\(margin.fixed(4))\(width) above \(second.named)"
      + (layer.is_told == false ? ", not told apart" : "")
  }

  private func chance(_ layer: Layer) -> String {
    guard let p = layer.null_p, let isAbove = layer.is_above_null else { return "" }
    return "p \(p.probabilityText)" + (isAbove ? "" : ", not above chance")
  }

  /// How many matches are above the null, and how many unrelated layers would be.
  private var aboveNull: [String] {
    let tested = layers.filter { $0.is_above_null != nil }
    guard let draws = null_draws, let seed = null_seed, !tested.isEmpty else { return [] }
    let expected = (Study.nullLevel * Double(tested.count)).fixed(1)
    return [
      "  \(tested.count { $0.is_above_null == true }) of \(tested.count) are above the null of the best match "
        + "(p ≤ \(Study.nullLevel)); of unrelated layers \(expected) would be",
      "  \(draws) permutations, seed \(seed)",
    ]
  }

  /// How many matches are told from the second best by more than chance.
  private var told: [String] {
    let tested = layers.filter { $0.is_told != nil }
    let ties = layers.count { $0.is_tied }
    let tied = ties > 0 ? ["  \(ties) \(ties == 1 ? "is" : "are") tied"] : []
    guard tested.contains(where: { $0.margin_half_width != nil }) else { return tied }
    return [
      "  \(tested.count { $0.is_told == true }) of \(tested.count) are told from the second best: the chance "
        + "is that of the samples, for these networks"
    ] + tied
  }
}
