import Core

extension State {
  /// What computes the row's and the column's layer under the crosshair, as the study has it:
  /// `["Conv2d", "ReLU"]`. Nil where it says so of neither.
  var layerKinds: [String]? {
    guard let arrangement, let shown = (difference?.a ?? open(.layers))?.comparison,
      let block = shown.block, arrangement.rowIndices.indices.contains(crosshair.row),
      arrangement.columnIndices.indices.contains(crosshair.column),
      // Names that were moved to other rows have taken no kinds with them.
      settings.labelOrder == .exported || !shown.labelsLookRegistered
    else { return nil }
    var (row, column) = (
      arrangement.rowIndices[crosshair.row], arrangement.columnIndices[crosshair.column]
    )
    if let common = difference?.difference {
      (row, column) = (common.rows.first[row], common.columns.first[column])
    }
    let models = block.study.models
    let kinds = [(block.rowModel, row), (block.columnModel, column)].map { model, layer in
      let layers = models[model].layers
      return layers.indices.contains(layer) ? layers[layer].kind : ""
    }
    return kinds.allSatisfy(\.isEmpty) ? nil : kinds.map { $0.isEmpty ? "unknown" : $0 }
  }
}
