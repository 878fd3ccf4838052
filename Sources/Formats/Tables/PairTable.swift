import Core

/// Values of pairs of names, in any order, on their way into a matrix.
struct PairTable {
  private var rowNames = NameNumbers()
  private var columnNames = NameNumbers()
  private var pairs: [Pair] = []

  private struct Pair {
    var row, column: Int32
    var value: Double
  }

  /// Names in the order in which they come.
  private struct NameNumbers {
    private(set) var names: [String] = []
    private var numbers: [String: Int32] = [:]

    mutating func number(of name: String) throws(FormatError) -> Int32 {
      if let number = numbers[name] { return number }
      guard names.count < Limits.layers else {
        throw FormatError(.tooLarge, "more than \(Limits.layers) names on a side")
      }
      let number = Int32(names.count)
      numbers[name] = number
      names.append(name)
      return number
    }
  }

  /// How many pairs there are, repeated ones counted each time.
  var count: Int { pairs.count }
  /// The values, in order.
  var values: [Double] { pairs.map(\.value) }
  /// Names in the order in which they came.
  var names: (rows: [String], columns: [String]) { (rowNames.names, columnNames.names) }

  /// Adds the value of `row` and `column`.
  mutating func add(row: String, column: String, value: Double) throws(FormatError) {
    pairs.append(
      Pair(
        row: try rowNames.number(of: row), column: try columnNames.number(of: column),
        value: value))
  }

  /// Cells that a table may have for each pair in it, beyond the first million: the rest is NaN.
  private static let mostSparse = 64

  /// The matrix of all pairs.
  /// - Throws: when a pair has two values, or nearly all pairs are missing.
  func table() throws(FormatError) -> NamedTable {
    if let square = try symmetric() { return square }
    let (rows, columns) = (rowNames.names.count, columnNames.names.count)
    try checkFilled(rows, columns)
    let (rowOrder, columnOrder, isSorted) = orders()
    let rowPlaces = Self.places(rowOrder)
    let columnPlaces = Self.places(columnOrder)
    var grid = Grid(rows: rows, columns: columns)
    for pair in pairs {
      try set(
        pair, row: rowPlaces[Int(pair.row)], column: columnPlaces[Int(pair.column)], in: &grid)
    }
    var notes = grid.notes
    if isSorted { notes.append(.namesSorted) }
    return try grid.table(
      rows: rowOrder.map { rowNames.names[$0] }, columns: columnOrder.map { columnNames.names[$0] },
      notes: notes)
  }

  private func set(_ pair: Pair, row: Int, column: Int, in grid: inout Grid) throws(FormatError) {
    guard let other = grid.set(row, column, pair.value) else { return }
    let names = [rowNames.names[Int(pair.row)], columnNames.names[Int(pair.column)]].map {
      "'\(SafeText.sanitise(String($0.prefix(60))))'"
    }
    throw FormatError(
      .ambiguous, "the pair \(names[0]) and \(names[1]) has two values, \(other) and \(pair.value)",
      remedy: "keep one row for each pair, or a column that tells the rows apart, such as seed")
  }

  private func checkFilled(_ rows: Int, _ columns: Int) throws(FormatError) {
    guard rows * columns <= max(1_000_000, pairs.count * Self.mostSparse) else {
      throw FormatError(
        .missing,
        "\(pairs.count) pairs of \(rows) × \(columns) names: nearly all values are missing",
        remedy: "give every row the names of a row and a column of one matrix")
    }
  }

  private static func places(_ order: [Int]) -> [Int] {
    var places = [Int](repeating: 0, count: order.count)
    for (place, number) in order.enumerated() { places[number] = place }
    return places
  }
}

// MARK: Order

extension PairTable {
  /// Rows and columns in the order of the file, where its pairs run along rows or along columns,
  /// and in natural order otherwise.
  private func orders() -> (rows: [Int], columns: [Int], isSorted: Bool) {
    let byRow = pairs.map { ($0.row, $0.column) }
    if let columns = NameMerge.order(of: byRow, count: columnNames.names.count) {
      return (Array(rowNames.names.indices), columns, false)
    }
    let byColumn = pairs.map { ($0.column, $0.row) }
    if let rows = NameMerge.order(of: byColumn, count: rowNames.names.count) {
      return (rows, Array(columnNames.names.indices), false)
    }
    return (Self.sorted(rowNames.names), Self.sorted(columnNames.names), true)
  }

