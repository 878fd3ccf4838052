import Cells
import Core
import Testing

@testable import Figure

@Suite("Figures of curves")
struct CurvesFigureTests {
  private static func curves(
    _ count: Int = 2, caption: String = "Five seeds each."
  ) throws -> Curves {
    let series = try (0..<count).map { number in
      try Curves.Series(
        name: "model \(number)", x: [4, 6, 8], mean: [1, 2, 3].map { $0 + Double(number) },
        halfLengths: [0.25, 0.25, .nan], counts: [5, 5, 5])
    }
    return try Curves(
      id: ResultID(path: "c"), format: "JSON", title: "T", xName: "depth", yName: "accuracy",
      caption: caption, errorBar: .deviation, series: series)
  }

  private static func figure(
    _ curves: Curves, shown: [Int]? = nil, fromZero: Bool = false
  ) -> CurvesFigure {
    CurvesFigure(
      curves, title: "T", shown: shown ?? Array(curves.series.indices), fromZero: fromZero)
  }

  private func texts(_ figure: CurvesFigure) throws -> [String] {
    try figure.layout().marks.compactMap { if case .text(let mark) = $0 { mark.text } else { nil } }
  }

  private func paths(_ figure: CurvesFigure) throws -> [PathMark] {
    try figure.layout().marks.compactMap { if case .path(let mark) = $0 { mark } else { nil } }
  }

  @Test func everyWordIsThere() throws {
    let figure = Self.figure(try Self.curves())
    let words = try texts(figure)
    for word in ["T", "depth", "accuracy", "model 0", "model 1", "4", "6", "8"] {
      #expect(words.contains(word), "\(word)")
    }
    #expect(words.joined(separator: " ").contains("Bars: ±1 standard deviation. Five seeds each."))
  }

  @Test func thePicturesAreOne() throws {
    let figure = Self.figure(try Self.curves())
    let (ppm, png) = try (Picture(ppm: figure.ppm()), Picture(png: figure.png()))
    #expect(ppm == png)
    let colors = Set(ppm.pixels)
    #expect(colors.contains(SeriesLook.paper[0]) && colors.contains(SeriesLook.paper[1]))
    #expect(!colors.contains(SeriesLook.paper[2]))
    #expect(try figure.ppm() == figure.ppm() && figure.svg() == figure.svg())
    let svg = String(decoding: try figure.svg(), as: UTF8.self)
    #expect(svg.contains("width=\"\(ppm.width)\" height=\"\(ppm.height)\""))
    #expect(svg.contains(">accuracy</text>") && svg.contains("<path d=\"M"))
  }

  @Test func everyMarkLiesOnThePicture() throws {
    for (count, caption) in [(1, ""), (40, ""), (3, String(repeating: "many words ", count: 300))] {
      let layout = try Self.figure(try Self.curves(count, caption: caption)).layout()
      for mark in layout.marks {
        switch mark {
        case .text(let text): #expect(text.y <= layout.height && text.y >= text.font.size / 2)
        case .path(let path):
          #expect(
            path.points.allSatisfy {
              (0...Double(layout.width)).contains($0.x)
                && (0...Double(layout.height)).contains($0.y)
            })
        default: break
        }
      }
    }
  }

  @Test func aGapCutsALineInTwo() throws {
    let whole = try Curves.Series(name: "s", x: [1, 2, 3, 4, 5], mean: [1, 2, 3, 4, 5])
    let gap = try Curves.Series(name: "s", x: [1, 2, 3, 4, 5], mean: [1, 2, .nan, 4, 5])
    let lines = try [whole, gap].map { series in
      let curves = try Curves(id: ResultID(path: "c"), format: "CSV", series: [series])
      // The legend's own line is one of the open paths.
      return try paths(Self.figure(curves)).filter { !$0.isClosed }.count - 1
    }
    #expect(lines == [1, 2])
  }

  @Test func aHiddenSeriesKeepsItsColorForItself() throws {
    let figure = Self.figure(try Self.curves(3), shown: [2])
    let colors = Set(try paths(figure).map(\.stroke))
    #expect(colors == [SeriesLook.paper[2]])
    #expect(try !texts(figure).contains("model 0"))
    let none = Self.figure(try Self.curves(3), shown: [])
    let error = #expect(throws: FigureError.self) { try none.png() }
    #expect(error?.description == "every series is hidden: nothing to draw")
  }

  @Test func yMayReachToZero() throws {
    let curves = try Curves(
      id: ResultID(path: "c"), format: "CSV",
      series: [Curves.Series(name: "s", x: [1, 2], mean: [96, 97])])
    #expect(try !texts(Self.figure(curves)).contains("0"))
    #expect(try texts(Self.figure(curves, fromZero: true)).contains("0"))
  }

  @Test func hugeAndManyNumbersAreDrawn() throws {
    let most = Double.greatestFiniteMagnitude
    let huge = try Curves.Series(
      name: "h", x: [-most, 0, most], mean: [most, -most, .infinity],
      halfLengths: [most, 1, .nan])
    let many = try Curves.Series(
      name: "m", x: (0..<50_000).map(Double.init), mean: (0..<50_000).map { Double($0 % 7) })
    for series in [huge, many] {
      let curves = try Curves(
        id: ResultID(path: "c"), format: "CSV", errorBar: .interval, series: [series])
      #expect(try Self.figure(curves).svg().count < 400_000)
      #expect(try Picture(png: Self.figure(curves).png()).pixels.contains(SeriesLook.paper[0]))
    }
  }

  @Test func thinnedLinesKeepTheirPeaks() {
    let points = (0..<1000).map {
      PathMark.Point(x: Double($0) / 100, y: $0 == 537 ? 99 : Double($0 % 3))
    }
    let kept = CurvesComposer.thinned(points)
    #expect(kept.count <= 40 && kept.contains(points[537]))
    #expect(kept.first == points.first && kept.last == points.last)
  }
}
