import Similarity
import Testing

@testable import Formats

@Suite("Tables of figures of layers")
struct LayerFiguresReaderTests {
  private func read(_ text: String) throws -> LayerFigures {
    try Array(text.utf8).withUnsafeBytes { try LayerFigures(csv: $0) }
  }

  @Test(
    "commas, tabs or semicolons; with a heading or without",
    arguments: [
      "layer,probe\na,0.5\nb,1\n", "layer\tprobe\r\na\t0.5\r\nb\t1", "x;probe\na;50%\nb;1",
    ])
  func tables(text: String) throws {
    let figures = try read(text)
    #expect(figures.columns == ["probe"] && figures.layers == ["a", "b"])
    #expect(figures.values(of: "a") == [text.contains("%") ? 50 : 0.5])
    #expect(figures.values(of: "c").contains { !$0.isNaN } == false)
  }

  @Test("without a heading the figures are accuracies; an empty field has none")
  func bare() throws {
    #expect(try read("a,0.5\n\"b,c\",\n").columns == ["accuracy"])
    let empty = try read("a,0.5\n\"b,c\",\n").values(of: "b,c")
    #expect(empty.count == 1 && empty[0].isNaN)
    #expect(try read("a,1,2\nb,3,4").columns == ["figure 1", "figure 2"])
  }

  @Test(
    "what is no table of figures is told with its line",
    arguments: [
      ("a,1\nb,high", "line 2"), ("a,1\nb", "line 2"), ("layer,p\na,1,2", "line 2"), ("", ""),
      ("layer,p", ""),
    ])
  func damaged(text: String, place: String) {
    let error = #expect(throws: FormatError.self) { try read(text) }
    #expect(error?.place == place)
  }
}
