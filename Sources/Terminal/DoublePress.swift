import Cells

/// Tells a double press from two presses: the same cell, soon after.
struct DoublePress {
  private var last: (x: Int, y: Int, time: Int)?

  /// The action of a press at (x, y); `time` in milliseconds, from any start.
  mutating func action(x: Int, y: Int, time: Int) -> MouseEvent.Action {
    if let last, last.x == x, last.y == y, time - last.time <= Self.interval {
      // A third press begins anew.
      self.last = nil
      return .doublePress
    }
    last = (x, y, time)
    return .press
  }

  /// Milliseconds, as on most desktops.
  private static let interval = 400
}
