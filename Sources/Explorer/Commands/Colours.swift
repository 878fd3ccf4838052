import Cells
import Core

extension Command {
  static let colours: [Command] = [
    Command(
      "next-colours", [.character("c")], .colours, "next colour map", hint: "colours",
      needs: "colour maps", when: hasColours
    ) {
      $0.turnColours(by: 1)
    },
    Command(
      "previous-colours", [.character("C")], .colours, "previous colour map", needs: "colour maps",
      when: hasColours
    ) {
      $0.turnColours(by: -1)
    },
    Command(
      "range", [.character("r")], .colours,
      "colour range: 0 to 1, the data's, 2nd to 98th percentile", needs: "colour range",
      when: hasColours
    ) { $0.turnRange() },
    Command(
      "set-range", [.character("v")], .colours, "type a colour range", needs: "colour range",
      when: hasColours
    ) {
      $0.ask(.range, startingWith: "")
    },
  ]
}

/// Curves have colours of their own.
private let hasColours: @Sendable (State) -> Bool = { $0.openCurves == nil }

extension State {
  fileprivate mutating func turnColours(by step: Int) -> [Effect] {
    let pane = heatPane
    if difference != nil { return note("differences are in RdBu_r: red where A is larger") }
    let current = pane == .minibatches ? settings.minibatchColormap : settings.layerColormap
    let all = Colormap.allCases
    let index = all.firstIndex(of: current) ?? all.startIndex
    let map = all[(index + step + all.count) % all.count]
    if pane == .minibatches {
      settings.minibatchColormap = map
    } else {
      settings.layerColormap = map
    }
    return note("\(pane == .minibatches ? "minibatches" : "layers") in \(map.rawValue)")
  }

  fileprivate mutating func turnRange() -> [Effect] {
    if difference != nil { return turnDifferenceRange() }
    let percentile = ValueRange.percentile(2, 98)
    settings.range =
      switch settings.range {
      case .unit: .data
      case .data: percentile
      default: .unit
      }
    return note("colour range: \(settings.range.name)")
  }
}

extension ValueRange {
  /// The choice in words, without its bounds.
  var name: String {
    switch self {
    case .unit: "0 to 1"
    case .data: "the data's minimum to maximum"
    case .percentile(let low, let high): "percentile \(low.plain) to \(high.plain)"
    case .manual(let low, let high): "\(low.plain) to \(high.plain)"
    }
  }
}
