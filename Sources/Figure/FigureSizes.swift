/// The measures that everything in a figure derives from, in pixels.
struct FigureSizes {
  /// Across and down a drawn cell (a value, or a block of values).
  let cellWidth, cellHeight: Int
  /// Size of the tick labels' type; the unit of every distance.
  let unit: Int

  /// What the longer side of the heat area aims at.
  static let targetSide = 720.0
  /// The largest automatic cell.
  static let largestCell = 240
  /// A heat area is stretched to be at least this thick, unless the caller sets the pixels.
  static let thinnestSide = 96

  init(columns: Int, rows: Int, pixelsPerValue: Int?) {
    if let pixels = pixelsPerValue {
      // More would be refused anyway, and products of it stay in bounds.
      cellWidth = min(max(1, pixels), FigureError.longestSide)
      cellHeight = cellWidth
    } else {
      let ideal = Int((Self.targetSide / Double(max(rows, columns))).rounded())
      let side = min(Self.largestCell, max(1, ideal))
      cellWidth = max(side, (Self.thinnestSide + columns - 1) / columns)
      cellHeight = max(side, (Self.thinnestSide + rows - 1) / rows)
    }
    // Type grows with the picture: printed at a given width, every figure's words are as large.
    let (width, overflow1) = cellWidth.multipliedReportingOverflow(by: columns)
    let (height, overflow2) = cellHeight.multipliedReportingOverflow(by: rows)
    let longest = overflow1 || overflow2 ? FigureError.longestSide : max(width, height)
    let side = min(longest, FigureError.longestSide)
    unit = max(14, side * 22 / 1000)
  }

  var labels: Font { Font(size: unit) }
  var axis: Font { Font(size: unit * 11 / 10) }
  var title: Font { Font(size: unit * 5 / 4, bold: true) }
  var subtitle: Font { Font(size: unit) }
  var caption: Font { Font(size: unit * 9 / 10) }

  var margin: Int { unit * 5 / 4 }
  var tick: Int { max(3, unit / 3) }
  var gap: Int { max(3, unit / 3) }
  /// Thickness of frames and ticks.
  var line: Int { max(1, unit / 16) }
  /// The longest row or column name.
  var longestLabel: Int { unit * 16 }
  /// The longest axis name that the figure makes room for.
  var longestAxisName: Int { unit * 28 }
  var barWidth: Int { unit * 5 / 4 }
  var swatch: Int { unit }
  var swatchPitch: Int { unit * 8 / 5 }
}
