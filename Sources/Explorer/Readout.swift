import Core
import Similarity

/// What is under the crosshair, in words.
struct Readout: Sendable, Equatable {
  /// The exact value.
  let value: String
  /// The value with four decimals, for a screen that has no room for all; nil where they would say
  /// nothing.
  var rounded: String?
  /// Where it is, in numbers; the same width as the crosshair moves, so that little is repainted.
  let place: String
  /// Where it is, in names.
  let names: String
  /// What other seeds give there: "0.6210 ± 0.050, 5 seeds"; empty where there are none.
  var seeds = ""
  /// What computes the two layers, where that is known: "Conv2d × ReLU".
  var kinds = ""
  /// Why there is no value; empty when there is one.
  var reason = ""
  /// What must be said of the result and what the value hangs on: "partial, one sample 83 %"; empty
  /// when nothing speaks against it.
  var marks = ""
  /// Where there is no room for all names, the first ones stay, not the last.
  var keepsStart = false
  /// The line for the clipboard, where it is not made of the names and the value.
  var copied: String?

  /// One line for the clipboard.
  var clipboard: String {
    (copied ?? "\(names) = \(value.prefix { $0 != " " })") + (marks.isEmpty ? "" : " (\(marks))")
  }
}

extension State {
  /// The readout of the focused pane; of the chosen result's pane when the list holds the focus.
  var readout: Readout? {
    var readout =
      switch heatPane {
      case .minibatches: scoreReadout
      case .curves: curveReadout
      default: layerReadout
      }
    guard heatPane != .curves, let shown = layerResult ?? minibatchResult else { return readout }
    // Of the names the pane's own title warns.
    let marks = [shown.comparison.standing.marks, readout?.marks ?? ""].filter { !$0.isEmpty }
    readout?.marks = marks.joined(separator: ", ")
    return readout
  }

  private var layerReadout: Readout? {
    guard let arrangement, !arrangement.isEmpty else { return nil }
    let (row, column) = (crosshair.row, crosshair.column)
    guard row < arrangement.view.rows, column < arrangement.view.columns else { return nil }
    let (rows, columns) = (arrangement.rows.layers, arrangement.columns.layers)
    let names = "\(rows[row].orRoot) × \(columns[column].orRoot)"
    if let difference {
      return differenceReadout(
        difference, names, row: arrangement.rowIndices[row],
        column: arrangement.columnIndices[column])
    }
    let place =
      "row \((row + 1).padded(as: rows.count))/\(rows.count)"
      + "  column \((column + 1).padded(as: columns.count))/\(columns.count)"
    let mark = cellScores.map { $0.widthMark.isEmpty ? "" : " \($0.widthMark)" } ?? ""
    let width = cellScores?.halfWidth.map { "± \($0.halfWidthText)\(mark)" } ?? ""
    // A dimmed cell has its value all the same.
    let value = cellScores?.value ?? arrangement.view[row, column]
    let p = cellScores?.p.map { "  p = \($0.fixed(4))" } ?? ""
    return Readout(
      value: value.exact + (width.isEmpty ? "" : width.padded(to: 10)),
      rounded: value.fourDecimals.map { width.isEmpty ? $0 : "\($0) \(width)" },
      place: place + (cellScores.map { "  n = \($0.minibatches)" } ?? "") + p, names: names,
      seeds: seedText.map { "seeds \($0)" } ?? "",
      kinds: layerKinds?.joined(separator: " × ") ?? "",
      reason: value.isNaN ? cellScores?.reason ?? "" : "",
      marks: cellScores?.marks.joined(separator: ", ") ?? "")
  }

  /// A − B with the half width of its own interval and its q value, and both values.
  private func differenceReadout(
    _ view: DifferenceView, _ names: String, row: Int, column: Int
  ) -> Readout {
    let values = view.difference.values(row: row, column: column)
    let value = view.difference.matrix[row, column]
    let sides = "A \(values.a.fixed(4).padded(to: 7)) B \(values.b.fixed(4).padded(to: 7))"
    let kinds = layerKinds?.joined(separator: " × ") ?? ""
    guard let test = view.difference.test else {
      return Readout(
        value: value.exact, rounded: value.fourDecimals, place: sides, names: names, kinds: kinds)
    }
    let halfWidth = test.halfWidth(row: row, column: column)
    let width = halfWidth.isNaN ? "" : "± \(halfWidth.halfWidthText)"
    let q = test.qValues[row, column]
    // Nine digits after the point are no news beside an interval.
    return Readout(
      value: "\(value.fixed(6)) \(width)".padded(to: 19),
      rounded: value.fourDecimals.map { width.isEmpty ? $0 : "\($0) \(width)" },
      place: "\((q.isNaN ? "not tested" : "q \(q.probabilityText)").padded(to: 10)) \(sides)",
      names: names, kinds: kinds)
  }

  private var scoreReadout: Readout? {
    guard let layout = square?.layout, rank < layout.count else { return nil }
    let (row, column) = (rank / layout.side, rank % layout.side)
    guard let score = layout.score(row: row, column: column) else { return nil }
    let minibatch = layout.order[rank] + 1
    let total = layout.count
    return Readout(
      value: score.exact, rounded: score.fourDecimals,
      place: "\(settings.sorted ? "rank" : "place") \((rank + 1).padded(as: total))/\(total)"
        + "  row \((row + 1).padded(as: layout.side))  column \((column + 1).padded(as: layout.side))",
      names: "minibatch \(minibatch.padded(as: total))")
  }
}

extension Int {
  /// Right-aligned to the width of `largest`.
  func padded(as largest: Int) -> String {
    let digits = String(self)
    return String(repeating: " ", count: Swift.max(0, String(largest).count - digits.count))
      + digits
  }
}

extension String {
  /// The root module of a PyTorch model has the empty name.
  var orRoot: String { isEmpty ? "(root)" : self }
}

extension Double {
  /// The shortest decimal that reads back as this very float64: the same digits as in CSV and JSON,
  /// at a width that seldom jumps.
  var exact: String {
    // Most values between -1 and 1 fit; what stands behind them stays where it is then.
    let width = 19
    if isNaN { return "NaN".padded(to: width) }
    if isInfinite { return (self > 0 ? "Infinity" : "-Infinity").padded(to: width) }
    return "\(self)".padded(to: width)
  }

  /// The number with at most four decimals, unless these would hide what it is.
  fileprivate var fourDecimals: String? {
    guard self == 0 || (abs(self) >= 0.001 && isFinite) else { return nil }
    let digits = "\(self)"
    return digits.count <= 6 ? digits : fixed(4)
  }

  /// A probability: "0.34", "0.0042", "< 0.0001".
  public var probabilityText: String {
    isNaN ? "unknown" : self < 0.0001 ? "< 0.0001" : fixed(self < 0.1 ? 4 : 2)
  }

  /// As short as it can be: "0.5", "1".
  var plain: String {
    self == rounded() && abs(self) < 1e15 ? String(Int(self)) : "\(self)"
  }
}
