import Core

/// Which layers of one model represent two data sets alike: candidates for freezing when it is
/// trained on the second after the first.
///
/// Candidates, no more: CKA says that samples keep their relations to each other, not that the layers
/// behind can still use them (`caveat`). A linear probe or a training run decides, whose figures may
/// stand beside the table (`LayerFigures`).
///
/// A layer passes when its cross-data-set CKA exceeds the threshold with the whole of its 95 %
/// interval, layer by layer, or, where there is no interval, with the value alone.
public struct FreezeTable: Sendable {
  /// A layer that both sides have.
  public struct Layer: Sendable, Equatable {
    /// Its name.
    public var name: String
    /// The CKA of the layer on the first data set with itself on the second; NaN where unknown.
    public var value: Double
    /// Half the width of its 95 % interval; NaN where unknown.
    public var halfWidth: Double
    /// It exceeds the threshold with the whole of its interval.
    public var passes: Bool
    /// Figures of others, as accuracies, one for each of `FreezeTable.figureNames`; NaN where there is
    /// none.
    public var figures: [Double] = []

    /// The lower end of the 95 % interval; NaN where unknown.
    public var lowerBound: Double { value - halfWidth }
  }

  /// The common layers, in the order of the rows.
  public let layers: [Layer]
  /// What the CKA must exceed.
  public let threshold: Double
  /// Intervals were used; without them the values alone decide.
  public let usesIntervals: Bool
  /// Layers that only one side has.
  public let leftOut: Int
  /// What the layers' `figures` are.
  public let figureNames: [String]
  /// What a reader should know; one line each, ready to show.
  public let notes: [String]

  /// The default of `threshold`.
  public static let defaultThreshold = 0.9

  /// The table of a layer matrix.
  /// - Parameters:
  ///   - halfWidths: of its 95 % intervals, where they are known already.
  ///   - figures: what else is known of the layers.
  public init(
    _ comparison: Comparison, threshold: Double = defaultThreshold,
    order: LabelOrder = .exported, halfWidths: Matrix? = nil, figures: LayerFigures? = nil
  ) {
    precondition(comparison.kind == .layers, "a layer matrix")
    let axes = comparison.axes(order: order)
    let common = LayerAlignment(axes.rows.layers, axes.columns.layers)
    let widths = halfWidths ?? comparison.block?.halfWidths()
    layers = zip(common.first, common.second).map { row, column in
      let value = comparison.matrix[row, column]
      let halfWidth = widths?[row, column] ?? .nan
      // A layer without an interval in a study that has them is not known well enough.
      let bound = widths == nil ? value : value - halfWidth
      return Layer(
        name: axes.rows.layers[row], value: value, halfWidth: halfWidth, passes: bound > threshold,
        figures: figures?.values(of: axes.rows.layers[row]) ?? [])
    }
    figureNames = figures?.columns ?? []
    self.threshold = threshold
    usesIntervals = widths != nil
    leftOut = common.leftOut
    notes =
      Self.notes(comparison, hasIntervals: widths != nil, leftOut: common.leftOut)
      + (order == .exported ? [comparison.labelDoubt].compactMap(\.self) : [])
      + (figures?.notes(for: layers.map(\.name)) ?? [])
  }

  /// What no table of CKA shows. `Experiments/inverted.py` has the example's figures.
  public static let caveat =
    "CKA shows that samples keep their relations, not that a layer can be used as it is: inverted "
    + "digits keep 0.96 at the first layer of a small network, and freezing it costs 18 points of "
    + "accuracy"

  /// Layers from the input on that pass without a gap: the candidates for freezing.
  public var leading: Int { layers.firstIndex { !$0.passes } ?? layers.count }

  /// Whether `comparison` is of two models, so that nothing says what to freeze: they have other
  /// names, and layers without a partner.
  public static func isOfTwoModels(_ comparison: Comparison, order: LabelOrder) -> Bool {
    let axes = comparison.axes(order: order)
    return axes.rows.model != axes.columns.model
      && LayerAlignment(axes.rows.layers, axes.columns.layers).leftOut > 0
  }

  private static func notes(
    _ comparison: Comparison, hasIntervals: Bool, leftOut: Int
  ) -> [String] {
    var notes: [String] = []
    if comparison.rows.model != comparison.columns.model {
      notes.append("the models differ in name; the table compares layers of the same name")
    } else if comparison.rows.dataset == comparison.columns.dataset {
      notes.append("both sides are the same model on the same data set")
    }
    if !hasIntervals {
      notes.append("no intervals in this result: the values alone decide")
    }
    if leftOut > 0 {
      notes.append("\(leftOut) \(leftOut == 1 ? "layer has" : "layers have") no partner by name")
    }
    return notes
  }
}
