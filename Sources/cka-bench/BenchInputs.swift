import Core
import Formats
import Foundation
import Similarity

/// The files that benchmarks read, made for them and removed afterwards.
///
/// Values are those of real results: near 1 along the diagonal, falling off to the sides, with a
/// little noise. A matrix of pure noise, which no result looks like, is the worst case for a
/// terminal.
struct BenchInputs {
  /// The folder that holds them.
  let folder: String

  /// Makes an empty folder below `$TMPDIR`.
  init(environment: [String: String]) throws(ComputeError) {
    let parent = environment["TMPDIR"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "/tmp"
    var template = Array("\(parent)/cka-bench-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw .system("\(parent): no folder for the inputs") }
    folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// A native bundle with `side` named layers on both sides.
  /// - Parameter noise: 0 for a smooth matrix, 1 for nothing but noise.
  func bundle(_ name: String, side: Int, noise: Double) throws -> String {
    var source = BenchValues(side: side, noise: noise)
    let values = (0..<side).flatMap { source.row($0).map(Double.init) }
    let layers = (0..<side).map { "encoder.layers.\($0 / 8).\(Self.parts[$0 % 8])" }
    let axis = { (name: String) in
      Axis(model: "Network\(name)", dataset: "Synthetic", layers: layers)
    }
    let comparison = Comparison(
      id: ResultID(path: name), format: "bundle", kind: .layers, rows: axis("A"),
      columns: axis("B"), matrix: Matrix(rows: side, columns: side, values: values))
    let path = "\(folder)/\(name).cka.safetensors"
    try AtomicFile.write(try ResultBundle.encode([comparison]), to: path)
    return path
  }

  /// A `.npy` file of `side` × `side` float32 values, written row by row: what this process keeps
  /// in memory would count as its children's.
  func numpy(_ name: String, side: Int, noise: Double) throws(ComputeError) -> String {
    let path = "\(folder)/\(name).npy"
    guard let file = fopen(path, "w") else { throw .system(path) }
    var source = BenchValues(side: side, noise: noise)
    let shape = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(side), \(side)), }"
    let padding = String(repeating: " ", count: 117 - shape.utf8.count)
    let header = [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array("\(shape)\(padding)\n".utf8)
    var written = fwrite(header, 1, header.count, file)
    for row in 0..<side { written += fwrite(source.row(row), 1, 4 * side, file) }
    guard fclose(file) == 0, written == header.count + 4 * side * side else { throw .system(path) }
    return path
  }

  /// Removes the folder with all that is in it.
  func remove() {
    try? FileManager.default.removeItem(atPath: folder)
  }

  private static let parts = [
    "norm1", "self_attn.qkv", "self_attn.out_proj", "dropout1", "norm2", "mlp.fc1", "mlp.act",
    "mlp.fc2",
  ]
}

/// Rows of a matrix that looks like CKA, the same in every run.
struct BenchValues {
  private let side: Int
  private let noise: Float
  /// The smooth part, by distance from the diagonal.
  private let smooth: [Float]
  private var random: UInt64 = 0x9E37_79B9_7F4A_7C15

  init(side: Int, noise: Double) {
    self.side = side
    self.noise = Float(noise)
    smooth = (0..<side).map { distance in
      let t = Double(distance) / Double(max(1, side)) / 0.35
      return Float(0.12 + 0.8 * exp(-t * t))
    }
  }

  /// The values of one row, 0…1.
  mutating func row(_ row: Int) -> [Float] {
    var generator = random
    defer { random = generator }
    return (0..<side).map { column in
      // xorshift64*, Vigna (2016).
      generator ^= generator >> 12
      generator ^= generator << 25
      generator ^= generator >> 27
      let uniform = Float((generator &* 0x2545_F491_4F6C_DD1D) >> 40) / Float(1 << 24)
      return (1 - noise) * smooth[abs(row - column)] + noise * uniform
    }
  }
}
