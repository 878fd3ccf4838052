import Core
import Similarity
import Testing

@testable import Formats

@Suite struct CSVReaderTests {
  private func read(_ text: String) throws -> Comparison {
    let value = try CSVReader.read(region: ByteRegion(copying: Array(text.utf8)))
    return try #require(try ResultExtractor.comparisons(from: value, file: "a.csv").first)
  }

  @Test func namesStandInTheFirstRowAndColumn() throws {
    let result = try read("x,a,b\nr,0.1,0.2\n")
    #expect(result.rows.layers == ["r"])
    #expect(result.columns.layers == ["a", "b"])
    #expect(result.matrix.values() == [0.1, 0.2])
    #expect(result.dtype == "list")
  }

  @Test func rankedScoresGoBackToTheirMinibatches() throws {
    let result = try read("rank,minibatch,score\n1,2,0.1\n2,3,nan\n3,1,0.2\n")
    #expect(result.kind == .minibatches)
    #expect(result.matrix[0, 0] == 0.2 && result.matrix[0, 1] == 0.1 && result.matrix[0, 2].isNaN)
    for wrong in ["1,1,0.1\n2,1,0.2\n", "1,2,0.1\n", "1,0.5,0.1\n", "1,0,0.1\n", ""] {
      #expect(throws: FormatError.self) { try read("rank,minibatch,score\n" + wrong) }
    }
  }

  @Test func theRootLayerHasAnEmptyName() throws {
    let result = try read(",,fc\n,0.1,0.2\nfc,0.3,0.4\n")
    #expect(result.rows.layers == ["", "fc"])
    #expect(result.columns.layers == ["", "fc"])
  }

  @Test func quotedFieldsHoldAnything() throws {
    let result = try read("\"\",\"a,1\",\"b\"\"q\"\"\"\r\n\"r\n1\",0.1,0.2\r\nr2,0.3,NaN")
    #expect(result.columns.layers == ["a,1", "b\"q\""])
    #expect(result.rows.layers == ["r\\n1", "r2"])
    #expect(result.matrix[1, 0] == 0.3 && result.matrix[1, 1].isNaN)
  }

  @Test(arguments: ["1,2\n3,4", "1\t2\r\n3\t4\r\n", "\u{FEFF}1,2\n\n3, 4 \n"])
  func bareNumbersAreAMatrix(_ text: String) throws {
    let result = try read(text)
    #expect(result.kind == .layers)
    #expect(result.matrix.values() == [1, 2, 3, 4])
    #expect(result.rows.layersAreGenerated && result.columns.layersAreGenerated)
  }

  @Test(arguments: ["1,2,3", "1\n2\n3\n", "minibatch,score\n1,1\n2,2\n3,3\n", "score\n1\n2\n3"])
  func oneLineOrColumnIsMinibatches(_ text: String) throws {
    let result = try read(text)
    #expect(result.kind == .minibatches)
    #expect(result.matrix.values() == [1, 2, 3])
  }

  @Test func emptyCellsAreMissing() throws {
    let values = try read("x,a,b,c\nr,,nan, null \n").matrix.values()
    #expect(values.count == 3 && values.allSatisfy(\.isNaN))
    #expect(try read("x,a\nr,-inf\n").matrix[0, 0] == -.infinity)
  }

  @Test func errorsNameLineAndColumn() {
    let ragged = #expect(throws: FormatError.self) { try read("x,a,b\nr,1,2\ns,1\n") }
    #expect(ragged?.kind == .wrongShape && ragged?.place == "line 3")
    let word = #expect(throws: FormatError.self) { try read("x,a\n\"r\n\n1\",1\ns,two\n") }
    #expect(word?.place == "line 5, column 2")
    #expect(word?.kind == .syntax && word?.problem == "'two' is not a number")
  }

  @Test(arguments: ["", "\n\n", "x,a\n", "\"a", "\"a\"b,1\n", "a,b\n1,2,3\n"])
  func refusesWhatIsNoTable(_ text: String) {
    #expect(throws: FormatError.self) { try read(text) }
  }
}
