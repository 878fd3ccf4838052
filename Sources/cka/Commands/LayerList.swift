import Similarity

/// The layers of a result's sides, one a line: number, name, and kind and shape where known.
enum LayerList {
  /// Both sides of `comparison`, or the one side of a model with itself; none of minibatch scores.
  static func lines(_ comparison: Comparison) -> [String] {
    guard comparison.kind == .layers else { return [] }
    let models = comparison.block.map { block in
      [block.rowModel, block.columnModel].map { block.study.models[$0].layers }
    }
    let sides = zip([comparison.rows, comparison.columns], ["rows", "columns"])
    let isOneModel = comparison.rows == comparison.columns
    return sides.enumerated().prefix(isOneModel ? 1 : 2).flatMap { index, side in
      let title = side.0.figureTitle
      return ["  layers of \(title.isEmpty ? "the \(side.1)" : title)"]
        + lines(side.0, models?[index])
    }
  }

  private static func lines(_ axis: Axis, _ known: [StudyLayer]?) -> [String] {
    let rows = axis.layers.enumerated().map { index, name in
      let layer = known?[index]
      let shape = layer?.shape.map(String.init).joined(separator: " × ") ?? ""
      return ["\(index + 1)", name.named, layer?.kind ?? "", shape]
    }
    return TextTable.lines(rows, right: [0]).map { "    " + $0 }
  }
}
