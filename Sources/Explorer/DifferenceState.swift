import Cells
import Core
import Similarity

/// How the difference view is asked for and drawn.
struct DifferenceSettings: Sendable, Equatable {
  /// The result that was asked for and has not arrived yet.
  var wanted: ResultID?
  /// The results on offer while the list is open, in its order.
  var candidates: [ResultID] = []
  /// How far the colours reach either way; nil for the largest difference.
  var reach: Double?
  /// Cells whose 95 % intervals overlap are drawn as if they had no value.
  var dims = false
  /// Which reading of the results the difference was made from.
  var generation = 0
}

// The difference view: another result subtracted from the one on the screen.
extension State {
  /// Overlapping cells are drawn as missing.
  var isDimming: Bool { differenceSettings.dims && difference?.certain != nil }

  /// Dims the cells that may as well be alike, or shows all again.
  mutating func toggleDimming() -> [Effect] {
    guard difference?.certain != nil else {
      return note("nothing to dim: not both results have intervals")
    }
    differenceSettings.dims.toggle()
    return note(
      differenceSettings.dims ? "cells with overlapping intervals are dimmed" : "all cells shown")
  }

  /// The difference as it is drawn.
  func shownDifference(_ view: DifferenceView) -> OpenResult {
    isDimming ? view.certain ?? view.result : view.result
  }

  /// The values that the layer view's colours span.
  var layerRange: ValueRange {
    guard let difference else { return settings.range }
    let reach = differenceSettings.reach ?? difference.largest
    return reach > 0 ? .manual(-reach, reach) : .manual(-1, 1)
  }

  /// The layer view's colour map.
  var layerColormap: Colormap { difference == nil ? settings.layerColormap : .diverging }

  /// What the layer pane's frame says of the difference.
  var differenceRemarks: [String] {
    guard let difference else { return [] }
    let left = difference.difference.rows.leftOut + difference.difference.columns.leftOut
    return (isDimming ? ["overlap dimmed"] : []) + (left > 0 ? ["\(left) left out"] : [])
  }

  /// Subtracts the result that was chosen, as soon as it has been read.
  mutating func subtract(_ item: Chooser.Item) -> [Effect] {
    guard let index = Int(item.value), differenceSettings.candidates.indices.contains(index) else {
      return []
    }
    guard item.isEnabled else {
      message = Self.nothingInCommon
      return []
    }
    let id = differenceSettings.candidates[index]
    differenceSettings.wanted = id
    if let open = recall(id)?.comparison {
      takeDifference(open)
      return []
    }
    message = .note("reading…")
    return [.load(id, companion: nil, reread: false)]
  }

  /// Subtracts a result that was read for that; one that was read for something else is left alone.
  mutating func takeDifference(_ other: OpenResult) {
    guard other.comparison.id == differenceSettings.wanted else { return }
    differenceSettings.wanted = nil
    guard other.comparison.kind == .layers, let shown = open(.layers) else { return }
    show(shown, minus: other)
  }

  private static let nothingInCommon = Message.error(
    "these two results have no row, or no column, with the same name")

  private mutating func show(_ a: OpenResult, minus b: OpenResult) {
    guard let made = DifferenceView(a, minus: b, order: settings.labelOrder) else {
      difference = nil
      message = Self.nothingInCommon
      return
    }
    difference = made
    differenceSettings.generation = generation
    if focus == .minibatches { focus = .layers }
    if maximised == .minibatches { maximised = .layers }
    marked.formIntersection(openPanes)
    let summary = made.difference.summary()
    let apart = summary.apart.map { ", intervals apart in \($0)" } ?? ""
    message = .note(
      "\(summary.cells) \(summary.cells == 1 ? "cell" : "cells"), mean \(summary.mean.fixed(4)), "
        + "largest ±\(made.largest.fixed(4))\(apart)"
    )
  }

  /// Shows the result itself again.
  mutating func leaveDifference() -> [Effect] {
    difference = nil
    differenceSettings.wanted = nil
    return note("the result itself again")
  }

  /// Makes the difference anew when the result on the screen, its file or the labels have changed.
  mutating func prepareDifference() {
    guard let shown = difference else { return }
    guard let a = open(.layers), a.comparison.id != shown.b.comparison.id else {
      difference = nil
      return
    }
    guard
      a.comparison.id != shown.a.comparison.id || settings.labelOrder != shown.order
        || differenceSettings.generation != generation
    else { return }
    show(a, minus: shown.b)
  }

  /// Between the largest difference and the fixed reach of ±1.
  mutating func turnDifferenceRange() -> [Effect] {
    differenceSettings.reach = differenceSettings.reach == nil ? 1 : nil
    return note(
      "differences: colours reach to "
        + (differenceSettings.reach.map { "±\($0.plain)" } ?? "the largest"))
  }

  /// The symmetric range that a typed one means.
  mutating func setDifferenceRange(_ range: ValueRange) -> [Effect] {
    guard case .manual(let low, let high) = range, max(abs(low), abs(high)) > 0 else {
      differenceSettings.reach = nil
      return note("differences: colours reach to the largest")
    }
    differenceSettings.reach = max(abs(low), abs(high))
    return note("differences: colours reach to ±\(max(abs(low), abs(high)).plain)")
  }
}
