import Core
import Similarity

@testable import Explorer

extension Sample {
  /// Student accuracy against teacher depth: two series, one with a gap.
  static func capacity(path: String = "runs/capacity.json") throws -> Curves {
    try Curves(
      id: ResultID(path: path), format: "JSON", title: "Capacity gap", xName: "teacher depth",
      yName: "accuracy (%)", caption: "Five seeds.", errorBar: .deviation,
      series: [
        Curves.Series(
          name: "KD", x: [4, 6, 8], mean: [96, 97.25, 96.5], halfLengths: [0.5, 0.25, 0.5],
          counts: [5, 5, 4]),
        Curves.Series(
          name: "DPK", x: [4, 6, 10], mean: [96.25, .nan, 97.5], halfLengths: [0.5, .nan, 0.25],
          counts: [5, 0, 5]),
      ])
  }

  /// Curves that are odd in their own ways, for tests of what must hold on every screen. None is
  /// refused.
  static func oddCurves() -> [Curves] {
    let most = Double.greatestFiniteMagnitude
    let wide = "学生の精度🦊"
    let series: [(String, Curves.Series?)] = [
      ("one", try? Curves.Series(name: "", x: [0], mean: [0])),
      (
        "huge",
        try? Curves.Series(
          name: "h", x: [-most, most], mean: [most, -most], halfLengths: [most, most])
      ),
      (
        "many",
        try? Curves.Series(
          name: String(repeating: "long", count: 60), x: (0..<5000).map(Double.init),
          mean: (0..<5000).map { $0 % 11 == 0 ? .nan : Double($0 % 7) })
      ),
      ("wide", try? Curves.Series(name: wide, x: [1, 2], mean: [.infinity, 1e-300])),
    ]
    let single = series.compactMap { name, series in
      series.flatMap {
        try? Curves(
          id: ResultID(path: "odd/\(name).csv"), format: "CSV", xName: wide, yName: wide,
          caption: String(repeating: "\(wide) word ", count: 40), errorBar: .interval, series: [$0])
      }
    }
    let crowd = (0..<100).compactMap {
      try? Curves.Series(name: "s\($0)", x: [1, 2, 3], mean: [Double($0), 1, Double(-$0)])
    }
    let all = try? Curves(id: ResultID(path: "odd/crowd.csv"), format: "CSV", series: crowd)
    return single + [all].compactMap(\.self)
  }
}
