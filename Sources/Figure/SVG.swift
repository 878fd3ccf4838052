import Cells
import Core
import FoundationEssentials

/// Scalable vector graphics of plain elements: the words can be edited, the cells have sharp edges.
enum SVG {
  /// More cells than this become one embedded picture instead of rectangles.
  static let mostRectangles = 20_000

  static func document(
    width: Int, height: Int, title: String, background: RGB?, marks: [Mark]
  ) throws(FigureError) -> [UInt8] {
    var text = """
      <?xml version="1.0" encoding="UTF-8"?>
      <svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" \
      width="\(width)" height="\(height)" viewBox="0 0 \(width) \(height)" \
      font-family="\(Typesetter.family), Verdana, sans-serif" shape-rendering="crispEdges">
      <title>\(escape(SafeText.sanitise(title)))</title>

      """
    if marks.contains(where: { if case .hatch = $0 { true } else { false } }) { text += hatch }
    if let background {
      text += rectangle(PixelRect(x: 0, y: 0, width: width, height: height), fill: hex(background))
    }
    for mark in marks { text += try element(mark) }
    return Array((text + "</svg>\n").utf8)
  }

  private static func element(_ mark: Mark) throws(FigureError) -> String {
    switch mark {
    case .fill(let rect, let color): rectangle(rect, fill: hex(color))
    case .hatch(let rect): rectangle(rect, fill: "url(#hatch)")
    case .text(let mark): words(mark)
    case .path(let mark): path(mark)
    case .cells(let rect, let image):
      image.colors.count <= mostRectangles
        ? rectangles(image, in: rect) : try picture(image, in: rect)
    }
  }

  private static func path(_ mark: PathMark) -> String {
    let steps = mark.points.enumerated().map { index, point in
      "\(index == 0 ? "M" : "L")\(hundredths(point.x)) \(hundredths(point.y))"
    }
    return "<path d=\"\(steps.joined())\(mark.isClosed ? "Z" : "")\""
      + " fill=\"\(mark.fill.map(hex) ?? "none")\" stroke=\"\(hex(mark.stroke))\""
      + " stroke-width=\"\(hundredths(mark.width))\" stroke-linejoin=\"round\""
      + " shape-rendering=\"geometricPrecision\"/>\n"
  }

  private static func hundredths(_ number: Double) -> String {
    let text = "\((number * 100).rounded() / 100)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  private static func rectangle(_ rect: PixelRect, fill: String) -> String {
    "<rect x=\"\(rect.x)\" y=\"\(rect.y)\" width=\"\(rect.width)\" height=\"\(rect.height)\""
      + " fill=\"\(fill)\"/>\n"
  }

  /// Equal neighbours in a row share a rectangle.
  private static func rectangles(_ image: CellImage, in rect: PixelRect) -> String {
    let cellWidth = rect.width / image.columns
    let cellHeight = rect.height / image.rows
    var text = "<g>\n"
    for row in 0..<image.rows {
      let colors = image.colors[row * image.columns..<(row + 1) * image.columns]
      var start = colors.startIndex
      while start < colors.endIndex {
        let color = colors[start]
        let end = colors[start...].firstIndex { $0 != color } ?? colors.endIndex
        if color != 0 {
          let run = PixelRect(
            x: rect.x + (start - colors.startIndex) * cellWidth, y: rect.y + row * cellHeight,
            width: (end - start) * cellWidth, height: cellHeight)
          text += rectangle(run, fill: hex(RGB(packed: color)))
        }
        start = end
      }
    }
    return text + "</g>\n"
  }

  private static func picture(_ image: CellImage, in rect: PixelRect) throws(FigureError) -> String
  {
    "<image x=\"\(rect.x)\" y=\"\(rect.y)\" width=\"\(rect.width)\" height=\"\(rect.height)\""
      + " preserveAspectRatio=\"none\" style=\"image-rendering:pixelated\""
      + " xlink:href=\"data:image/png;base64,\(Data(try PNG.encode(image)).base64EncodedString())\"/>\n"
  }

  private static func words(_ mark: TextMark) -> String {
    var text = "<text x=\"\(mark.x)\" y=\"\(mark.y)\" font-size=\"\(mark.font.size)\""
    if mark.anchor != .start { text += " text-anchor=\"\(mark.anchor.rawValue)\"" }
    if mark.font.bold { text += " font-weight=\"bold\"" }
    if mark.color != .black { text += " fill=\"\(hex(mark.color))\"" }
    if mark.rotated { text += " transform=\"rotate(-90 \(mark.x) \(mark.y))\"" }
    return text + ">\(escape(mark.text))</text>\n"
  }

  private static let hatch = """
    <defs><pattern id="hatch" width="\(Hatch.period)" height="\(Hatch.period)" \
    patternUnits="userSpaceOnUse"><rect width="\(Hatch.period)" height="\(Hatch.period)" \
    fill="\(hex(Hatch.paper))"/><path d="M-1,1 l2,-2 M0,\(Hatch.period) \
    l\(Hatch.period),-\(Hatch.period) M\(Hatch.period - 1),\(Hatch.period + 1) l2,-2" \
    stroke="\(hex(Hatch.line))"/></pattern></defs>

    """

  private static func hex(_ color: RGB) -> String {
    let digits = String(color.packed & 0xFF_FFFF, radix: 16)
    return "#" + String(repeating: "0", count: 6 - digits.utf8.count) + digits
  }

  private static func escape(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&apos;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
