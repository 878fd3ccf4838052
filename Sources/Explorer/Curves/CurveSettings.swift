import Core

/// How curves are drawn; the same for every figure, so that a series hidden in one is hidden in the
/// next.
public struct CurveSettings: Sendable, Equatable {
  /// y reaches to 0, else just around the data.
  public var fromZero = false
  /// Names of the series that are not drawn; the empty one means the figure on the screen only.
  public var hidden: Set<String> = []

  /// The defaults.
  public init() {}

  /// The series of `curves` that are drawn, by number.
  public func shown(of curves: Curves) -> [Int] {
    curves.series.indices.filter { !hidden.contains(curves.series[$0].name) }
  }
}

// The cursor of the curves: an x and a series.
extension State {
  /// The curves on the screen.
  var openCurves: OpenCurves? { shown?.curves }

  /// The x under the cursor.
  var curveX: Double? {
    openCurves.flatMap {
      $0.positions.indices.contains(curveCursor) ? $0.positions[curveCursor] : nil
    }
  }

  /// The series that keys about a series mean.
  var chosenSeries: Curves.Series? {
    openCurves.flatMap {
      $0.curves.series.indices.contains(chosenCurve) ? $0.curves.series[chosenCurve] : nil
    }
  }

  /// Moves to another x, or chooses another series; up is the one above in the legend.
  mutating func moveCurveCursor(right: Int, up: Int) {
    guard let open = openCurves else { return }
    curveCursor = max(0, min(open.positions.count - 1, curveCursor + right))
    chosenCurve = max(0, min(open.curves.series.count - 1, chosenCurve - up))
  }

  /// Moves by a tenth of all x, where there are too many to go one by one.
  mutating func moveFarAcross(_ direction: Int) -> [Effect] {
    moveCurveCursor(right: direction * max(1, (openCurves?.positions.count ?? 0) / 10), up: 0)
    return []
  }

  /// Keeps the cursor on what is there.
  mutating func clampCurveCursor() { moveCurveCursor(right: 0, up: 0) }

  /// Carries what is hidden over to a figure that comes to the screen: only what has a name, and
  /// never all of its series.
  mutating func carryHidden(to result: Opened) {
    guard shown?.id != result.id else { return }
    if shown != nil { settings.curves.hidden.remove("") }
    guard let curves = result.curves?.curves, settings.curves.shown(of: curves).isEmpty
    else { return }
    settings.curves.hidden.subtract(curves.series.map(\.name))
  }

  /// Shows or hides the chosen series.
  mutating func toggleSeries() -> [Effect] {
    guard let name = chosenSeries?.name else { return [] }
    let isShown = settings.curves.hidden.remove(name) != nil
    if !isShown { settings.curves.hidden.insert(name) }
    return note("\(name.isEmpty ? "the series" : name) \(isShown ? "shown" : "hidden")")
  }

  /// Hides every series but the chosen one; shows all when it is alone already.
  mutating func showOnlySeries() -> [Effect] {
    guard let open = openCurves, let name = chosenSeries?.name else { return [] }
    let names = Set(open.curves.series.map(\.name))
    if settings.curves.shown(of: open.curves) == [chosenCurve] {
      settings.curves.hidden.subtract(names)
      return note("all series shown")
    }
    settings.curves.hidden.formUnion(names)
    settings.curves.hidden.remove(name)
    return note("only \(name.isEmpty ? "the chosen series" : name)")
  }

  /// Between the data's range and one that begins at 0.
  mutating func turnCurveRange() -> [Effect] {
    settings.curves.fromZero.toggle()
    return note(settings.curves.fromZero ? "y from 0" : "y around the data")
  }
}
