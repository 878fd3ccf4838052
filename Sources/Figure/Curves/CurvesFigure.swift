import CKACore
import Cells

/// Curves ready for a paper: lines with error bars, axes, legend and caption on white.
///
/// `ppm()`, `png()` and `svg()` draw one and the same layout. The same figure gives the same bytes.
public struct CurvesFigure: Sendable {
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

  /// The figure as a binary PPM (P6).
  public func ppm() throws(FigureError) -> [UInt8] {
    let canvas = try canvas()
    return try PPM.encode(
      width: canvas.width, height: canvas.height, comment: title
    ) { canvas.copyRGB(row: $0, into: $1) }
  }

  /// The figure as a PNG.
  public func png() throws(FigureError) -> [UInt8] { try canvas().png() }

  /// The figure as an SVG with editable text.
  public func svg() throws(FigureError) -> [UInt8] {
    let layout = try layout()
    return try SVG.document(
      width: layout.width, height: layout.height, title: title, background: .white,
      marks: layout.marks)
  }

  /// Every mark of the figure and where it goes.
  func layout() throws(FigureError) -> CurvesLayout {
    guard !shown.isEmpty else {
      throw FigureError(description: "every series is hidden: nothing to draw")
    }
    return CurvesLayout(self)
  }

  private func canvas() throws(FigureError) -> Canvas {
    let layout = try layout()
    let canvas = try Canvas(width: layout.width, height: layout.height)
    for mark in layout.marks { canvas.draw(mark) }
    return canvas
  }
}
