import CCairo
import Cells

/// A white picture in memory that draws marks, by Cairo where words are concerned and pixel by
/// pixel where cells are: no seam is ever smoothed.
struct Canvas: ~Copyable {
  let width, height: Int
  private let surface: OpaquePointer
  private let context: OpaquePointer

  init(width: Int, height: Int) throws(FigureError) {
    let longest = FigureError.longestSide
    guard width <= longest, height <= longest, width * height * 4 <= FigureError.mostBytes,
      let surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(width), Int32(height)),
      cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS,
      let context = cairo_create(surface)
    else { throw FigureError.tooLarge(width: width, height: height) }
    self.width = width
    self.height = height
    self.surface = surface
    self.context = context
    fill(PixelRect(x: 0, y: 0, width: width, height: height), .white)
  }

  deinit {
    cairo_destroy(context)
    cairo_surface_destroy(surface)
  }

  func draw(_ mark: Mark) {
    switch mark {
    case .fill(let rect, let color): fill(rect, color)
    case .hatch(let rect): hatch(rect)
    case .text(let text): Typesetter.draw(text, on: context)
    case .path(let path): stroke(path)
    case .cells(let rect, let image):
      let cellHeight = rect.height / image.rows
      for row in 0..<image.rows {
        let start = row * image.columns
        drawRow(
          Array(image.colors[start..<start + image.columns]),
          cellWidth: rect.width / image.columns,
          in: PixelRect(
            x: rect.x, y: rect.y + row * cellHeight, width: rect.width, height: cellHeight))
      }
    }
  }

  /// Draws one row of cells, each `cellWidth` × `rect.height` pixels; colour 0 leaves what is
  /// there.
  func drawRow(_ colors: [PackedColor], cellWidth: Int, in rect: PixelRect) {
    eachPixelRow(of: rect) { _, pixels in
      for (column, color) in colors.enumerated() where color != 0 {
        for x in column * cellWidth..<(column + 1) * cellWidth { pixels[x] = color }
      }
    }
  }

  /// The bytes red, green, blue of every pixel of a row.
  func copyRGB(row: Int, into target: UnsafeMutableBufferPointer<UInt8>) {
    eachPixelRow(of: PixelRect(x: 0, y: row, width: width, height: 1)) { _, pixels in
      for x in 0..<width {
        let color = RGB(packed: pixels[x])
        target[3 * x] = color.red
        target[3 * x + 1] = color.green
        target[3 * x + 2] = color.blue
      }
    }
  }

  /// The picture as a PNG.
  func png() throws(FigureError) -> [UInt8] { try PNG.encode(surface) }

  private func stroke(_ path: PathMark) {
    guard let first = path.points.first else { return }
    cairo_move_to(context, first.x, first.y)
    for point in path.points.dropFirst() { cairo_line_to(context, point.x, point.y) }
    if path.isClosed { cairo_close_path(context) }
    if let fill = path.fill {
      setSource(fill)
      cairo_fill_preserve(context)
    }
    setSource(path.stroke)
    cairo_set_line_width(context, path.width)
    cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
    cairo_stroke(context)
  }

  private func setSource(_ color: RGB) {
    cairo_set_source_rgb(
      context, Double(color.red) / 255, Double(color.green) / 255, Double(color.blue) / 255)
  }

  private func fill(_ rect: PixelRect, _ color: RGB) {
    let packed = color.packed
    eachPixelRow(of: rect) { _, pixels in
      for x in 0..<rect.width { pixels[x] = packed }
    }
  }

  private func hatch(_ rect: PixelRect) {
    let (paper, line) = (Hatch.paper.packed, Hatch.line.packed)
    eachPixelRow(of: rect) { y, pixels in
      for x in 0..<rect.width {
        pixels[x] = (rect.x + x + y) % Hatch.period == 0 ? line : paper
      }
    }
  }

  /// Hands out the pixels of each row of `rect`, which must lie on the canvas.
  private func eachPixelRow(
    of rect: PixelRect, _ body: (_ y: Int, _ pixels: UnsafeMutablePointer<PackedColor>) -> Void
  ) {
    precondition(
      rect.x >= 0 && rect.y >= 0 && rect.right <= width && rect.bottom <= height,
      "a mark lies on the canvas")
    cairo_surface_flush(surface)
    guard let data = cairo_image_surface_get_data(surface) else { return }
    let stride = Int(cairo_image_surface_get_stride(surface))
    for y in rect.y..<rect.bottom {
      let row = UnsafeMutableRawPointer(data + y * stride)
      body(y, row.assumingMemoryBound(to: PackedColor.self) + rect.x)
    }
    cairo_surface_mark_dirty(surface)
  }
}
