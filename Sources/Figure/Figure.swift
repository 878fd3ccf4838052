import Cells
import Core

/// A heatmap ready for a paper: what is drawn, and every word that stands around it.
///
/// `ppm()`, `png()` and `svg()` draw one and the same layout; `rawPPM()`, `rawPNG()` and `rawSVG()`
/// give the cells alone. The same figure gives the same bytes.
public struct Figure: Drawing, Sendable {
  /// The values.
  public var heatmap: Heatmap
  /// The heading; the comment of a PPM too.
  public var title: String
  /// A second, lighter heading.
  public var subtitle: String?
  /// What the rows are: model · data set.
  public var rowAxis: String
  /// What the columns are: model · data set.
  public var columnAxis: String
  /// The rows' names, or none. Long ones keep their end, and those without room are left out.
  public var rowNames: [String]
  /// The columns' names, or none.
  public var columnNames: [String]
  /// Whether an axis without names carries numbers, from 1.
  public var numbersUnnamedAxes: Bool
  /// How values become colours.
  public var scale: ColorScale
  /// What the colours' range is, beside the colour bar: "CKA, range 0 to 1".
  public var rangeText: String
  /// Row 0 at the bottom (as `imshow(origin="lower")`), else at the top.
  public var rowZeroAtBottom: Bool
  /// Lines below the figure.
  public var caption: [String]
  /// Pixels across and down a value; nil for a heat area of about 500 to 900 pixels.
  public var pixelsPerValue: Int?

  /// A figure; names and titles are sanitised again when they are drawn.
  public init(
    heatmap: Heatmap, title: String, subtitle: String? = nil, rowAxis: String = "",
    columnAxis: String = "", rowNames: [String] = [], columnNames: [String] = [],
    numbersUnnamedAxes: Bool = true, scale: ColorScale, rangeText: String = "",
    rowZeroAtBottom: Bool = true, caption: [String] = [], pixelsPerValue: Int? = nil
  ) {
    self.heatmap = heatmap
    self.title = title
    self.subtitle = subtitle
    self.rowAxis = rowAxis
    self.columnAxis = columnAxis
    self.rowNames = rowNames
    self.columnNames = columnNames
    self.numbersUnnamedAxes = numbersUnnamedAxes
    self.scale = scale
    self.rangeText = rangeText
    self.rowZeroAtBottom = rowZeroAtBottom
    self.caption = caption
    self.pixelsPerValue = pixelsPerValue
  }

  /// Every mark of the figure, on a sheet as large as it takes.
  public func sheet() throws(FigureError) -> Sheet {
    let layout = try layout()
    return Sheet(width: layout.width, height: layout.height, marks: layout.marks)
  }

  /// Every mark of the figure and where it goes.
  func layout() throws(FigureError) -> Layout {
    try checkScale()
    guard heatmap.rows > 0, heatmap.columns > 0 else {
      throw FigureError(
        description: "no figure of \(heatmap.rows) × \(heatmap.columns) values: nothing to draw")
    }
    return try Layout(self, cells: CellImage(self, longestSide: CellImage.longestSide))
  }

  /// The ends of the scale must be numbers: they are written beside the colour bar.
  func checkScale() throws(FigureError) {
    guard scale.low.isFinite, scale.high.isFinite else {
      throw FigureError(
        description: "colour range \(scale.low) to \(scale.high): both ends must be finite numbers")
    }
  }
}
