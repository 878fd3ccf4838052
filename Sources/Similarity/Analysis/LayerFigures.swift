/// Figures that the user has of layers, such as the accuracy of a linear probe or of a network
/// frozen up to a layer.
public struct LayerFigures: Sendable, Equatable {
  /// What the figures are: "accuracy".
  public let columns: [String]
  /// The layers' names, in the file's order.
  public let layers: [String]
  private let figures: [String: [Double]]

  /// Figures by layer; of a layer that is named twice the last line counts.
  /// - Parameters:
  ///   - columns: what they are, ready to show.
  ///   - rows: a layer's name and a figure for each column, NaN where there is none.
  public init(columns: [String], rows: [(layer: String, figures: [Double])]) {
    self.columns = columns
    layers = rows.map(\.layer)
    figures = Dictionary(rows.map { ($0.layer, $0.figures) }) { $1 }
  }

  /// The figures of a layer, one for each column; NaN where there are none.
  public func values(of layer: String) -> [Double] {
    figures[layer] ?? Array(repeating: .nan, count: columns.count)
  }

  /// Which of the table's layers have no figures, and which figures have no layer.
  func notes(for names: [String]) -> [String] {
    let bare = names.filter { figures[$0] == nil }
    let strange = Set(layers).subtracting(names)
    var notes: [String] = []
    if bare.count == names.count {
      notes.append(
        "no line of the file of figures names a layer of the table; it has "
          + layers.prefix(3).joined(separator: ", "))
    } else if !bare.isEmpty {
      notes.append("\(bare.count) of \(names.count) layers have no figures in the file")
    }
    if !strange.isEmpty, bare.count < names.count {
      notes.append(
        "the file of figures names \(strange.count) "
          + "\(strange.count == 1 ? "layer" : "layers") that the table lacks")
    }
    return notes
  }
}
