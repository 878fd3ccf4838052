import Cells
import Core

/// Curves ready for a paper: lines with error bars, axes, legend and caption on white.
///
/// `ppm()`, `png()` and `svg()` draw one and the same layout. The same figure gives the same bytes.
public struct CurvesFigure: Drawing, Sendable {
  /// What is drawn.
  public var curves: Curves
  /// The heading; the comment of a PPM too.
  public var title: String
  /// The series that are drawn, by number; each keeps the look that it has among all.
  public var shown: [Int]
  /// y reaches to 0.
  public var fromZero: Bool

  /// A figure; numbers in `shown` that no series has are left out.
  public init(_ curves: Curves, title: String, shown: [Int], fromZero: Bool) {
    self.curves = curves
    self.title = title
    self.shown = shown.filter(curves.series.indices.contains)
    self.fromZero = fromZero
  }

  /// Every mark of the figure, on a sheet as large as it takes.
  public func sheet() throws(FigureError) -> Sheet {
    let layout = try layout()
    return Sheet(width: layout.width, height: layout.height, marks: layout.marks)
  }

  /// Every mark of the figure and where it goes.
  func layout() throws(FigureError) -> CurvesLayout {
    guard !shown.isEmpty else {
      throw FigureError(description: "every series is hidden: nothing to draw")
    }
    return CurvesLayout(self)
  }
}
