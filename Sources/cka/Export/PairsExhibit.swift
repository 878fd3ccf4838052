import Cells
import Core
import Explorer
import Figure
import Formats
import Similarity

extension HeatmapExhibit {
  /// All results at a glance: one cell for each pair of models, the mean of its CKA values.
  ///
  /// Where several results compare the same pair, their means are averaged; a pair that nobody
  /// computed has no cell (NaN among values). Layer matrices stand alone when there are any: the
  /// mean over layers and the mean over minibatches are different statistics.
  static func pairs(_ all: [Comparison], _ settings: ViewSettings) throws(FormatError)
    -> HeatmapExhibit
  {
    let layers = all.filter { $0.kind == .layers }
    let results = layers.isEmpty ? all : layers
    guard !results.isEmpty else {
      throw FormatError(
        .request, "no results to lay out as pairs", remedy: "name a folder that holds some")
    }
    let rows = models(results.map(\.rows))
    let columns = models(results.map(\.columns))
    let (width, values) = (columns.count, means(results, rows, columns))
    let matrix = Matrix(rows: rows.count, columns: width, values: values.map { $0 ?? .nan })
    let view = MatrixView(matrix)
    let bounds = settings.range.bounds(of: view, summary: view.summary())
    var comparison = Comparison(
      id: ResultID(path: "pairs"), format: "pairs", kind: .layers,
      rows: Axis(model: "model A", layers: rows.map(\.title)),
      columns: Axis(model: "model B", layers: columns.map(\.title)), matrix: matrix)
    // A mean over all layers does not ask how they are called.
    comparison.settle(results.flatMap { $0.standing.of($0.pairTitle) })
    let figure = Figure(
      heatmap: Heatmap(rows: rows.count, columns: width) { values[$0 * width + $1] },
      title: "Mean CKA of each pair", rowAxis: "model A",
      columnAxis: "model B", rowNames: rows.map(\.title), columnNames: columns.map(\.title),
      scale: ColorScale(low: bounds.low, high: bounds.high, map: settings.layerColormap),
      rangeText: "mean CKA, \(settings.range.caption(bounds))",
      rowZeroAtBottom: !settings.originAtTop,
      caption: [
        layers.isEmpty ? "Mean over minibatches." : "Mean over all pairs of layers.",
        caption(results.count, leftOut: all.count - results.count),
      ])
    return HeatmapExhibit(figure: figure, comparison: comparison)
  }

  private static func caption(_ results: Int, leftOut: Int) -> String {
    let count = "\(results) \(results == 1 ? "result" : "results")."
    guard leftOut > 0 else { return count }
    return count + " Left out: \(leftOut) of minibatch scores alone."
  }

  private static func models(_ axes: [Axis]) -> [ModelKey] {
    Array(Set(axes.map { ModelKey(model: $0.model, dataset: $0.dataset) })).sorted()
  }

  private static func means(
    _ results: [Comparison], _ rows: [ModelKey], _ columns: [ModelKey]
  ) -> [Double?] {
    var sums = [Double](repeating: 0, count: rows.count * columns.count)
    var counts = [Int](repeating: 0, count: sums.count)
    for result in results {
      let key = { (axis: Axis) in ModelKey(model: axis.model, dataset: axis.dataset) }
      let mean = result.summary.mean
      guard let row = rows.firstIndex(of: key(result.rows)),
        let column = columns.firstIndex(of: key(result.columns)), mean.isFinite
      else { continue }
      sums[row * columns.count + column] += mean
      counts[row * columns.count + column] += 1
    }
    return zip(sums, counts).map { $1 == 0 ? nil : $0 / Double($1) }
  }
}

extension ModelKey {
  /// "ResNet18 · Digits32".
  fileprivate var title: String {
    Axis(model: model, dataset: dataset, layers: []).figureTitle
  }
}
