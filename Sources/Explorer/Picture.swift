import Cells
import Core

/// One result's pane alone, without frame of keys or list: what `cka show` prints.
public func picture(
  of result: Opened, settings: ViewSettings, on terminal: TerminalTraits
) -> CellBuffer {
  // The pane is maximised on a screen with two more lines than the picture, for readout and footer.
  var traits = terminal
  traits.size.height += 2
  var state = State(terminal: traits)
  state.settings = settings
  state.arrive(result, companion: nil)
  state.focus = state.primaryPane
  state.maximised = state.focus
  state.showsCrosshair = false
  state.prepare()
  var buffer = CellBuffer(size: terminal.size)
  let theme = Theme(terminal)
  let rect = Rect(x: 0, y: 0, width: terminal.size.width, height: terminal.size.height)
  switch state.primaryPane {
  case .curves: drawCurves(state, theme, in: rect, &buffer)
  case .minibatches: drawMinibatches(state, theme, in: rect, &buffer)
  default: drawLayers(state, theme, in: rect, &buffer)
  }
  return buffer
}
