import Core
import Foundation
import Testing

@testable import Formats

/// Activations of two models with the CKA that plain float64 numpy gives for them.
struct Golden: Sendable, CustomTestStringConvertible {
  let name: String

  static let all = [Golden(name: "tiny"), Golden(name: "small")]

  var testDescription: String { name }

  static func folder(_ name: String) -> URL {
    URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../Fixtures/golden/\(name)").standardizedFileURL
  }

  private struct Manifest: Decodable {
    var layers1, layers2: [String]
    var batch_sizes: [Int]
    var model1, model2: String
  }

  /// The activations in minibatches, or all samples at once.
  func source(isWhole: Bool) throws -> ArraySource {
    let folder = Golden.folder(name)
    let manifest = try JSONDecoder().decode(
      Manifest.self, from: Data(contentsOf: folder.appending(path: "manifest.json")))
    let file = try SafetensorsFile(
      region: MappedFile.region(path: folder.appending(path: "activations.safetensors").path))
    let sides = [(manifest.model1, manifest.layers1), (manifest.model2, manifest.layers2)]
    let arrays = try sides.map { model, layers in
      try layers.map { try #require(file.tensor("\(model)/\($0)")) }
    }
    let sizes = isWhole ? [manifest.batch_sizes.reduce(0, +)] : manifest.batch_sizes
    var first = 0
    let minibatches = try sizes.map { size in
      defer { first += size }
      return try arrays.map { try $0.map { try Golden.rows(first, size, of: $0) } }
    }
    return ArraySource(minibatches)
  }

  private static func rows(_ first: Int, _ count: Int, of array: NDArray) throws -> Matrix {
    try #require(
      Matrix(
        rows: count, columns: array.shape[1], type: array.type, region: array.region,
        offset: array.offset + first * array.strides[0], rowStride: array.strides[0]))
  }

  /// The values of `golden/NAME.npy`.
  func values(_ file: String) throws -> [Double] {
    try Golden.array(Golden.folder(name).appending(path: "golden/\(file).npy")).values()
  }

  static func array(_ url: URL) throws -> Matrix {
    guard
      case .array(let array) = try NpyReader.read(region: MappedFile.region(path: url.path)).value
    else { throw FormatError(.missing, "\(url.path) holds no array") }
    return try array.matrix()
  }
}
