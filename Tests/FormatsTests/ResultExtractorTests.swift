import Core
import Similarity
import Testing

@testable import Formats

/// The extractor over values built by hand, as any reader could have found them.
@Suite struct ResultExtractorTests {
  private func results(_ value: Value, format: ResultFormat = "pickle") throws -> [Comparison] {
    try ResultExtractor.comparisons(
      from: ReadValue(value: value, format: format, warnings: []), file: "f")
  }

  private func result(_ value: Value, format: ResultFormat = "pickle") throws -> Comparison {
    try #require(results(value, format: format).first)
  }

  private func problem(_ value: Value) -> String {
    #expect(throws: FormatError.self) { try results(value) }?.description ?? ""
  }

  private func names(_ names: String...) -> Value { .list(names.map { .string($0) }) }

  private func array(_ values: [Double], _ shape: Int...) throws -> Value {
    .array(try NDArray(copying: values, shape: shape))
  }

  private func export(
    _ scores: Value, rows: Value? = nil, columns: Value? = nil, more: [(Value, Value)] = []
  ) -> Value {
    var entries: [(key: Value, value: Value)] = [(.string("CKA"), scores)]
    if let rows { entries.append((.string("model1_layers"), rows)) }
    if let columns { entries.append((.string("model2_layers"), columns)) }
    return .dictionary(entries + more.map { (key: $0.0, value: $0.1) })
  }

  // MARK: Shapes

  @Test func aDictionaryIsOneResult() throws {
    let value = export(
      try array([1, 2, 3, 4, 5, 6], 2, 3), rows: names("a", "b"), columns: names("x", "y", "z"),
      more: [(.string("model1_name"), .string("One")), (.string("dataset2_name"), .string("D"))])
    let result = try result(value)
    #expect(result.id == ResultID(path: "f"))
    #expect(result.rows == Axis(model: "One", layers: ["a", "b"]))
    #expect(result.columns == Axis(dataset: "D", layers: ["x", "y", "z"]))
    #expect(result.matrix[1, 0] == 4)
    #expect(result.dtype == "float64" && result.format.description == "pickle")
  }

  @Test func aVectorIsMinibatchesAndKeepsItsNames() throws {
    let result = try result(
      export(try array([0.5, 0.25, 1], 3), rows: names("a", "b"), columns: names("x")))
    #expect(result.kind == .minibatches)
    #expect(result.rows.layers == ["a", "b"] && result.columns.layers == ["x"])
    #expect(result.warnings.isEmpty)
  }

  @Test func oneNumberIsOneCell() throws {
    let result = try result(export(try array([0.5]), rows: names("a", "b"), columns: names("x")))
    #expect(result.kind == .layers && result.matrix.values() == [0.5])
    #expect(result.rows.layers == ["1"] && result.rows.layersAreGenerated)
    #expect(result.warnings == ["the file holds one number: its layer names are left out"])
    #expect(try self.result(.float(0.5)).matrix.values() == [0.5])
    let named = try self.result(export(.float(0.5), rows: names("a"), columns: names("x")))
    #expect(named.rows.layers == ["a"])
  }

  @Test func nestedListsStack() throws {
    let rows: [Value] = [.list([.float(0.5), .int(1)]), .tuple([.none, .bool(false)])]
    let result = try result(.list(rows))
    #expect(result.dtype == "list")
    #expect(result.matrix[0, 1] == 1 && result.matrix[1, 0].isNaN && result.matrix[1, 1] == 0)
    let vectors = try self.result(.list([try array([1, 2], 2), try array([3, 4], 2)]))
    #expect(vectors.matrix.values() == [1, 2, 3, 4])
  }

