import Cells

/// Where everything is on the screen, for a size and what is open.
struct Layout: Sendable, Equatable {
  /// The smallest screen that works.
  static let smallest = Size(width: 40, height: 12)

  /// The results list, when there is room for it or it has the screen to itself.
  var results: Rect?
  /// The layer heatmap.
  var layers: Rect?
  /// The minibatch square.
  var minibatches: Rect?
  /// Lines through the crosshair, or a histogram.
  var profile: Rect?
  /// Lines with error bars.
  var curves: Rect?
  /// The line that tells what is under the crosshair.
  var readout: Rect
  /// The line of keys, messages and prompts.
  var footer: Rect

  init(_ state: State) {
    let size = state.terminal.size
    readout = Rect(x: 0, y: size.height - 2, width: size.width, height: 1)
    footer = Rect(x: 0, y: size.height - 1, width: size.width, height: 1)
    let body = Rect(x: 0, y: 0, width: size.width, height: size.height - 2)
    if let pane = state.maximised ?? Self.onlyPane(state) {
      self[pane] = body
      return
    }
    let listWidth = max(22, min(38, size.width / 4))
    results = Rect(x: 0, y: 0, width: listWidth, height: body.height)
    place(
      state,
      in: Rect(x: listWidth, y: 0, width: size.width - listWidth, height: body.height))
  }

  /// On a narrow screen one pane at a time: the focused one.
  private static func onlyPane(_ state: State) -> Pane? {
    state.terminal.size.width < 72 ? state.focus : nil
  }

  private mutating func place(_ state: State, in area: Rect) {
    let shown = state.openPanes
    guard let first = shown.first, shown.count > 1 else {
      self[shown.first ?? .layers] = area
      return
    }
    let others = Array(shown.dropFirst())
    if area.width >= 110 {
      let side = min(area.width * 2 / 5, max(44, area.height * 2 + 26))
      self[first] = Rect(x: area.x, y: area.y, width: area.width - side, height: area.height)
      stack(
        others, state, across: false,
        in: Rect(x: area.right - side, y: area.y, width: side, height: area.height))
    } else if area.height >= 32 {
      let lower = max(14, area.height * 2 / 5)
      self[first] = Rect(x: area.x, y: area.y, width: area.width, height: area.height - lower)
      stack(
        others, state, across: true,
        in: Rect(x: area.x, y: area.bottom - lower, width: area.width, height: lower))
    } else {
      self[state.focus == .results ? state.primaryPane : state.focus] = area
    }
  }

  /// One or two panes side by side, or one above the other; only one where two would be too small.
  private mutating func stack(_ panes: [Pane], _ state: State, across: Bool, in area: Rect) {
    guard let first = panes.first, let last = panes.last, panes.count > 1 else {
      self[panes.first ?? .minibatches] = area
      return
    }
    if across, area.width >= 84 {
      let left = area.width / 2
      self[first] = Rect(x: area.x, y: area.y, width: left, height: area.height)
      self[last] = Rect(x: area.x + left, y: area.y, width: area.width - left, height: area.height)
    } else if !across, area.height >= 30 {
      let upper = area.height * 3 / 5
      self[first] = Rect(x: area.x, y: area.y, width: area.width, height: upper)
      self[last] = Rect(
        x: area.x, y: area.y + upper, width: area.width, height: area.height - upper)
    } else {
      self[panes.contains(state.focus) ? state.focus : last] = area
    }
  }

  /// The rectangle of a pane, frame included; nil when it is not on the screen.
  subscript(pane: Pane) -> Rect? {
    get {
      switch pane {
      case .results: results
      case .layers: layers
      case .minibatches: minibatches
      case .profile: profile
      case .curves: curves
      }
    }
    set {
      switch pane {
      case .results: results = newValue
      case .layers: layers = newValue
      case .minibatches: minibatches = newValue
      case .profile: profile = newValue
      case .curves: curves = newValue
      }
    }
  }

  /// The pane at a cell.
  func pane(x: Int, y: Int) -> Pane? {
    Pane.allCases.first { self[$0]?.contains(x: x, y: y) ?? false }
  }
}

/// Where things are inside the frame of the layer pane.
struct HeatLayout: Sendable, Equatable {
  /// Cells for row names where the heatmap needs the room.
  static let shortName = 12

  /// Row names.
  private(set) var names: Rect
  /// One column that marks the crosshair's row.
  private(set) var rowTick: Rect
  /// The pixels.
  private(set) var heat: Rect
  /// One line that marks the crosshair's column.
  private(set) var columnTick: Rect
  /// Column names, one or two lines.
  private(set) var columnNames: Rect
  /// The colour scale; empty on a small screen.
  private(set) var scale: Rect

