import Core
import Foundation
import Similarity
import Testing

@testable import Formats

@Suite struct CkatorchTests {
  private let matrix = "samples/variants/ckatorch_style_cka.safetensors"

  @Test func theIndexNamesTheMatrixBesideIt() throws {
    let path = FixtureFile.path("samples/variants/ckatorch_style_cka.json")
    let result = try #require(ResultFile.read(path: path).first)
    #expect(result.format.description == "ckatorch")
    #expect(result.rows.model == "Teacher10" && result.columns.model == "Studentdpk")
    #expect(result.rows.layers.count == 38 && result.columns.layers.last == "fc")
    #expect(result.id == ResultID(path: path))
    let alone = try #require(ResultFile.read(path: FixtureFile.path(matrix)).first)
    #expect(alone.matrix.values() == result.matrix.values())
    #expect(alone.rows.layersAreGenerated)
  }

  @Test func readsAnIndexInYAML() throws {
    let folder = try ScratchFolder()
    _ = try folder.write(FixtureFile.bytes(matrix), "m.safetensors")
    let rows = (0..<38).map { "  - r\($0)\n" }.joined()
    let columns = (0..<17).map { "c\($0)" }.joined(separator: ", ")
    let yaml = """
      cka_matrix:
        path: /gone/m.safetensors
      first_model:
        name: One
        layers:
      \(rows)second_model: {name: Two, layers: [\(columns)]}
      """
    let result = try #require(
      ResultFile.read(path: folder.write(Array(yaml.utf8), "i.yaml")).first)
    #expect(result.rows.model == "One" && result.columns.model == "Two")
    #expect(result.rows.layers[37] == "r37" && result.columns.layers[16] == "c16")
  }

  @Test func aMatrixThatDoesNotOpenSaysWhy() throws {
    let folder = try ScratchFolder()
    try FileManager.default.createDirectory(
      atPath: folder.path + "/m.safetensors", withIntermediateDirectories: false)
    let path = try folder.write(
      Array("cka_matrix: {path: m.safetensors}\n".utf8), "i.yaml")
    let error = #expect(throws: FormatError.self) { try ResultFile.read(path: path) }
    #expect(error?.problem.contains("/m.safetensors': ") == true)
  }

  @Test(arguments: [
    "cka_matrix: {path: /gone/none.safetensors}",
    "cka_matrix: {path: ..}",
    "cka_matrix: {path: /dev/zero}",
    "cka_matrix: [1, 2]",
    "cka_matrix: &a [*a]",
    "cka_matrix:\n  path: i.yaml",
    "cka_matrix: " + String(repeating: "[", count: 100_000),
    "cka_matrix:\n" + String(repeating: "- ", count: 100_000),
    "cka_matrix: 1\n" + String(repeating: "[\n", count: 100_000),
    "cka_matrix: 1\na: &a [x]\n"
      + (0..<40).map { "b\($0): &b\($0) [*a, *a, *a, *a]\n" }.joined(),
  ])
  func refusesAnIndexWithoutAMatrix(_ yaml: String) throws {
    let folder = try ScratchFolder()
    let path = try folder.write(Array(yaml.utf8), "i.yaml")
    #expect(throws: FormatError.self) { try ResultFile.read(path: path) }
  }
}
