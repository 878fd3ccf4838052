import Core
import Similarity

/// What a dictionary says of the two sides of its matrix.
struct NamedSides {
  /// Both axes, and what had to be made up for them.
  struct Axes {
    var rows: Axis
    var columns: Axis
    var warnings: [String] = []

    /// Whether either side's names stand in torch_cka's registration order.
    var lookRegistered: Bool {
      [rows, columns].contains { axis in
        !axis.layersAreGenerated && LayerOrder.isRegistrationOrder(axis.layers)
      }
    }
  }

  private let first: Side
  private let second: Side

  /// The sides that `entries` name under torch_cka's keys.
  init(_ entries: [(key: Value, value: Value)]) throws(FormatError) {
    first = try Side(entries, number: 1, cells: "rows")
    second = try Side(entries, number: 2, cells: "columns")
  }

  /// Whether `rows` × `columns` is as many layers as there are names, on both sides.
  func fit(_ rows: Int, _ columns: Int) -> Bool {
    first.count == rows && second.count == columns
  }

  /// The axes with the names as they are, for scores that are not one for each layer.
  var axes: Axes { Axes(rows: first.axis(first.layers), columns: second.axis(second.layers)) }

  /// The axes of `matrix`, which must have a row and a column for each name.
  /// - Parameter isNumber: the matrix is one number, which names of many layers cannot fit.
  func axes(for matrix: Matrix, isNumber: Bool) throws(FormatError) -> Axes {
    if isNumber, !fit(1, 1) {
      let named = first.count ?? second.count ?? 0 > 1
      return Axes(
        rows: first.axis(nil, count: 1), columns: second.axis(nil, count: 1),
        warnings: named ? ["the file holds one number: its layer names are left out"] : [])
    }
    if let mismatch = first.mismatch(matrix.rows) ?? second.mismatch(matrix.columns) {
      let transposed = fit(matrix.columns, matrix.rows)
      throw FormatError(
        mismatch, at: "\(matrix.rows) × \(matrix.columns) matrix",
        remedy: transposed ? "the matrix looks transposed: exchange model 1 and model 2" : "")
    }
    return Axes(
      rows: first.axis(first.layers, count: matrix.rows),
      columns: second.axis(second.layers, count: matrix.columns), warnings: warnings)
  }

  private var warnings: [String] {
    switch (first.layers, second.layers) {
    case (nil, nil): ["no layer names in the file: rows and columns are numbered"]
    case (nil, _): ["no layer names for model 1: rows are numbered"]
    case (_, nil): ["no layer names for model 2: columns are numbered"]
    default: [first.missingWarning, second.missingWarning].compactMap(\.self)
    }
  }
}

/// One side: a model, its data set, and its layers where the file names them.
private struct Side {
  let layers: [String]?
  private let model: String
  private let dataset: String
  private let missing: Int
  private let key: String
  private let cells: String

  init(
    _ entries: [(key: Value, value: Value)], number: Int, cells: String
  ) throws(FormatError) {
    let names = try LayerNames(entries["model\(number)_layers"])
    layers = names.names
    missing = names.missing
    model = entries["model\(number)_name"]?.text.map(SafeText.sanitise) ?? ""
    dataset = entries["dataset\(number)_name"]?.text.map(SafeText.sanitise) ?? ""
    key = "model\(number)_layers"
    self.cells = cells
  }

  var count: Int? { layers?.count }

  var missingWarning: String? {
    missing == 0 ? nil : "\(missing) of the names in \(key) are missing: those layers are numbered"
  }

  func mismatch(_ expected: Int) -> String? {
    guard let count, count != expected else { return nil }
    return "\(key) has \(count) names for \(expected) \(cells)"
  }

  /// The axis with `layers`, or with `count` numbers in their stead.
  func axis(_ layers: [String]?, count: Int = 0) -> Axis {
    guard let layers else { return .numbered(count, model: model, dataset: dataset) }
    return Axis(model: model, dataset: dataset, layers: layers)
  }
}
