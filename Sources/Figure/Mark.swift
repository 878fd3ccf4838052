import Cells

/// A rectangle of whole pixels; `x`, `y` is its upper left pixel.
struct PixelRect: Equatable {
  var x, y, width, height: Int

  var right: Int { x + width }
  var bottom: Int { y + height }
  var midX: Int { x + width / 2 }
  var midY: Int { y + height / 2 }
}

/// A line of text. Unrotated it runs to the right of `x`; rotated it runs upwards from `y`.
struct TextMark: Equatable {
  /// Which part of the text stands at (`x`, `y`).
  enum Anchor: String { case start, middle, end }

  var text: String
  var x, y: Int
  var font: Font
  var anchor = Anchor.start
  var rotated = false
  var color = RGB.black
  /// The measured length in pixels, rounded up.
  var length: Int
}

/// The one family, in a size and a weight.
struct Font: Equatable {
  /// Pixels an em.
  var size: Int
  var bold = false

  /// Least distance of the baselines of two lines whose letters must not touch: DejaVu Sans reaches
  /// 0.93 em up and 0.24 em down.
  var solidHeight: Int { (size * 118 + 99) / 100 }
  /// Comfortable distance of baselines.
  var lineHeight: Int { (size * 13 + 9) / 10 }
  /// From the middle of a line down to its baseline: half the height of a capital.
  var middleToBaseline: Int { (size * 36 + 50) / 100 }
}

/// What a figure is made of. Each back end draws every kind, so that raster and SVG agree.
enum Mark {
  /// A filled rectangle, without anti-aliasing.
  case fill(PixelRect, RGB)
  /// Diagonal lines: what lies under heatmap cells that do not exist.
  case hatch(PixelRect)
  /// The heatmap, each cell of equal whole pixels.
  case cells(PixelRect, CellImage)
  /// Words.
  case text(TextMark)
  /// A line or a shape, with smooth edges.
  case path(PathMark)
}

/// Straight lines from point to point, in pixels from the upper left corner.
struct PathMark: Equatable {
  struct Point: Equatable {
    var x, y: Double
  }
  var points: [Point]
  /// The last point is joined to the first.
  var isClosed = false
  /// Nil for no fill.
  var fill: RGB?
  var stroke: RGB
  /// Pixels across the stroke.
  var width: Double
}

/// The pattern of `Mark.hatch`: a pixel is a line where x + y is a multiple of `period`.
enum Hatch {
  static let period = 8
  static let paper = RGB(247, 247, 247)
  static let line = RGB(190, 190, 190)
}
