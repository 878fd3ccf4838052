import Cells
import Core

extension Command {
  static let view: [Command] = [
    Command(
      "zoom-in", [.character("+"), .character("=")], .view, "zoom in on the crosshair",
      hint: "zoom", in: pictureOrList, needs: "layers to zoom into", when: hasLayers
    ) {
      $0.zoom(in: true)
      return []
    },
    Command(
      "zoom-out", [.character("-")], .view, "zoom out", in: pictureOrList,
      needs: "layers to zoom into", when: hasLayers
    ) {
      $0.zoom(in: false)
      return []
    },
    Command(
      "fit", [.character("_")], .view, "show the whole matrix", in: pictureOrList,
      needs: "layers to zoom into", when: hasLayers
    ) {
      $0.viewport = Viewport()
      return []
    },
    Command(
      "pan-left", [.character("H")], .view, "scroll to the left", in: pictureOrList,
      needs: "layers to scroll", when: hasLayers
    ) {
      $0.pan(right: -1, up: 0)
      return []
    },
    Command(
      "pan-down", [.character("J")], .view, "scroll down", in: pictureOrList,
      needs: "layers to scroll", when: hasLayers
    ) {
      $0.pan(right: 0, up: -1)
      return []
    },
    Command(
      "pan-up", [.character("K")], .view, "scroll up", in: pictureOrList, needs: "layers to scroll",
      when: hasLayers
    ) {
      $0.pan(right: 0, up: 1)
      return []
    },
    Command(
      "pan-right", [.character("L")], .view, "scroll to the right", in: pictureOrList,
      needs: "layers to scroll", when: hasLayers
    ) {
      $0.pan(right: 1, up: 0)
      return []
    },
    Command(
      "flip-origin", [.character("o")], .view, "put row 1 at the top, or back at the bottom",
      needs: "rows to flip", when: { $0.layerResult != nil }
    ) {
      $0.settings.originAtTop.toggle()
      return $0.note("row 1 at the \($0.settings.originAtTop ? "top" : "bottom")")
    },
    Command(
      "transpose", [.character("t")], .view, "exchange rows and columns on the screen",
      needs: "rows and columns", when: { $0.layerResult != nil }
    ) {
      $0.settings.transposed.toggle()
      swap(&$0.viewport.firstRow, &$0.viewport.firstColumn)
      return $0.note($0.settings.transposed ? "transposed" : "not transposed")
    },
    Command(
      "label-order", [.character("x")], .view,
      "labels as exported, or in the order in which torch_cka's hooks ran",
      needs: "labels in doubt", when: { $0.labelsLookRegistered }
    ) { $0.toggleLabelOrder() },
    Command(
      "reduction", [.character("m")], .view,
      "what a pixel of many values shows: mean, minimum or maximum",
      needs: "pixels of many values", when: { ($0.placement?.block ?? 1) > 1 }
    ) {
      $0.settings.reduction = $0.settings.reduction.following
      return $0.note("a pixel shows the \($0.settings.reduction.rawValue) of its values")
    },
    Command(
      "sort", [.character("s")], .view, "minibatch scores ascending, or in their original order",
      hint: "sort", needs: "minibatches to sort", when: { $0.minibatchResult != nil }
    ) {
      $0.settings.sorted.toggle()
      return $0.note($0.settings.sorted ? "scores ascending" : "scores in their original order")
    },
  ]
}

/// These keys mean the layer picture from the list, too, and from beside it.
private let pictureOrList: Set<Pane> = [.results, .layers, .profile]

private let hasLayers: @Sendable (State) -> Bool = { $0.layerResult != nil }

extension State {
  /// The labels on the screen may stand on the wrong layers.
  var labelsLookRegistered: Bool {
    let shown = difference.map { [$0.a, $0.b] } ?? [layerResult].compactMap(\.self)
    return shown.contains { $0.comparison.labelsLookRegistered }
  }

  fileprivate mutating func toggleLabelOrder() -> [Effect] {
    settings.labelOrder = settings.labelOrder == .exported ? .executed : .exported
    return note(
      settings.labelOrder == .executed
        ? "labels in execution order (children before parents)" : "labels as exported")
  }

  /// Tells the user, and asks for nothing.
  mutating func note(_ text: String) -> [Effect] {
    message = .note(text)
    return []
  }
}

extension Reduction {
  fileprivate var following: Reduction {
    let all = Reduction.allCases
    let index = all.firstIndex(of: self) ?? all.startIndex
    return all[(index + 1) % all.count]
  }
}
