import Cells
import Foundation
import Testing

@testable import Figure

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// Collects what an XML parser finds.
private final class Elements: NSObject, XMLParserDelegate {
  var found: [(name: String, attributes: [String: String])] = []
  var texts: [String] = []
  private var isInText = false

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    found.append((name, attributes))
    isInText = name == "text"
    if isInText { texts.append("") }
  }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) {
    isInText = false
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) {
    if isInText { texts[texts.count - 1] += string }
  }
}

@Suite("SVG")
struct SVGTests {
  private func parse(_ bytes: [UInt8]) throws -> Elements {
    let elements = Elements()
    let parser = XMLParser(data: Data(bytes))
    parser.delegate = elements
    try #require(parser.parse(), "well-formed XML")
    return elements
  }

  @Test(arguments: Sample.shapes)
  func wellFormedAndAsLargeAsThePicture(rows: Int, columns: Int) throws {
    let figure = Sample.figure(rows: rows, columns: columns, names: true) { row, _ in
      row == 0 ? nil : 0.5
    }
    let root = try #require(try parse(figure.svg()).found.first)
    let layout = try figure.layout()
    #expect(root.name == "svg")
    #expect(root.attributes["width"] == String(layout.width))
    #expect(root.attributes["height"] == String(layout.height))
  }

  @Test func hostileNamesStayText() throws {
    let hostile = "</text><script>alert(\"1\")</script>&amp;]]>\u{0}\u{1B}\u{FFFE}\u{202E}'"
    var figure = Sample.figure(rows: 2, columns: 2, title: hostile) { _, _ in 0 }
    figure.rowNames = [hostile, "b"]
    figure.columnNames = ["a", hostile]
    figure.subtitle = hostile
    figure.rowAxis = hostile
    figure.columnAxis = hostile
    figure.rangeText = hostile
    figure.caption = [hostile]
    let elements = try parse(figure.svg())
    #expect(!elements.found.contains { $0.name == "script" })
    #expect(elements.texts.contains { $0.hasPrefix("</text><script>") })
  }

  @Test func wordsAreEditableText() throws {
    let figure = Sample.figure(rows: 3, columns: 3, names: true) { _, _ in 0.5 }
    let texts = try parse(figure.svg()).texts
    for word in ["Layers", "encoder.layer.0.attention", "ResNet18 · CIFAR-10", "0.5"] {
      #expect(texts.contains(word))
    }
  }

  @Test func equalNeighboursShareARectangle() throws {
    let figure = Sample.figure(rows: 1, columns: 6) { [0, 0, 0, 1, 1, nil][$1] }
    let rectangles = try parse(figure.rawSVG(scale: 10)).found.filter { $0.name == "rect" }
    #expect(rectangles.map { $0.attributes["width"] } == ["30", "20"])
    #expect(rectangles.map { $0.attributes["x"] } == ["0", "30"])
    #expect(rectangles.map { $0.attributes["fill"] } == ["#000003", "#fbfcbf"])
  }

  @Test func manyCellsBecomeOnePicture() throws {
    let figure = Sample.figure(
      rows: 150, columns: 140, value: Sample.ramp(rows: 150, columns: 140))
    let images = try parse(figure.svg()).found.filter { $0.name == "image" }
    let image = try #require(images.first?.attributes)
    let heat = try figure.layout().heat
    #expect(images.count == 1)
    #expect(image["width"] == String(heat.width) && image["height"] == String(heat.height))
    #expect(image["style"] == "image-rendering:pixelated")
    let prefix = "data:image/png;base64,"
    let link = try #require(image["xlink:href"])
    #expect(link.hasPrefix(prefix))
    let png = try #require(Data(base64Encoded: String(link.dropFirst(prefix.count))))
    #expect(try Picture(png: Array(png)) == Picture(ppm: figure.rawPPM()))
  }
}
