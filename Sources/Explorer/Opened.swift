import Core
import Similarity

/// A result that has been read and can be shown: one case for each kind.
public enum Opened: Sendable {
  /// Values of CKA.
  case comparison(OpenResult)
  /// Lines with error bars.
  case curves(OpenCurves)

  /// The result with what its views need; for a large matrix that is the slow part.
  public init(_ result: SavedResult) {
    switch result {
    case .comparison(let comparison): self = .comparison(OpenResult(comparison))
    case .curves(let curves): self = .curves(OpenCurves(curves))
    }
  }

  /// File and key.
  public var id: ResultID {
    switch self {
    case .comparison(let result): result.comparison.id
    case .curves(let open): open.curves.id
    }
  }

  /// The comparison, if it is one.
  public var comparison: OpenResult? {
    if case .comparison(let result) = self { result } else { nil }
  }

  /// The curves, if these are some.
  public var curves: OpenCurves? {
    if case .curves(let open) = self { open } else { nil }
  }

  /// Small enough to be kept when something else is shown. A large matrix is mapped, so reading it
  /// again is quick; scores are held in memory, in both orders.
  var isKept: Bool {
    switch self {
    case .comparison(let result):
      let matrix = result.comparison.matrix
      let most = result.comparison.kind == .layers ? 4_000_000 : 1_000_000
      return matrix.rows * matrix.columns <= most
    case .curves(let open): return open.curves.series.reduce(0) { $0 + $1.x.count } <= 1_000_000
    }
  }
}

/// Curves that have been read, with what every view of them needs.
public struct OpenCurves: Sendable {
  /// Names, points and warnings.
  public let curves: Curves
  /// Every x that some series has, ascending: where the cursor can stand.
  let positions: [Double]
  /// What each series spans.
  private let spans: [(x: ClosedRange<Double>, y: ClosedRange<Double>?)]

  /// Collects the positions and the ranges, so that no later view reads all points.
  public init(_ curves: Curves) {
    self.curves = curves
    positions = curves.positions
    spans = curves.series.map { ($0.span, $0.reach) }
  }

  /// The part of the plane in which these settings draw the curves.
  func frame(_ settings: CurveSettings) -> CurvesFrame {
    CurvesFrame(spans: settings.shown(of: curves).map { spans[$0] }, fromZero: settings.fromZero)
  }
}
