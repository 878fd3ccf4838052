import Core

extension Comparison {
  /// Whether the labels of the rows or of the columns may stand on the wrong layers: see
  /// `LayerOrder`. Never in a study, where each layer carries its name.
  public var labelsLookRegistered: Bool {
    labelsAreSuspect
      ?? (kind == .layers && block == nil && (rows.looksRegistered || columns.looksRegistered))
  }

  /// What to say of labels that may stand on the wrong layers, in one line; nil where nothing speaks
  /// against them.
  public var labelDoubt: String? {
    labelsLookRegistered ? Caveat.labelsSuspect.description : nil
  }

  /// Both axes with their names in `order`. Names move, values never do; an axis whose names do not
  /// look like a registration order stays as it is, and so do the axes of minibatch scores.
  public func axes(order: LabelOrder) -> (rows: Axis, columns: Axis) {
    guard order == .executed, kind == .layers, block == nil else { return (rows, columns) }
    return (rows.executed, columns.executed)
  }
}

extension Axis {
  fileprivate var looksRegistered: Bool {
    !layersAreGenerated && LayerOrder.isRegistrationOrder(layers)
  }

  fileprivate var executed: Axis {
    guard looksRegistered else { return self }
    var axis = self
    axis.layers = LayerOrder.executed(layers)
    return axis
  }
}
