/// What can be written as a picture: a title, and marks on a sheet.
public protocol Drawing {
  /// What the picture is called, in one line.
  var title: String { get }
  /// The sheet with everything on it.
  /// - Throws: `FigureError` when there is nothing to draw, or it would be too large.
  func sheet() throws(FigureError) -> Sheet
}

/// Marks on a white sheet.
public struct Sheet {
  /// Pixels.
  let width, height: Int
  /// In the order of drawing.
  let marks: [Mark]
}

extension Drawing {
  /// The figure as a binary PPM (P6).
  public func ppm() throws(FigureError) -> [UInt8] {
    let canvas = try sheet().canvas()
    return try PPM.encode(
      width: canvas.width, height: canvas.height, comment: title
    ) { canvas.copyRGB(row: $0, into: $1) }
  }

  /// The figure as a PNG.
  public func png() throws(FigureError) -> [UInt8] { try sheet().canvas().png() }

  /// The figure as an SVG with editable text.
  public func svg() throws(FigureError) -> [UInt8] {
    let sheet = try sheet()
    return try SVG.document(
      width: sheet.width, height: sheet.height, title: title, background: .white,
      marks: sheet.marks)
  }
}

extension Sheet {
  fileprivate func canvas() throws(FigureError) -> Canvas {
    let canvas = try Canvas(width: width, height: height)
    for mark in marks { canvas.draw(mark) }
    return canvas
  }
}