  /// - Parameter longestName: cells that the longest row name takes.
  init(frame: Rect, longestName: Int) {
    let inner = frame.inset(by: 1)
    let scaleWidth = inner.width >= 44 ? 10 : 0
    let nameLines = inner.height >= 24 ? 2 : 1
    let nameWidth = max(2, min(longestName, inner.width / 4, 30))
    let bottom = inner.bottom - nameLines - 1
    let heatWidth = inner.width - nameWidth - 1 - scaleWidth
    names = Rect(x: inner.x, y: inner.y, width: nameWidth, height: bottom - inner.y)
    rowTick = Rect(x: names.right, y: inner.y, width: 1, height: names.height)
    heat = Rect(x: rowTick.right, y: inner.y, width: heatWidth, height: names.height)
    columnTick = Rect(x: heat.x, y: bottom, width: heatWidth, height: 1)
    columnNames = Rect(x: heat.x, y: bottom + 1, width: heatWidth, height: nameLines)
    scale = Rect(x: heat.right, y: inner.y, width: scaleWidth, height: names.height)
  }

  /// The same with the pixels' room cut to what is drawn, and everything moved to the pane's
  /// middle.
  func fitted(width: Int, height: Int) -> HeatLayout {
    let right = max(0, heat.width - width) / 2
    let down = max(0, heat.height - height) / 2
    let cut = heat.height - height
    var fitted = self
    fitted.heat = Rect(x: heat.x + right, y: heat.y + down, width: width, height: height)
    fitted.names = Rect(x: names.x + right, y: heat.y + down, width: names.width, height: height)
    fitted.rowTick = Rect(x: rowTick.x + right, y: heat.y + down, width: 1, height: height)
    fitted.columnTick.x = fitted.heat.x
    fitted.columnTick.y -= cut - down
    // Names of the last columns may run on below the scale.
    fitted.columnNames = Rect(
      x: fitted.heat.x, y: columnNames.y - cut + down,
      width: columnNames.right + scale.width - fitted.heat.x, height: columnNames.height)
    fitted.scale = Rect(
      x: fitted.heat.right, y: fitted.heat.y, width: scale.width,
      height: max(height, min(heat.height - down, 8)))
    return fitted
  }
}

/// Where things are inside the frame of the minibatch pane.
struct SquareFrame: Sendable, Equatable {
  /// The pixels.
  private(set) var heat: Rect
  /// The colour scale; empty on a small screen.
  private(set) var scale: Rect
  /// Mean, quartiles and remarks; empty on a small screen.
  private(set) var statistics: Rect

  /// - Parameter below: the statistics stand below the square, else beside it.
  init(frame: Rect, statisticsBelow below: Bool) {
    let inner = frame.inset(by: 1)
    let scaleWidth = inner.width >= 36 ? 10 : 0
    let textWidth = below || inner.width >= 48 ? Self.textSize.width : 0
    let textHeight = below ? Self.textSize.height : 0
    let beside = below ? 0 : textWidth
    heat = Rect(
      x: inner.x + 1, y: inner.y, width: inner.width - beside - scaleWidth - 1,
      height: inner.height - textHeight)
    scale = Rect(x: heat.right, y: inner.y, width: scaleWidth, height: heat.height)
    statistics =
      below
      ? Rect(x: heat.x, y: heat.bottom + 1, width: textWidth, height: textHeight - 1)
      : Rect(x: scale.right + 1, y: inner.y, width: max(0, textWidth - 1), height: inner.height)
  }

  private static let textSize = Size(width: 19, height: 11)

  /// The same with the pixels' room cut to what is drawn, and everything moved to the pane's
  /// middle.
  func fitted(width: Int, height: Int) -> SquareFrame {
    let right = max(0, heat.width - width) / 2
    let down = max(0, heat.height - height) / 2
    let (tall, room) = (max(height, 8), heat.height - down)
    var fitted = self
    fitted.heat = Rect(x: heat.x + right, y: heat.y + down, width: width, height: height)
    fitted.scale = Rect(
      x: fitted.heat.right, y: fitted.heat.y, width: scale.width, height: min(room, tall))
    if statistics.y > heat.y {
      fitted.statistics.x = fitted.heat.x
      fitted.statistics.y = fitted.heat.bottom + 1
    } else {
      fitted.statistics = Rect(
        x: fitted.scale.right + 1, y: fitted.heat.y, width: statistics.width,
        height: max(height, min(room, Self.textSize.height)))
    }
    return fitted
  }
}