  private static func sorted(_ names: [String]) -> [Int] {
    names.indices.sorted { naturalOrder(names[$0], names[$1]) }
  }
}

// MARK: Symmetric halves

extension PairTable {
  /// The whole of a symmetric matrix of which the pairs are one half, with or without its
  /// diagonal; nil when they are not. Only names tell: every two of them come once, one way round.
  private func symmetric() throws(FormatError) -> NamedTable? {
    var numbers: [String: Int] = [:]
    var names: [String] = []
    for name in rowNames.names + columnNames.names where numbers[name] == nil {
      numbers[name] = names.count
      names.append(name)
    }
    let count = names.count
    guard count > 1, rowNames.names.count + columnNames.names.count > count else { return nil }
    let rows = rowNames.names.map { numbers[$0] ?? 0 }
    let columns = columnNames.names.map { numbers[$0] ?? 0 }
    var half: [Int: Double] = [:]
    var diagonal = 0
    for pair in pairs {
      let (row, column) = (rows[Int(pair.row)], columns[Int(pair.column)])
      let place = min(row, column) * count + max(row, column)
      guard half.updateValue(pair.value, forKey: place) == nil else { return nil }
      diagonal += row == column ? 1 : 0
    }
    let off = count * (count - 1) / 2
    guard half.count - diagonal == off, diagonal == count || (diagonal == 0 && count > 2) else {
      return nil
    }
    return try filled(half, names: unionOrder(names, rows, columns), numbers: numbers)
  }

  /// The names of both sides in one order: that in which the pairs bring them, where it can be one.
  private func unionOrder(_ names: [String], _ rows: [Int], _ columns: [Int]) -> [String] {
    var merge = NameMerge(count: names.count)
    for (row, column) in pairs.map({ (rows[Int($0.row)], columns[Int($0.column)]) }) {
      merge.add(row, before: column)
    }
    // An upper half says it in full; a lower half says it backwards.
    if let order = merge.order() {
      let isLower = NameMerge.isDescending(pairs.map { ($0.row, $0.column) })
      return (isLower ? order.reversed() : order).map { names[$0] }
    }
    return names.sorted(by: naturalOrder)
  }

  private func filled(
    _ half: [Int: Double], names: [String], numbers: [String: Int]
  ) throws(FormatError) -> NamedTable {
    let count = names.count
    var grid = Grid(rows: count, columns: count)
    let places = names.map { numbers[$0] ?? 0 }
    var mirrored = 0
    for row in 0..<count {
      for column in row..<count {
        let (a, b) = (min(places[row], places[column]), max(places[row], places[column]))
        guard let value = half[a * count + b] else { continue }
        _ = grid.set(row, column, value)
        if row != column {
          _ = grid.set(column, row, value)
          mirrored += 1
        }
      }
    }
    return try grid.table(
      rows: names, columns: names, notes: [.mirrored(values: mirrored)] + grid.notes)
  }
}

/// A matrix that is being filled.
private struct Grid {
  let rows, columns: Int
  private var values: [Double]
  private var isSet: [Bool]
  private var known = 0
  private var repeated = 0

  init(rows: Int, columns: Int) {
    (self.rows, self.columns) = (rows, columns)
    values = Array(repeating: .nan, count: rows * columns)
    isSet = Array(repeating: false, count: rows * columns)
  }

  /// Sets a value; another one that is there already, which is left as it is.
  mutating func set(_ row: Int, _ column: Int, _ value: Double) -> Double? {
    let place = row * columns + column
    guard isSet[place] else {
      (values[place], isSet[place]) = (value, true)
      known += 1
      return nil
    }
    repeated += 1
    let old = values[place]
    return old == value || (old.isNaN && value.isNaN) ? nil : old
  }

  var notes: [ResultNote] {
    let missing = rows * columns - known
    return (missing > 0 ? [.missing(pairs: missing, of: rows * columns)] : [])
      + (repeated > 0 ? [.repeated(pairs: repeated)] : [])
  }

  func table(
    rows names: [String], columns columnNames: [String], notes: [ResultNote]
  ) throws(FormatError) -> NamedTable {
    NamedTable(
      scores: .array(try NDArray(copying: values, shape: [rows, columns])), rows: names,
      columns: columnNames, notes: notes)
  }
}
