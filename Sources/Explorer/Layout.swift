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
    let listWidth = max(22, min(38, size.width * 27 / 100))
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
    guard shown.count == 2 else {
      self[shown.first ?? .layers] = area
      return
    }
    if area.width >= 110 {
      let side = min(area.width * 2 / 5, max(44, area.height * 2 + 26))
      layers = Rect(x: area.x, y: area.y, width: area.width - side, height: area.height)
      minibatches = Rect(x: area.right - side, y: area.y, width: side, height: area.height)
    } else if area.height >= 32 {
      let lower = max(14, area.height * 2 / 5)
      layers = Rect(x: area.x, y: area.y, width: area.width, height: area.height - lower)
      minibatches = Rect(x: area.x, y: area.bottom - lower, width: area.width, height: lower)
    } else {
      self[state.focus == .results ? state.primaryPane : state.focus] = area
    }
  }

  /// The rectangle of a pane, frame included; nil when it is not on the screen.
  subscript(pane: Pane) -> Rect? {
    get {
      switch pane {
      case .results: results
      case .layers: layers
      case .minibatches: minibatches
      }
    }
    set {
      switch pane {
      case .results: results = newValue
      case .layers: layers = newValue
      case .minibatches: minibatches = newValue
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
  /// Row names.
  let names: Rect
  /// One column that marks the crosshair's row.
  let rowTick: Rect
  /// The pixels.
  let heat: Rect
  /// One line that marks the crosshair's column.
  let columnTick: Rect
  /// Column names, one or two lines.
  let columnNames: Rect
  /// The colour scale; empty on a small screen.
  let scale: Rect

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
}

/// Where things are inside the frame of the minibatch pane.
struct SquareFrame: Sendable, Equatable {
  /// The pixels.
  let heat: Rect
  /// The colour scale; empty on a small screen.
  let scale: Rect
  /// Mean, quartiles and remarks; empty on a small screen.
  let statistics: Rect

  init(frame: Rect) {
    let inner = frame.inset(by: 1)
    let textWidth = inner.width >= 50 ? 24 : (inner.width >= 40 ? 17 : 0)
    let scaleWidth = inner.width >= 36 ? 10 : 0
    let room = inner.width - textWidth - scaleWidth
    // A square needs no more width than its height in half-block pixels.
    let width = min(room, max(8, inner.height * 2 + 1))
    heat = Rect(x: inner.x, y: inner.y, width: width, height: inner.height)
    scale = Rect(x: heat.right, y: inner.y, width: scaleWidth, height: inner.height)
    statistics = Rect(
      x: scale.right + 1, y: inner.y, width: max(0, inner.right - scale.right - 1),
      height: inner.height)
  }
}
