import Core
import Foundation
import Similarity
import Testing

@testable import Formats

/// Every sample and every hostile file through the one door, against what Python says of them.
@Suite struct ManifestTests {
  @Test func manifestsAreThere() {
    #expect(FixtureFile.samples.count > 60)
    #expect(FixtureFile.hostile.count > 70)
  }

  @Test(arguments: FixtureFile.samples.filter { $0.value.value != nil }.keys.sorted())
  func sample(_ name: String) throws {
    let entry = try #require(FixtureFile.samples[name])
    let path = FixtureFile.path("samples/" + name)
    guard entry.expect != "reject" else {
      #expect(throws: FormatError.self) { try ResultFile.read(path: path) }
      return
    }
    let results = try ResultFile.read(path: path)
    #expect(results.allSatisfy { $0.id.path == path })
    switch try #require(entry.value) {
    case .one(let expected):
      check(results, against: expected)
    case .several(let expected):
      #expect(Set(results.map(\.id.key)) == Set(expected.keys))
      for result in results {
        check([result], against: try #require(expected[result.id.key]))
      }
    }
  }

  @Test(arguments: FixtureFile.hostile.map(\.file))
  func hostile(_ name: String) throws {
    let entry = try #require(FixtureFile.hostile.first { $0.file == name })
    let path = FixtureFile.path("hostile/" + name)
    guard entry.expect == "reject" else {
      let results = try ResultFile.read(path: path)
      #expect(!results.isEmpty)
      for text in results.flatMap(shownTexts) { #expect(text == SafeText.sanitise(text)) }
      return
    }
    let error = #expect(throws: FormatError.self) { try ResultFile.read(path: path) }
    let line = try #require(error).description
    #expect(line.hasPrefix(path + ": "))
    #expect(line == line.replacing("\n", with: ""), "an error is one line")
    #expect(!FileManager.default.fileExists(atPath: "PWNED"))
  }

  @Test func storagesOnAGraphicsCardOpenHere() throws {
    let name = "samples/variants/torch_f32_located_cuda0.pkl"
    let result = try #require(ResultFile.read(path: FixtureFile.path(name)).first)
    let plain = "samples/real/teacher10_vs_student_dpk.pkl"
    let original = try #require(ResultFile.read(path: FixtureFile.path(plain)).first)
    #expect(result.matrix.values() == original.matrix.values())
    #expect(result.rows == original.rows)
  }

  // MARK: Comparing

  private func check(_ results: [Comparison], against expected: SampleResult) {
    guard let first = results.first else {
      Issue.record("no result")
      return
    }
    let values = interleaved(results)
    #expect(shape(of: results, rank: expected.shape.count) == expected.shape)
    #expect(first.dtype == expected.dtype.replacing("torch.", with: ""))
    #expect(values.first == expected.first)
    #expect(values.last == expected.last)
    let numbers = values.filter { !$0.isNaN }
    #expect(values.count - numbers.count == expected.nan)
    #expect(numbers.min() == expected.min)
    #expect(numbers.max() == expected.max)
    #expect(abs(numbers.reduce(0, +) - expected.sum) <= 1e-9 * abs(expected.sum))
    if let digest = expected.sha256_f64le_rowmajor, expected.nan == 0 {
      #expect(SHA256.hex(values.withUnsafeBytes { Array($0) }) == digest)
    }
    checkNames(first.rows, expected.model1_name, expected.dataset1_name)
    checkNames(first.columns, expected.model2_name, expected.dataset2_name)
    // One number carries no layers; everything else keeps every name.
    guard !expected.shape.isEmpty else { return }
    checkLayers(first.rows, expected.n_model1_layers, expected.model1_layers_first_last)
    checkLayers(first.columns, expected.n_model2_layers, expected.model2_layers_first_last)
  }

  private func shape(of results: [Comparison], rank: Int) -> [Int] {
    let matrix = results[0].matrix
    switch rank {
    case 0: return matrix.rows * matrix.columns == 1 ? [] : [matrix.rows, matrix.columns]
    case 1: return results[0].kind == .minibatches ? [matrix.columns] : []
    case 2: return [matrix.rows, matrix.columns]
    default: return [matrix.rows, matrix.columns, results.count]
    }
  }

  /// The values of slices along the last axis, in the order of the whole array.
  private func interleaved(_ results: [Comparison]) -> [Double] {
    let slices = results.map { $0.matrix.values() }
    return slices[0].indices.flatMap { index in slices.map { $0[index] } }
  }

  private func checkNames(_ axis: Axis, _ model: String?, _ dataset: String?) {
    #expect(axis.model == model ?? "")
    #expect(axis.dataset == dataset ?? "")
  }

  private func checkLayers(_ axis: Axis, _ count: Int?, _ ends: [String]?) {
    guard let count, let ends else {
      #expect(axis.layersAreGenerated)
      return
    }
    #expect(!axis.layersAreGenerated)
    #expect(axis.layers.count == count)
    #expect([axis.layers.first, axis.layers.last] == ends)
  }

  private func shownTexts(_ result: Comparison) -> [String] {
    [result.rows, result.columns].flatMap { [$0.model, $0.dataset] + $0.layers }
      + result.warnings + [result.id.key, result.format.description, result.dtype]
  }
}
