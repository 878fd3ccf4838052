import Core
import Similarity

/// A result that has been read and can be shown: one case for each kind.
public enum Opened: Sendable {
  /// Values of CKA.
  case comparison(OpenResult)
  /// Lines with error bars.
  case curves(OpenCurves)

  /// The result with what its views need; for a large matrix that is the slow part.
  /// - Parameter file: what it was taken from, which then stays in memory for as long as it does.
  public init(_ result: SavedResult, of file: OpenFile? = nil) {
    switch result {
    case .comparison(let comparison): self = .comparison(OpenResult(comparison, of: file))
    case .curves(let curves): self = .curves(OpenCurves(curves))
    }
  }

  /// The file it was taken from, which results of one file share.
  var file: OpenFile? { comparison?.file }

  /// Bytes of memory that it takes besides what is its file's.
  var ownWeight: Int {
    switch self {
    case .comparison(let result): result.ownWeight
    case .curves(let open): open.curves.series.reduce(0) { $0 + $1.x.count * Self.pointWeight }
    }
  }

  /// A point's x, mean and both ends of its error bar, and its place among the positions.
  private static let pointWeight = 40

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
