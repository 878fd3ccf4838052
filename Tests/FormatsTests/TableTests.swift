import Core
import Similarity
import Testing

@testable import Formats

/// Tables as people save them, through the one door.
@Suite struct TableTests {
  private static let rows = ["encoder/1", "encoder/2", "encoder/3", "latent"]
  private static let columns = ["dec/1", "dec/2", "dec/3"]
  private static let values = [
    0.7677, 0.3985, 0.7362, 0.3668, 0.9418, 0.9418, 0.0154, 0.6968, 0.1128, 0.4915, 0.1625, 0.0315,
  ]

  private func results(_ text: String, _ name: String) throws -> [Comparison] {
    try ResultFile.read(region: ByteRegion(copying: Array(text.utf8)), path: name)
  }

  private func result(_ text: String, _ name: String = "t.json") throws -> Comparison {
    try #require(try results(text, name).first)
  }

  @Test(
    "the same 4 × 3 result in five forms",
    arguments: ["long.tsv", "nested.json", "split.json", "pairs.pkl", "nested.pkl"])
  func oneResult(_ name: String) throws {
    let found = try ResultFile.read(path: FixtureFile.path("field/\(name)"))
    #expect(found.count == 1)
    #expect(found[0].rows.layers == Self.rows && found[0].columns.layers == Self.columns)
    #expect(found[0].matrix.values() == Self.values)
  }

  @Test func aMatrixThatIsTurnedAgainstItsNamesIsTurnedBack() throws {
    let found = try #require(ResultFile.read(path: FixtureFile.path("field/transposed.pt")).first)
    #expect(found.rows.layers == ["a", "b", "c", "d", "e"])
    #expect(found.columns.layers == ["x", "y", "z"])
    #expect(found.matrix[1, 0] == 0.1935133934020996 && found.matrix[4, 2] == 0.8489426374435425)
    #expect(found.warnings.contains(ResultNote.transposed(rows: 3, columns: 5).description))
  }

  @Test(
    "weights and activations are no results, whatever masks stand beside them",
    arguments: ["weights.pt", "weights.ckpt", "dict.npy", "stacked_a.pt", "stacked_b.pt"])
  func noResults(_ name: String) {
    let error = #expect(throws: FormatError.self) {
      try ResultFile.read(path: FixtureFile.path("field/\(name)"))
    }
    #expect(error?.kind == .noResult)
    #expect(error?.remedy.contains("cka compute") == true)
  }

  @Test func pairsInAnyOrderAndMissingOnes() throws {
    let text = "m1,m2,cka\nb,y,0.4\na,x,0.1\na,z,0.2\nb,x,0.3\nb,z,0.5\n"
    let found = try result(text, "t.csv")
    #expect(found.rows.layers == ["a", "b"] && found.columns.layers == ["x", "y", "z"])
    let values = found.matrix.values()
    #expect(values[1].isNaN && values.filter { !$0.isNaN } == [0.1, 0.2, 0.3, 0.4, 0.5])
    #expect(found.warnings.contains(ResultNote.missing(pairs: 1, of: 6).description))
    #expect(found.warnings.contains(ResultNote.namesSorted.description))
    // Pairs that run along the columns keep the file's order.
    let columns = try result("m1,m2,cka\nb,y,0.4\na,x,0.1\nb,x,0.3\n", "t.csv")
    #expect(columns.rows.layers == ["a", "b"] && columns.columns.layers == ["y", "x"])
    #expect(columns.matrix[1, 0] == 0.4 && columns.matrix[0, 1] == 0.1)
    #expect(columns.matrix[1, 1] == 0.3 && columns.matrix[0, 0].isNaN)
    #expect(throws: FormatError.self) { try result("m1,m2,cka\na,x,0.1\na,x,0.2\n", "t.csv") }
  }

  @Test func oneHalfIsMirrored() throws {
    let found = try result(#"{"a,a": 1, "a,b": 0.5, "a,c": 0.25, "b,b": 1, "b,c": 0.75, "c,c": 1}"#)
    #expect(found.rows.layers == ["a", "b", "c"] && found.columns.layers == ["a", "b", "c"])
    #expect(found.matrix.values() == [1, 0.5, 0.25, 0.5, 1, 0.75, 0.25, 0.75, 1])
  }

  @Test(
    arguments: [
      (#"{"CKA": {}}"#, .wrongType, "an empty dictionary"),
      (#"{"CKA": null}"#, .wrongType, "nothing (None)"),
      (#"{"CKA": "x"}"#, .wrongType, "text where numbers"), (#"{"CKA": []}"#, .empty, "empty"),
      (#"{"CKA": [[1, 2], [1]]}"#, .wrongShape, "the rows differ in length"),
      (#"{"train": {"loss": 0.1}, "val": {"loss": 0.2}}"#, .noResult, "'loss', not of CKA"),
    ] as [(String, FormatError.Kind, String)])
  func whatIsNoMatrixIsNamed(_ text: String, _ kind: FormatError.Kind, _ expected: String) {
    let error = #expect(throws: FormatError.self) { try result(text) }
    #expect(error?.kind == kind)
    #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
  }
}

@Suite struct ObjectNameTests {
  @Test func theAddressIsLeftOut() {
    func loader(_ address: String) -> String {
      "<torch.utils.data.dataloader.DataLoader object at 0x7f\(address)>"
    }
    #expect(ObjectName(loader("12ab")) == ObjectName(loader("12ab")))
    let (same, itself) = ObjectName.names(loader("1"), loader("1"))
    #expect(same == "DataLoader" && itself == "DataLoader")
    #expect(ObjectName.names(loader("1"), loader("2")).1 == "DataLoader (another)")
    #expect(ObjectName("<b> at 0x").name == "<b> at 0x")
  }
}
