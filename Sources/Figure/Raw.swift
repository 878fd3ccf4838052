import Cells

/// The cells alone, one pixel a value, nothing averaged: for those who put their own axes around
/// them. Where there is no cell the picture is white (transparent in an SVG).
extension Figure {
  /// One pixel a value as PPM.
  /// - Parameter scale: repeat each pixel `scale` × `scale` times, ≥ 1.
  public func rawPPM(scale: Int = 1) throws(FigureError) -> [UInt8] {
    let (width, height) = try rawSize(scale)
    var reader = RawRows(self)
    return try PPM.encode(width: width, height: height, comment: title) { y, target in
      // Repeated rows are read once.
      if y % scale == 0 { reader.read(displayRow: y / scale) }
      var position = 0
      for packed in reader.colors {
        let color = packed == 0 ? RGB.white : RGB(packed: packed)
        for _ in 0..<scale {
          target[position] = color.red
          target[position + 1] = color.green
          target[position + 2] = color.blue
          position += 3
        }
      }
    }
  }

  /// One pixel a value as PNG.
  /// - Parameter scale: repeat each pixel `scale` × `scale` times, ≥ 1.
  public func rawPNG(scale: Int = 1) throws(FigureError) -> [UInt8] {
    let (width, height) = try rawSize(scale)
    let canvas = try Canvas(width: width, height: height)
    var reader = RawRows(self)
    for row in 0..<heatmap.rows {
      reader.read(displayRow: row)
      canvas.drawRow(
        reader.colors, cellWidth: scale,
        in: PixelRect(x: 0, y: row * scale, width: width, height: scale))
    }
    return try canvas.png()
  }

  /// The cells alone as SVG, one unit a value.
  /// - Parameter scale: units across and down a value, ≥ 1.
  public func rawSVG(scale: Int = 1) throws(FigureError) -> [UInt8] {
    let (width, height) = try rawSize(scale)
    let cells = CellImage(self, longestSide: .max)
    let area = PixelRect(x: 0, y: 0, width: width, height: height)
    return try SVG.document(
      width: width, height: height, title: title, background: nil, marks: [.cells(area, cells)])
  }

  private func rawSize(_ scale: Int) throws(FigureError) -> (width: Int, height: Int) {
    try checkScale()
    guard scale >= 1, heatmap.rows > 0, heatmap.columns > 0 else {
      throw FigureError(
        description:
          "no picture of \(heatmap.columns) × \(heatmap.rows) values at \(scale) pixels each")
    }
    let (width, overflow1) = heatmap.columns.multipliedReportingOverflow(by: scale)
    let (height, overflow2) = heatmap.rows.multipliedReportingOverflow(by: scale)
    guard !overflow1, !overflow2 else { throw FigureError.tooLarge(width: .max, height: .max) }
    return (width, height)
  }
}

/// The colours of one row of the picture at a time.
private struct RawRows {
  let heatmap: Heatmap
  let rowZeroAtBottom: Bool
  private var inks: Inks
  private var values: [Double]
  private var exists: [Bool]
  private(set) var colors: [PackedColor]

  init(_ figure: Figure) {
    heatmap = figure.heatmap
    rowZeroAtBottom = figure.rowZeroAtBottom
    inks = Inks(figure.scale)
    values = Array(repeating: 0, count: heatmap.columns)
    exists = Array(repeating: true, count: heatmap.columns)
    colors = Array(repeating: 0, count: heatmap.columns)
  }

  mutating func read(displayRow: Int) {
    let row = rowZeroAtBottom ? heatmap.rows - 1 - displayRow : displayRow
    heatmap.read(row: row, values: &values, exists: &exists)
    for column in values.indices {
      colors[column] = exists[column] ? inks.color(of: values[column]) : inks.emptyColor()
    }
  }
}
