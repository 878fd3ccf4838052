import Cells
import Similarity

// What is derived from the state, made anew only when what it depends on has changed.
extension State {
  /// The open result whose values are a layer matrix.
  var layerResult: OpenResult? { difference.map(shownDifference) ?? open(.layers) }
  /// The open result whose values are minibatch scores; those of the layer pair under the crosshair
  /// where the layer matrix knows them.
  var minibatchResult: OpenResult? {
    if difference != nil { return nil }
    return followedBlock != nil ? cellScores?.result : open(.minibatches)
  }

  func open(_ kind: Comparison.Kind) -> OpenResult? {
    if let primary, primary.comparison.kind == kind { return primary }
    if let companion, companion.comparison.kind == kind { return companion }
    return nil
  }

  /// Everything whose values are on the screen.
  public var shownResults: [Opened] {
    [shown, companion.map { .comparison($0) }, (difference?.b).map { .comparison($0) }]
      .compactMap(\.self)
  }

  /// What is wrong with the files behind the screen; empty where all is well.
  var damageWarning: String {
    let isDamaged = shownResults.contains { opened in
      opened.comparison?.comparison.matrix.region.hasLostBytes ?? false
    }
    return isDamaged ? "file cut short: values are missing" : ""
  }

  /// The heat panes that have something to show, layers first.
  var openPanes: [Pane] {
    var panes: [Pane] = []
    if layerResult != nil { panes.append(.layers) }
    if minibatchResult != nil || followedBlock != nil { panes.append(.minibatches) }
    if profile != nil, layerResult != nil { panes.append(.profile) }
    if openCurves != nil { panes.append(.curves) }
    return panes
  }

  /// The pane of the result that was chosen.
  var primaryPane: Pane {
    if openCurves != nil { return .curves }
    return primary?.comparison.kind == .minibatches && difference == nil ? .minibatches : .layers
  }

  /// The pane that commands about a picture mean: the focused one, or, from the list, the chosen
  /// result's.
  var heatPane: Pane {
    switch focus {
    case .results: primaryPane
    case .profile: .layers
    case .layers, .minibatches, .curves: focus
    }
  }

  /// Brings everything derived up to date; `update` ends with it.
  mutating func prepare() {
    prepareDifference()
    prepareSeeds()
    prepareArrangement()
    // Another result, filter, size or focus may have moved what the cursors are on.
    clampCrosshair()
    prepareCellScores()
    prepareSquare()
    scrollToCrosshair()
    scrollList()
    prepareListLabels()
    prepareTile()
    prepareSquareTile()
    prepareMatches()
    prepareProfile()
    clampCurveCursor()
    prepareCurveTile()
  }

  private mutating func prepareArrangement() {
    guard let result = layerResult else {
      arrangement = nil
      tile = nil
      return
    }
    var shown = settings
    shown.range = layerRange
    // A difference has its names already in the order that was asked for.
    if difference != nil { shown.labelOrder = .exported }
    shown.dimsChance = isDimmingChance
    let key = Arrangement.Key(
      id: result.comparison.id, variant: result.variant, generation: generation,
      filter: shown.filter, labelOrder: shown.labelOrder, range: shown.range,
      dimsChance: isDimmingChance)
    guard arrangement?.key != key else { return }
    let before = arrangement
    if let before, before.key.differsOnlyInRange(from: key) {
      arrangement = before.spanning(key.range)
      return
    }
    do {
      let after = try Arrangement(
        result, settings: shown, generation: generation, reusing: before)
      arrangement = after
      if let before { follow(from: before, to: after) }
    } catch {
      // The prompt refuses malformed filters, so only a saved one can bring us here.
      message = .error(error.description)
      settings.filter = ""
      prepareArrangement()
    }
  }

  /// Keeps the crosshair on the same value of the same result, whatever it is called now; in
  /// another result on the same layers, by name.
  private mutating func follow(from old: Arrangement, to new: Arrangement) {
    guard !old.isEmpty, !new.isEmpty else { return }
    if old.key.isOfSameResult(as: new.key) {
      crosshair.row = Self.place(of: crosshair.row, of: old.rowIndices, in: new.rowIndices)
      crosshair.column = Self.place(
        of: crosshair.column, of: old.columnIndices, in: new.columnIndices)
      return
    }
    var (rowName, columnName) = (
      old.rows.layers[min(crosshair.row, old.rows.layers.count - 1)],
      old.columns.layers[min(crosshair.column, old.columns.layers.count - 1)]
    )
    let isSwapped =
      old.rows.model == new.columns.model && old.columns.model == new.rows.model
      && old.rows.model != old.columns.model
    if isSwapped { swap(&rowName, &columnName) }
    let row = isSwapped ? crosshair.column : crosshair.row
    let column = isSwapped ? crosshair.row : crosshair.column
    crosshair.row = Self.place(of: rowName, near: row, in: new.rows.layers)
    crosshair.column = Self.place(of: columnName, near: column, in: new.columns.layers)
  }

  /// Where the layer at `position` of the old indices stands among the new ones, or the next one
  /// after it.
  private static func place(of position: Int, of old: [Int], in new: [Int]) -> Int {
    let layer = old[min(position, old.count - 1)]
    return new.firstIndex { $0 >= layer } ?? new.count - 1
  }

  private static func place(of name: String, near index: Int, in names: [String]) -> Int {
    if index < names.count, names[index] == name { return index }
    return names.firstIndex(of: name) ?? min(index, names.count - 1)
  }

  private mutating func clampCrosshair() {
    guard let arrangement else { return }
    crosshair.row = max(0, min(crosshair.row, arrangement.view.rows - 1))
    crosshair.column = max(0, min(crosshair.column, arrangement.view.columns - 1))
  }

  private mutating func prepareSquare() {
    guard let result = minibatchResult else {
      square = nil
      return
    }
    let key = Square.Key(
      id: result.comparison.id, generation: generation, sorted: settings.sorted,
      range: settings.range, cell: cellScores?.key)
    guard square?.key != key else { return }
    let before = square
    let after = Square(
      result, settings: settings, generation: generation, cell: cellScores?.key)
    if let before, before.key.id == after.key.id, rank < before.layout.count {
      // The same minibatch, wherever the new order puts it.
      let minibatch = before.layout.order[rank]
      rank = after.layout.order.firstIndex(of: minibatch) ?? rank
    }
    rank = max(0, min(rank, after.layout.count - 1))
    square = after
  }

  private mutating func prepareSquareTile() {
    guard let square, let place = squarePlacement else {
      squareTile = nil
      return
    }
    let key = SquareTile.Key(square: square.key, placement: place)
    if squareTile?.key != key { squareTile = SquareTile(key: key, layout: square.layout) }
  }

  private mutating func prepareTile() {
    guard let arrangement, !arrangement.isEmpty, let place = placement else {
      tile = nil
      return
    }
    let key = HeatTile.Key(
      arrangement: arrangement.key, placement: place, transposed: settings.transposed,
      reduction: settings.reduction)
    if tile?.key != key { tile = HeatTile(key: key, arrangement: arrangement) }
  }
}
