import Core
import Similarity

/// What a dictionary says of the two sides of its matrix.
struct NamedSides {
  /// Both axes, and what had to be made up for them.
  struct Axes {
    var rows: Axis
    var columns: Axis
    var warnings: [ResultNote] = []
    /// The matrix is to be turned, so that its rows are the rows of the names.
    var isTransposed = false

    /// Whether either side's names stand in torch_cka's registration order.
    var lookRegistered: Bool {
      [rows, columns].contains { axis in
        !axis.layersAreGenerated && LayerOrder.isRegistrationOrder(axis.layers)
      }
    }
  }

  private let first: Side
  private let second: Side
  /// Names under other keys, where torch_cka's are not there.
  private let lists: NameLists
  /// Names that fit no matrix are an error; otherwise they are left out, with a word.
  private let isStrict: Bool

  /// The sides that `entries` name under torch_cka's keys, or others.
  init(
    _ entries: [(key: Value, value: Value)], isStrict: Bool = true
  ) throws(FormatError) {
    let datasets = ObjectName.names(
      entries["dataset1_name"]?.text ?? "", entries["dataset2_name"]?.text ?? "")
    first = try Side(entries, number: 1, dataset: datasets.0, cells: "rows")
    second = try Side(entries, number: 2, dataset: datasets.1, cells: "columns")
    lists = NameLists(first.layers == nil && second.layers == nil ? entries : [])
    self.isStrict = isStrict
  }

  /// Whether the last two of three lengths are as many layers as there are names, and the first two
  /// are not; as they stand, or else turned.
  func fitsLast(of shape: [Int]) -> Bool {
    let fits = { (rows: Int, columns: Int) in first.count == rows && second.count == columns }
    for (rows, columns) in [(0, 1), (1, 0)] {
      if fits(shape[rows], shape[columns]) { return false }
      if fits(shape[rows + 1], shape[columns + 1]) { return true }
    }
    return false
  }

  /// The axes with the names as they are, for scores that are not one for each layer.
  var axes: Axes { Axes(rows: first.axis(first.layers), columns: second.axis(second.layers)) }

  /// The axes of `matrix`, which must have a row and a column for each name, or be turned to have
  /// them.
  /// - Parameter isNumber: the matrix is one number, which names of many layers cannot fit.
  func axes(for matrix: Matrix, isNumber: Bool) throws(FormatError) -> Axes {
    let (rows, columns) = (matrix.rows, matrix.columns)
    if isNumber, first.count != 1 || second.count != 1 {
      let named = first.count ?? second.count ?? 0 > 1
      return Axes(
        rows: first.axis(nil, count: 1), columns: second.axis(nil, count: 1),
        warnings: named ? [.namesOfOneNumber] : [])
    }
    if first.layers == nil, second.layers == nil, !lists.lists.isEmpty {
      return listed(rows: rows, columns: columns)
    }
    guard let mismatch = first.mismatch(rows) ?? second.mismatch(columns) else {
      return named(rows: rows, columns: columns, notes: [])
    }
    if first.mismatch(columns) == nil, second.mismatch(rows) == nil {
      var axes = named(
        rows: columns, columns: rows, notes: [.transposed(rows: rows, columns: columns)])
      axes.isTransposed = true
      return axes
    }
    guard isStrict else {
      let notes = [first, second].compactMap { side in
        side.count.map {
          ResultNote.namesNotUsed(key: side.key, count: $0, rows: rows, columns: columns)
        }
      }
      return Axes(
        rows: first.axis(nil, count: rows), columns: second.axis(nil, count: columns),
        warnings: notes)
    }
    throw FormatError(
      .wrongShape, mismatch, at: "\(rows) × \(columns) matrix",
      remedy: "give each row a name in model1_layers, and each column one in model2_layers")
  }

  private func named(rows: Int, columns: Int, notes: [ResultNote]) -> Axes {
    Axes(
      rows: first.axis(first.layers, count: rows),
      columns: second.axis(second.layers, count: columns),
      warnings: notes + warnings)
  }

  /// The axes with the names that lists under other keys give, and a word on each list.
  private func listed(rows: Int, columns: Int) -> Axes {
    let sides = lists.sides(rows: rows, columns: columns)
    let used = [sides.rows?.key, sides.columns?.key]
    var notes: [ResultNote] = []
    if sides.rows != nil || sides.columns != nil {
      notes.append(.namesFound(rows: sides.rows?.key, columns: sides.columns?.key))
    }
    for list in lists.lists.prefix(8) where !used.contains(list.key) {
      notes.append(
        .namesNotUsed(key: list.key, count: list.names.count, rows: rows, columns: columns))
    }
    return Axes(
      rows: first.axis(sides.rows?.names, count: rows),
      columns: second.axis(sides.columns?.names, count: columns),
      warnings: notes)
  }

  private var warnings: [ResultNote] {
    switch (first.layers, second.layers) {
    case (nil, nil): [.unnamed(.both)]
    case (nil, _): [.unnamed(.rows)]
    case (_, nil): [.unnamed(.columns)]
    default: [first.missingWarning, second.missingWarning].compactMap(\.self)
    }
  }
}

/// One side: a model, its data set, and its layers where the file names them.
private struct Side {
  let layers: [String]?
  let key: String
  private let model: String
  private let dataset: String
  private let missing: Int
  private let cells: String

  init(
    _ entries: [(key: Value, value: Value)], number: Int, dataset: String, cells: String
  ) throws(FormatError) {
    let about = entries["model\(number)"]
    let names = try LayerNames(
      entries["model\(number)_layers"] ?? about?.fields.flatMap { $0["layers"] })
    layers = names.names
    missing = names.missing
    let name = entries["model\(number)_name"] ?? about?.fields.flatMap { $0["name"] } ?? about
    model = name?.text.map { SafeText.sanitise(ObjectName($0).name) } ?? ""
    self.dataset = SafeText.sanitise(dataset)
    key = "model\(number)_layers"
    self.cells = cells
  }

  var count: Int? { layers?.count }

  var missingWarning: ResultNote? {
    missing == 0 ? nil : .namesMissing(key: key, count: missing)
  }

  func mismatch(_ expected: Int) -> String? {
    guard let count, count != expected else { return nil }
    return "\(key) has \(count) \(count == 1 ? "name" : "names") for \(expected) \(cells)"
  }

  /// The axis with `layers`, or with `count` numbers in their stead.
  func axis(_ layers: [String]?, count: Int = 0) -> Axis {
    guard let layers else { return .numbered(count, model: model, dataset: dataset) }
    return Axis(model: model, dataset: dataset, layers: layers)
  }
}