  @Test func threeDimensionsAreSlicesOfTheAxisWithoutNames() throws {
    let values = (0..<12).map(Double.init)
    let last = try results(
      export(try array(values, 2, 3, 2), rows: names("a", "b"), columns: names("x", "y", "z")))
    #expect(last.map(\.id.key) == ["[…, 0]", "[…, 1]"])
    #expect(last[1].matrix.values() == [1, 3, 5, 7, 9, 11])
    let first = try results(
      export(try array(values, 2, 3, 2), rows: names("a", "b", "c"), columns: names("x", "y")))
    #expect(first.map(\.id.key) == ["[0]", "[1]"])
    #expect(first[1].matrix.values() == [6, 7, 8, 9, 10, 11])
    #expect(first[1].warnings.contains("slice 2 of 2 of a 2 × 3 × 2 array"))
    #expect(try results(array(values, 2, 3, 2)).count == 2)
  }

  // MARK: Several results

  @Test func dictionariesAndListsOfResultsHaveKeys() throws {
    let one = export(.list([.list([.float(1)])]))
    let config = Value.dictionary([(.string("lr"), .float(0.1))])
    let several = Value.dictionary([
      (.string("run A"), one), (.string("config"), config), (.int(7), one),
    ])
    #expect(try results(several).map(\.id.key) == ["run A", "7"])
    #expect(try results(.list([one, .none, one])).map(\.id.key) == ["[0]", "[2]"])
    #expect(
      try results(.dictionary([(.string("s"), .list([one, one]))])).map(\.id.key) == [
        "s[0]", "s[1]",
      ])
    #expect(try results(.list([several])).map(\.id.key) == ["[0]/run A", "[0]/7"])
  }

  @Test func bareArraysHaveTheirNames() throws {
    let value = Value.dictionary([
      (.string("a"), try array([1, 2, 3, 4], 2, 2)), (.string("note"), .string("x")),
      (.string("b"), try array([1, 2], 1, 2)),
    ])
    #expect(try results(value, format: "npz").map(\.id.key) == ["a", "b"])
  }

  @Test func flatKeysAreGrouped() throws {
    let value = Value.dictionary([
      (.string("r/CKA"), try array([1, 2], 1, 2)), (.string("r/model1_layers"), names("a")),
      (.string("s/t/CKA"), try array([1], 1, 1)),
    ])
    let found = try results(value)
    #expect(found.map(\.id.key) == ["r", "s/t"])
    #expect(found[0].rows.layers == ["a"])
  }

  @Test func keysThatLookAlikeStayApart() throws {
    let one = export(.list([.list([.float(1)])]))
    let value = Value.dictionary([(.string("a\u{1B}"), one), (.string("a\\u{1B}"), one)])
    #expect(try results(value).map(\.id.key) == ["a\\u{1B}", "a\\u{1B} (2)"])
  }

  // MARK: Names

  @Test func namesComeInManyForms() throws {
    let bytes = Array("raw".utf8)
    let slice = ByteSlice(region: ByteRegion(copying: bytes), range: 0..<3)
    let scores = try array([1, 2, 3], 1, 3)
    for rows: Value in [
      .tuple([.bytes(slice)]), .strings(["raw"], shape: [1]), .string("raw"), .bytes(slice),
    ] {
      let result = try result(
        export(scores, rows: rows, columns: .list([.int(1), .none, .float(2.5)])))
      #expect(result.rows.layers == ["raw"])
      #expect(result.columns.layers == ["1", "2", "2.5"])
    }
    let numbered = try result(export(scores, rows: .list([.none]), columns: Value.none))
    #expect(numbered.rows.layersAreGenerated && numbered.columns.layers == ["1", "2", "3"])
    #expect(
      numbered.warnings.first == "no layer names were read: rows and columns are numbered")
  }

  @Test func oddModelNamesAreShownAsText() throws {
    let scores = try array([1], 1, 1)
    for (value, text) in [
      (Value.int(18), "18"), (.none, ""), (.list([]), ""), (.strings(["R"], shape: []), "R"),
      (.string("\u{1B}[2Jx\u{202E}"), "\\u{1B}[2Jx\\u{202E}"),
    ] {
      let export = export(scores, more: [(.string("model1_name"), value)])
      #expect(try result(export).rows.model == text)
    }
  }

  // MARK: Errors

  @Test func errorsSayWhatIsMissing() throws {
    let keys = Value.dictionary([(.string("weights\n"), .int(1)), (.string("b"), .none)])
    #expect(problem(keys).hasPrefix("no key 'CKA': it has 'weights\\n', 'b'"))
    #expect(problem(.dictionary([])).hasPrefix("no key 'CKA': it is empty"))
    #expect(problem(.none).hasPrefix("no CKA result in it: the file holds nothing (None)"))
    #expect(problem(.string("x")).contains("text"))
    #expect(problem(export(.string("x"))).contains("text where numbers should stand (key 'CKA')"))
  }

  @Test func countsMustAgree() throws {
    let scores = try array([1, 2, 3, 4, 5, 6], 2, 3)
    let few = problem(export(scores, rows: names("a", "b"), columns: names("x")))
    #expect(few.contains("model2_layers has 1 name for 3 columns (2 × 3 matrix)"))
    let turned = try result(export(scores, rows: names("a", "b", "c"), columns: names("x", "y")))
    #expect(turned.rows.layers == ["a", "b", "c"] && turned.columns.layers == ["x", "y"])
    #expect(turned.matrix.values() == [1, 4, 2, 5, 3, 6])
    #expect(turned.warnings.first == ResultNote.transposed(rows: 2, columns: 3).description)
  }

  @Test func emptyAndRaggedAreRefused() throws {
    #expect(problem(export(try array([], 0, 5))).contains("empty (0 × 5)"))
    #expect(problem(export(.list([]))).contains("empty"))
    let ragged = Value.list([.list([.float(1), .float(2)]), .list([.float(1)])])
    #expect(problem(ragged).contains("1 values in row 1, 2 in the first row"))
    #expect(problem(.list([.list([.float(1)]), .float(1)])).contains("the rows differ in length"))
    #expect(problem(.list([.float(1), .string("x")])).contains("text where a number should stand"))
    #expect(problem(try array([1], 1, 1, 1, 1)).contains("4 dimensions"))
  }

  @Test func aBrokenResultAmongSeveralIsNamed() throws {
    let value = Value.dictionary([(.string("run A"), export(.string("x")))])
    #expect(problem(value).contains("run A, key 'CKA'"))
  }

  @Test func sharedListsDoNotExplode() {
    var value = Value.list([.float(1)])
    for _ in 0..<40 { value = .list([Value](repeating: value, count: 10)) }
    // Out of `#expect`, which would describe such a value without end if it failed.
    let deep = problem(value)
    #expect(deep.contains("nest deeper"))
    var wide = Value.list([Value](repeating: .float(1), count: 1000))
    for _ in 0..<2 { wide = .list([Value](repeating: wide, count: 1000)) }
    let large = problem(wide)
    #expect(large.contains("more than"))
  }

  // MARK: Warnings

  @Test func peculiarValuesAreCounted() throws {
    let scores = try array([.nan, .infinity, -0.5, 1.5, 1.00001, 2], 2, 3)
    let warnings = try result(export(scores)).warnings
    #expect(
      warnings.dropFirst() == [
        "1 value is NaN", "1 value is infinite", "1 value is negative",
        "2 values are above 1 (largest 2.0)",
      ])
  }

  @Test func registrationOrderIsNoticed() throws {
    let scores = try array([1, 2, 3, 4], 2, 2)
    let whole = names("layer1", "layer1.0")
    let plain = names("a", "b")
    for (rows, columns, count) in [(whole, plain, 1), (plain, whole, 1), (plain, plain, 0)] {
      let warnings = try result(export(scores, rows: rows, columns: columns)).warnings
      #expect(warnings.count { $0.contains("registration order") } == count)
    }
  }
}
