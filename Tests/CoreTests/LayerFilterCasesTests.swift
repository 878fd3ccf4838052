import Foundation
import Testing

@testable import Core

/// The table of cases that the filter of the Python package passes as well.
@Suite struct LayerFilterCasesTests {
  private struct Table: Decodable {
    struct Case: Decodable {
      var filter: String
      var matches: [String]
    }

    /// A pattern, a text, and whether they match.
    struct Glob: Decodable {
      var pattern: String
      var text: String
      var matches: Bool

      init(from decoder: any Decoder) throws {
        var values = try decoder.unkeyedContainer()
        pattern = try values.decode(String.self)
        text = try values.decode(String.self)
        matches = try values.decode(Bool.self)
      }
    }

    var names: [String]
    var cases: [Case]
    var globs: [Glob]
    var wrong: [String]
  }

  private let table: Table

  init() throws {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let file = tests.appending(path: "Fixtures/layer-filter-cases.json")
    table = try JSONDecoder().decode(Table.self, from: Data(contentsOf: file))
    try #require(!table.cases.isEmpty && !table.globs.isEmpty && !table.wrong.isEmpty)
  }

  @Test func filters() throws {
    for expected in table.cases {
      let filter = try LayerFilter(expected.filter)
      #expect(table.names.filter(filter.matches) == expected.matches, "\(expected.filter)")
    }
  }

  @Test func globs() {
    for expected in table.globs {
      let glob = Glob(Array(expected.pattern.unicodeScalars))
      let found = glob.matches(Array(expected.text.unicodeScalars))
      #expect(found == expected.matches, "\(expected.pattern) \(expected.text)")
    }
  }

  @Test func wrongExpressions() {
    for text in table.wrong {
      #expect(throws: LayerFilterError.self) { try LayerFilter(text) }
    }
  }
}
