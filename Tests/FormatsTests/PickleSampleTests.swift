import Core
import Foundation
import Testing

@testable import Formats

/// What `manifest.json` says of one result.
private struct Expected: Decodable {
  let shape: [Int]
  let dtype: String
  let first: Double
  let last: Double
  let min: Double
  let max: Double
  let nan: Int
  let sha256: String
  let model1: String?
  let layers: Int?
  let firstLast: [String]?

  enum CodingKeys: String, CodingKey {
    case shape, dtype, first, last, min, max, nan
    case sha256 = "sha256_f64le_rowmajor"
    case model1 = "model1_name"
    case layers = "n_model1_layers"
    case firstLast = "model1_layers_first_last"
  }
}

/// A result, or results by name.
private enum Content: Decodable {
  case one(Expected)
  case several([String: Expected])

  init(from decoder: any Decoder) throws {
    do { self = .one(try Expected(from: decoder)) } catch {
      self = .several(try [String: Expected](from: decoder))
    }
  }
}

private struct Entry: Decodable {
  let expect: String?
  let value: Content?
}

@Suite("Every sample is read as Python reads it")
struct PickleSampleTests {
  static let names: [String] = {
    let endings = [".pkl", ".pt", ".npy", ".npz", ".gz"]
    return (try? manifest().keys.filter { name in endings.contains { name.hasSuffix($0) } })?
      .sorted() ?? []
  }()

  private static func manifest() throws -> [String: Entry] {
    let url = BinaryFixtures.folder.appendingPathComponent("samples/manifest.json")
    return try JSONDecoder().decode([String: Entry].self, from: Data(contentsOf: url))
  }

  @Test("there are samples of every kind")
  func samplesExist() { #expect(Self.names.count > 60) }

  @Test("values, shapes and names", arguments: names)
  func sample(name: String) throws {
    let entry = try #require(try Self.manifest()[name])
    if entry.expect == "reject" {
      #expect(throws: FormatError.self) { try BinaryFixtures.read("samples/" + name) }
      return
    }
    let value = try BinaryFixtures.read("samples/" + name).value
    switch entry.value {
    case .one(let expected)?: try check(value, expected)
    case .several(let all)?:
      for (key, expected) in all { try check(try #require(value[key]), expected) }
    case nil: #expect(value["CKA"] != nil)  // Python could not read it here
    }
  }

  private func check(_ value: Value, _ expected: Expected) throws {
    let (numbers, shape, dtype) = try matrix(value["CKA"] ?? value)
    #expect(shape == expected.shape)
    #expect(dtype == expected.dtype.replacingOccurrences(of: "torch.", with: ""))
    #expect(numbers.first == expected.first)
    #expect(numbers.last == expected.last)
    let present = numbers.filter { !$0.isNaN }
    #expect(numbers.count - present.count == expected.nan)
    #expect(present.min() == expected.min)
    #expect(present.max() == expected.max)
    let bytes = numbers.withUnsafeBytes { Array($0) }
    #expect(SHA256.hex(bytes) == expected.sha256)
    guard let layers = expected.layers else { return }
    let names = try texts(try #require(value["model1_layers"]))
    #expect(names.count == layers)
    #expect(expected.firstLast == [names.first ?? "?", names.last ?? "?"])
    if let model = expected.model1 {
      #expect(try texts(try #require(value["model1_name"])) == [model])
    }
  }

  /// Numbers of an array, or of nested lists.
  private func matrix(_ value: Value) throws -> ([Double], shape: [Int], dtype: String) {
    switch value {
    case .array(let array): return (array.values(), array.shape, array.type.rawValue)
    case .int(let number): return ([Double(number)], [], "list")
    case .float(let number): return ([number], [], "list")
    case .list(let items):
      let parts = try items.map { try matrix($0) }
      return (parts.flatMap(\.0), [items.count] + (parts.first?.shape ?? []), "list")
    default: throw FormatError(.damaged, "no numbers in \(value.summary.prefix(80))")
    }
  }

  private func texts(_ value: Value) throws -> [String] {
    switch value {
    case .string(let text): return [text]
    case .strings(let texts, _): return texts
    case .list(let items), .tuple(let items): return try items.flatMap { try texts($0) }
    default: throw FormatError(.damaged, "no text in \(value.summary.prefix(80))")
    }
  }
}
