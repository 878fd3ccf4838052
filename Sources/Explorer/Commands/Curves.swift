import Cells

extension Command {
  static let curveCommands: [Command] = [
    Command(
      "series", [.character(" ")], .curves, "show or hide the chosen series", hint: "series",
      in: [.curves], needs: "series", when: hasCurves
    ) { $0.toggleSeries() },
    Command(
      "only-series", [.character("O")], .curves, "the chosen series alone, or all again",
      hint: "only", in: [.curves], needs: "series", when: hasCurves
    ) { $0.showOnlySeries() },
    Command(
      "far-left", [.character("H")], .curves, "a tenth of the x to the left", in: [.curves],
      needs: "x to move along", when: hasCurves
    ) { $0.moveFarAcross(-1) },
    Command(
      "far-right", [.character("L")], .curves, "a tenth of the x to the right", in: [.curves],
      needs: "x to move along", when: hasCurves
    ) { $0.moveFarAcross(1) },
    Command(
      "y-range", [.character("z")], .curves, "y around the data, or from 0", hint: "y range",
      in: [.curves], needs: "y axis", when: hasCurves
    ) { $0.turnCurveRange() },
  ]
}

private let hasCurves: @Sendable (State) -> Bool = { $0.openCurves != nil }
