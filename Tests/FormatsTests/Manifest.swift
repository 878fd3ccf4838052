import Foundation

/// What Python read from the sample files, as `Fixtures/samples/manifest.json` records it.
struct SampleEntry: Decodable {
  var expect: String?
  var value: SampleValue?
}

/// One result, or several under their keys.
enum SampleValue: Decodable {
  case one(SampleResult)
  case several([String: SampleResult])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let result = try? container.decode(SampleResult.self) {
      self = .one(result)
    } else {
      self = .several(try container.decode([String: SampleResult].self))
    }
  }
}

struct SampleResult: Decodable {
  var shape: [Int]
  var dtype: String
  var first: Double
  var last: Double
  var sum: Double
  var min: Double
  var max: Double
  var nan: Int
  var sha256_f64le_rowmajor: String?
  var model1_name: String?
  var model2_name: String?
  var dataset1_name: String?
  var dataset2_name: String?
  var n_model1_layers: Int?
  var n_model2_layers: Int?
  var model1_layers_first_last: [String]?
  var model2_layers_first_last: [String]?
}

/// One bad or hostile file, and what must become of it.
struct HostileEntry: Decodable {
  var file: String
  var expect: String
}

/// The fixture files, by their paths below `Tests/Fixtures`.
enum FixtureFile {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures").path(percentEncoded: false)

  static func path(_ name: String) -> String { folder + "/" + name }

  static func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: path(name))))
  }

  static let samples: [String: SampleEntry] =
    (try? JSONDecoder().decode(
      [String: SampleEntry].self, from: Data(bytes("samples/manifest.json")))) ?? [:]

  static let hostile: [HostileEntry] =
    (try? JSONDecoder().decode([HostileEntry].self, from: Data(bytes("hostile/manifest.json"))))
    ?? []
}

/// A folder of its own for one test, removed with its last reference.
final class ScratchFolder {
  let path: String

  init() throws {
    path =
      FileManager.default.temporaryDirectory.path(percentEncoded: false)
      + "/cka-tests-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  /// Writes `bytes` under `name`; the file's path.
  func write(_ bytes: [UInt8], _ name: String) throws -> String {
    let path = path + "/" + name
    try Data(bytes).write(to: URL(filePath: path))
    return path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
