import Foundation
import TestSupport
import Testing

/// Activations whose CKA other programs have computed in float64.
struct GoldenSet: Sendable, CustomTestStringConvertible {
  /// Its folder.
  var name: String
  /// Samples in each of its minibatches.
  var batchSize: Int

  static let tiny = GoldenSet(name: "tiny", batchSize: 16)
  static let small = GoldenSet(name: "small", batchSize: 64)
  /// The model on the rows of its values.
  static let rows = "Teacher-10"

  var testDescription: String { name }

  var activations: String { file("activations.safetensors") }

  func file(_ path: String) -> String { Fixture.golden("\(name)/\(path)") }

  /// The layers of its values' rows and columns.
  func layers() throws -> (rows: [String], columns: [String]) {
    let data = try Data(contentsOf: URL(filePath: file("manifest.json")))
    let manifest = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    return (
      try #require(manifest["layers1"] as? [String]),
      try #require(manifest["layers2"] as? [String])
    )
  }

  /// The values called `golden`.
  func values(_ golden: String) throws -> Grid {
    try Grid(npy: Data(contentsOf: URL(filePath: file("golden/\(golden).npy"))))
  }
}

extension Fixture {
  static func golden(_ name: String) -> String { "\(project)/Tests/Fixtures/golden/\(name)" }
}

/// A matrix of float64.
struct Grid: Equatable {
  var rows: Int
  var columns: Int
  var values: [Double]

  init(rows: Int, columns: Int, values: [Double]) {
    (self.rows, self.columns, self.values) = (rows, columns, values)
  }

  /// The matrix that numpy saved, in C order.
  init(npy data: Data) throws {
    let length = Int(data[8]) | Int(data[9]) << 8
    let header = String(decoding: data[10..<10 + length], as: UTF8.self)
    #expect(header.contains("'<f8'") && header.contains("'fortran_order': False"))
    let shape = try #require(header.firstMatch(of: #/\((\d+), (\d+)\)/#)?.output)
    rows = try #require(Int(shape.1))
    columns = try #require(Int(shape.2))
    values = Data(data[(10 + length)...]).numbers(Double.self)
    #expect(values.count == rows * columns)
  }

  var transposed: Grid {
    let turned = (0..<columns).flatMap { j in (0..<rows).map { values[$0 * columns + j] } }
    return Grid(rows: columns, columns: rows, values: turned)
  }

  /// The largest |a − b|; infinite where shapes differ or a value is missing.
  func worstDifference(to other: Grid) -> Double {
    guard rows == other.rows, columns == other.columns else { return .infinity }
    let differences = zip(values, other.values).map { abs($0 - $1) }
    return differences.contains { $0.isNaN } ? .infinity : differences.max() ?? .infinity
  }
}

extension Data {
  /// The bytes as numbers of this machine's byte order.
  func numbers<Number: BitwiseCopyable>(_ type: Number.Type) -> [Number] {
    withUnsafeBytes { bytes in
      stride(from: 0, to: bytes.count, by: MemoryLayout<Number>.size).map {
        bytes.loadUnaligned(fromByteOffset: $0, as: type)
      }
    }
  }
}

/// A bundle, read without any code of the program.
struct BundleFile {
  /// Everything that follows the header: all figures.
  var data: Data
  /// Models, comparisons, statistics, provenance.
  var study: [String: Any]
  private var header: [String: Any]
  private var dataStart: Int

  init(path: String) throws {
    let file = try Data(contentsOf: URL(filePath: path))
    let length = try #require(file.prefix(8).numbers(UInt64.self).first)
    let end = 8 + Int(length)
    dataStart = end
    data = Data(file[end...])
    header = try #require(
      try JSONSerialization.jsonObject(with: file[8..<end]) as? [String: Any])
    let metadata = try #require(header["__metadata__"] as? [String: String])
    let text = Data(try #require(metadata["study"]).utf8)
    study = try #require(try JSONSerialization.jsonObject(with: text) as? [String: Any])
  }

  /// Where in the file the tensor called `name` begins.
  func start(of name: String) throws -> Int {
    let tensor = try #require(header[name] as? [String: Any])
    return dataStart + (try #require(tensor["data_offsets"] as? [Int]))[0]
  }

  /// The float64 matrix called `name`.
  func grid(_ name: String) throws -> Grid {
    let tensor = try #require(header[name] as? [String: Any])
    let shape = try #require(tensor["shape"] as? [Int])
    let range = try #require(tensor["data_offsets"] as? [Int])
    #expect(tensor["dtype"] as? String == "F64")
    return Grid(
      rows: shape[0], columns: shape[1],
      values: Data(data[range[0]..<range[1]]).numbers(Double.self))
  }

  /// The comparison of the two models, with rows and columns in the order of `set`'s values.
  func grid(of set: GoldenSet) throws -> Grid {
    let order = try set.layers()
    let models = try #require(study["models"] as? [[String: Any]])
    let first = try #require((study["comparisons"] as? [[String: Any]])?.first)
    let rows = models[try #require(first["rows"] as? Int)]
    let isTurned = rows["name"] as? String != GoldenSet.rows
    let grid = isTurned ? try grid("cka.0").transposed : try grid("cka.0")
    let columns = models[try #require(first["columns"] as? Int)]
    let names = try (isTurned ? [columns, rows] : [rows, columns]).map {
      try #require($0["layers"] as? [String])
    }
    let values = try order.rows.flatMap { row in
      try order.columns.map { column in
        let i = try #require(names[0].firstIndex(of: row))
        let j = try #require(names[1].firstIndex(of: column))
        return grid.values[i * grid.columns + j]
      }
    }
    return Grid(rows: order.rows.count, columns: order.columns.count, values: values)
  }

  /// What is beside the figures: statistics or provenance.
  func record(_ name: String) throws -> [String: Any] {
    try #require(study[name] as? [String: Any])
  }
}

extension Place {
  /// Runs `cka compute` into `output`.
  func compute(
    _ arguments: [String], to output: String = "out.cka.safetensors"
  ) throws -> Shell.Outcome {
    try Shell.outcome(
      of: ["timeout", "-k", "5", "120", Program.path, "compute"] + arguments + ["-o", output],
      environment: environment, folder: folder)
  }

  /// The bundle at `name`.
  func bundle(_ name: String = "out.cka.safetensors") throws -> BundleFile {
    try BundleFile(path: path(name))
  }

  /// Writes float32 activations as safetensors: for each `MODEL/LAYER` its rows.
  func write(activations: [(name: String, rows: [[Float]])], to name: String) throws {
    var fields: [String] = []
    var data = Data()
    for (name, rows) in activations {
      let start = data.count
      for value in rows.joined() { withUnsafeBytes(of: value) { data.append(contentsOf: $0) } }
      fields.append(
        "\"\(name)\": {\"dtype\": \"F32\", \"shape\": [\(rows.count), \(rows[0].count)], "
          + "\"data_offsets\": [\(start), \(data.count)]}")
    }
    let header = Data("{\(fields.joined(separator: ", "))}".utf8)
    var file = Data()
    withUnsafeBytes(of: UInt64(header.count)) { file.append(contentsOf: $0) }
    try (file + header + data).write(to: URL(filePath: path(name)))
  }
}
