import Cells
import Core

/// Every mark of a figure and where it goes: made once, drawn by each back end.
///
///     title, subtitle
///     row axis | row names | heatmap | colour bar | range
///                            column names
///                            column axis
///     caption
struct Layout {
  /// The picture, in pixels.
  let width, height: Int
  /// In the order of drawing.
  let marks: [Mark]
  /// Where the heatmap, and where the colour bar stands.
  let heat, bar: PixelRect
  /// The names beside the heatmap.
  let rowLabels, columnLabels: [TextMark]
  /// The names in the legend.
  let swatches: [ColorBar.Swatch]

  init(_ figure: Figure, cells: CellImage) throws(FigureError) {
    let composer = Composer(figure, cells: cells)
    let frame = composer.frame()
    guard frame.width <= FigureError.longestSide, frame.heat.bottom <= FigureError.longestSide
    else {
      throw FigureError.tooLarge(width: frame.width, height: frame.heat.bottom)
    }
    let rowLabels = composer.rowLabels(frame)
    let columnLabels = composer.columnLabels(frame)
    var marks: [Mark] = []
    if cells.inks.sawEmpty { marks.append(.hatch(frame.heat)) }
    marks.append(.cells(frame.heat, cells))
    marks += Frame.around(frame.heat, line: composer.sizes.line)
    marks += composer.ticks(frame, rowLabels: rowLabels, columnLabels: columnLabels)
    marks += composer.legend(frame)
    marks += composer.axisNames(frame)
    marks += (rowLabels + columnLabels).map { .text($0) }
    let (words, bottom) = composer.headingsAndCaption(frame)
    marks += words.map { .text($0) }
    width = frame.width
    height = bottom
    heat = frame.heat
    bar = frame.bar
    swatches = composer.colorBar.swatches
    self.rowLabels = rowLabels
    self.columnLabels = columnLabels
    self.marks = marks
  }
}
