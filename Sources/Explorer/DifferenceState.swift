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
  /// Cells that do not differ by more than the chance of the samples are drawn as if they had no
  /// value.
  var dims = false
  /// Which reading of the results the difference was made from.
  var generation = 0
}

// The difference view: another result subtracted from the one on the screen.
extension State {
  /// Cells that may differ by chance alone are drawn as missing.
  var isDimming: Bool { differenceSettings.dims && difference?.dimmed != nil }

  /// Dims the cells that may differ by the chance of the samples alone, or shows all again.
  mutating func toggleDimming() -> [Effect] {
    guard let difference,
      let summary = difference.dimmed.map({ _ in difference.difference.summary() })
    else { return note("nothing to dim: \(difference.map(Self.whyUntested) ?? "no difference")") }
    differenceSettings.dims.toggle()
    guard differenceSettings.dims else { return note("all cells shown") }
    let tested = summary.tested ?? 0
    return note(
      "dimmed: \(tested - (summary.differing ?? 0)) of \(tested) cells, which the samples' chance "
        + "may explain (q > \(DifferenceTest.levelText))")
  }

  /// Why a difference was not tested.
  static func whyUntested(_ view: DifferenceView) -> String {
    [view.a, view.b].allSatisfy { ($0.comparison.block?.study.kept.count ?? 0) > 1 }
      ? "too many cells to test in a moment; cka compare does"
      : "not both results keep their minibatches"
  }

  /// The difference as it is drawn.
  func shownDifference(_ view: DifferenceView) -> OpenResult {
    isDimming ? view.dimmed ?? view.result : view.result
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
    return difference.difference.doubts.prefix(1).map(\.remark)
      + (isDimming ? ["q > \(DifferenceTest.levelText) dimmed"] : [])
      + (left > 0 ? ["\(left) left out"] : [])
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
    message = Self.message(of: made)
  }

  /// What speaks against the difference, or else its figures.
  private static func message(of made: DifferenceView) -> Message {
    let summary = made.difference.summary()
    let cells = "\(summary.cells) \(summary.cells == 1 ? "cell" : "cells")"
    if let doubt = made.difference.doubts.first {
      return .error("\(doubt.description) (\(cells); i tells more)")
    }
    let found = summary.differing.map { ", \($0) differ (q ≤ \(DifferenceTest.levelText))" } ?? ""
    return .note(
      "\(cells), mean \(summary.mean.fixed(4)), largest ±\(made.largest.fixed(4))\(found)")
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
