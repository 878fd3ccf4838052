import Core
import Similarity
import Testing

@testable import Formats

/// Results as people save them, in forms that are neither torch_cka's nor pandas': one matrix in
/// each.
@Suite struct TableFormTests {
  private static let rows = ["conv1", "layer1.0", "fc"]
  private static let columns = ["embed", "head"]
  private static let values = [0.9125, 0.3125, 0.5625, 0.4375, 0.1875, 0.8125]
  private static let cells = rows.indices.flatMap { row in
    columns.indices.map { (rows[row], columns[$0], values[2 * row + $0]) }
  }

  private func results(_ text: String, _ name: String = "t.json") throws -> [Comparison] {
    try ResultFile.read(region: ByteRegion(copying: Array(text.utf8)), path: name)
  }

  private func check(_ found: [Comparison]) throws {
    try #require(found.count == 1)
    #expect(found[0].rows.layers == Self.rows && found[0].columns.layers == Self.columns)
    #expect(found[0].matrix.values() == Self.values)
  }

  private static func table(_ header: String, _ separator: String, comma: Bool = false) -> String {
    let lines = cells.map { row, column, value in
      let number = comma ? "\(value)".replacing(".", with: ",") : "\(value)"
      return [row, column, number].joined(separator: separator)
    }
    return ([header] + lines).joined(separator: "\n") + "\n"
  }

  @Test("decimal commas between semicolons") func decimalCommas() throws {
    try check(results(Self.table("layer1;layer2;cka", ";", comma: true), "t.csv"))
    // Between commas they separate cells.
    #expect(throws: FormatError.self) {
      try results(Self.table("layer1,layer2,cka", ",", comma: true), "t.csv")
    }
  }

  @Test("comments before a table, and a header behind the mark") func comments() throws {
    let table = Self.table("layer1,layer2,cka", ",")
    try check(results("# resnet18 and vit, digits\n#\n" + table, "t.csv"))
    try check(results("# resnet18 and vit\n# 2024\n" + table, "t.csv"))
    try check(results("# " + table, "t.csv"))
    // A name of an index, as pandas writes it.
    try check(
      results(
        "#,embed,head\nconv1,0.9125,0.3125\nlayer1.0,0.5625,0.4375\nfc,0.1875,0.8125\n", "t.csv"))
  }

  @Test("R leaves the corner out", arguments: [",", "\t"]) func noCorner(_ separator: String) throws
  {
    let lines =
      [Self.columns]
      + Self.rows.indices.map { row in
        [Self.rows[row]] + (0..<2).map { "\(Self.values[2 * row + $0])" }
      }
    let text = lines.map { $0.joined(separator: separator) }.joined(separator: "\n") + "\n"
    try check(results(text, separator == "," ? "t.csv" : "t.tsv"))
    // One row more or less is a fault of the file, not a corner.
    let error = #expect(throws: FormatError.self) {
      try results("a,b\nx,0.1,0.2\ny,0.1\n", "t.csv")
    }
    #expect(error?.kind == .wrongShape)
  }

  @Test("a training log is no result") func trainingLog() {
    let log = "epoch,train_loss,val_loss\n1,0.9,0.8\n2,0.5,0.6\n"
    let error = #expect(throws: FormatError.self) { try results(log, "log.csv") }
    #expect(error?.kind == .noResult)
    #expect(throws: Never.self) { try results(log, "cka_log.csv") }
  }

  @Test(
    "pairs of names with other signs between them",
    arguments: [";", "; ", " & ", "&", " | ", " <-> ", " => ", " and ", "::", "~", "--"])
  func pairSigns(_ sign: String) throws {
    let pairs = Self.cells.map { "\"\($0)\(sign)\($1)\": \($2)" }
    try check(results("{\(pairs.joined(separator: ", "))}"))
  }

  @Test("a pair of names in one field of a record") func pairInRecords() throws {
    let records = Self.cells.map { #"{"layers": ["\#($0)", "\#($1)"], "cka": \#($2)}"# }
    try check(results("[\(records.joined(separator: ", "))]"))
  }

  @Test("a table of pairs as records, whose values stand under cka") func longRecords() throws {
    let records = Self.cells.map { #"{"layer1": "\#($0)", "layer2": "\#($1)", "cka": \#($2)}"# }
    try check(results("[\(records.joined(separator: ", "))]"))
    try check(results("{\"runs\": [\(records.joined(separator: ", "))], \"log\": [{\"a\": 1}]}"))
  }

  @Test("a record on each line") func jsonLines() throws {
    let lines = Self.cells.map { #"{"layer1": "\#($0)", "layer2": "\#($1)", "cka": \#($2)}"# }
    try check(results(lines.joined(separator: "\n") + "\n"))
    let error = #expect(throws: FormatError.self) {
      try results(lines.joined(separator: " "))
    }
    #expect(error?.kind == .syntax)
    let cut = #expect(throws: FormatError.self) {
      try results(lines.joined(separator: "\n").dropLast(3).description)
    }
    #expect(cut?.kind == .truncated)
  }

  private static let matrix = "[[0.9125, 0.3125], [0.5625, 0.4375], [0.1875, 0.8125]]"
  private static let rowList = #"["conv1", "layer1.0", "fc"]"#
  private static let columnList = #"["embed", "head"]"#
  private static let nested =
    #"{"conv1": {"embed": 0.9125, "head": 0.3125}, "#
    + #""layer1.0": {"embed": 0.5625, "head": 0.4375}, "fc": {"embed": 0.1875, "head": 0.8125}}"#

  @Test(
    "matrices with their names beside, around and above them",
    arguments: [
      #"{"layers": {"x": \#(columnList), "y": \#(rowList)}, "values": \#(matrix)}"#,
      #"{"cka": {"values": \#(matrix), "rows": \#(rowList), "cols": \#(columnList)}}"#,
      "[\(matrix), \(rowList), \(columnList)]",
      #"{"results": {"resnet18_vs_vit": \#(nested)}}"#,
      #"{"a": {"b": {"c": {"cka": \#(nested)}}}}"#,
      #"{"a": {"b": {"c": {"d": {"CKA": \#(matrix), "model1_layers": \#(rowList), "model2_layers": \#(columnList)}}}}}"#,
    ])
  func names(_ text: String) throws { try check(results(text)) }

  @Test(
    "files that Python and MATLAB wrote", arguments: ["struct.mat", "tuple.pt", "wrapped.pkl"])
  func files(_ name: String) throws {
    try check(ResultFile.read(path: FixtureFile.path("tables/\(name)")))
  }

  @Test("names in a MATLAB file that are no texts are not passed over in silence")
  func unreadNames() throws {
    let found = try #require(
      ResultFile.read(path: FixtureFile.path("tables/cells.mat")).first)
    #expect(found.rows.layersAreGenerated)
    #expect(found.warnings.contains { $0.contains("model1_layers") })
    #expect(found.warnings.contains(ResultNote.unnamed(.both).description))
  }

  @Test("pandas' own pickles are refused with what to save instead")
  func pandas() {
    for module in ["pandas", "pandas.core.frame"] {
      let pickle = Array("c\(module)\nDataFrame\n.".utf8)
      let error = #expect(throws: FormatError.self) {
        try PickleReader.read(region: ByteRegion(copying: pickle))
      }
      #expect(error?.kind == .unsupported && error?.remedy.contains("to_csv") == true)
    }
  }
}
