import Cells
import Core
import Explorer
import Figure
import Formats
import Similarity

extension HeatmapExhibit {
  /// The difference that the explorer shows.
  static func difference(
    _ request: ExportRequest, _ a: OpenResult, _ b: OpenResult
  ) throws(FormatError) -> HeatmapExhibit {
    guard a.comparison.kind == .layers, b.comparison.kind == .layers,
      let view = DifferenceView(a, minus: b, order: request.settings.labelOrder)
    else {
      throw FormatError(.mismatch, "the two results have no row, or no column, with the same name")
    }
    return HeatmapExhibit(view, request.settings)
  }

  /// A − B as a figure: diverging colours centred on 0, which reach as far either way as the
  /// largest difference.
  init(_ view: DifferenceView, _ settings: ViewSettings) {
    let shown = view.result.comparison
    let reach = view.largest > 0 ? view.largest : 1
    let difference = view.difference
    let summary = difference.summary()
    var caption = [
      "\(difference.rows.count) × \(difference.columns.count) layers that both results have, by name; "
        + "\(difference.rows.leftOut + difference.columns.leftOut) left out.",
      "Mean \(summary.mean.fixed(4)), mean magnitude \(summary.meanMagnitude.fixed(4)), "
        + "largest magnitude \(summary.largest.fixed(4)).",
    ]
    caption += difference.doubts.map { "\($0.description)." }
    if let differing = summary.differing, let tested = summary.tested {
      caption.append(
        "\(differing) of \(tested) cells differ by more than the chance of the samples, for these "
          + "networks (q ≤ \(DifferenceTest.levelText)).")
    }
    self.init(
      figure: Figure(
        heatmap: Heatmap(shown.matrix), title: view.title, rowAxis: shown.rows.figureTitle,
        columnAxis: shown.columns.figureTitle, rowNames: shown.rows.figureNames,
        columnNames: shown.columns.figureNames,
        scale: ColorScale(low: -reach, high: reach, map: .diverging),
        rangeText: "difference of CKA", rowZeroAtBottom: !settings.originAtTop, caption: caption),
      comparison: shown)
  }
}
