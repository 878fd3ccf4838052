import Core
import Foundation
import Similarity
import TestSupport

extension Noise {
  /// rows × columns standard normal numbers.
  mutating func gaussians(_ rows: Int, _ columns: Int) -> Table {
    Table(rows: rows, columns: columns) { _, _ in gaussian() }
  }
}

/// A plain float64 matrix, which the references are written with.
struct Table: Equatable {
  let rows: Int
  let columns: Int
  var values: [Double]

  init(rows: Int, columns: Int, _ value: (Int, Int) -> Double) {
    self.rows = rows
    self.columns = columns
    values = []
    for i in 0..<rows { for j in 0..<columns { values.append(value(i, j)) } }
  }

  subscript(i: Int, j: Int) -> Double {
    get { values[i * columns + j] }
    set { values[i * columns + j] = newValue }
  }

  func map(_ transform: (Double) -> Double) -> Table {
    Table(rows: rows, columns: columns) { transform(self[$0, $1]) }
  }

  static func * (a: Table, b: Table) -> Table {
    Table(rows: a.rows, columns: b.columns) { i, j in
      (0..<a.columns).reduce(0) { $0 + a[i, $1] * b[$1, j] }
    }
  }

  var transposed: Table { Table(rows: columns, columns: rows) { self[$1, $0] } }

  /// The values as float64 features.
  var matrix: Matrix { Matrix(rows: rows, columns: columns, values: values) }

  /// The values as float32 features.
  var floatMatrix: Matrix { encoded(as: .float32) { withUnsafeBytes(of: Float($0)) { Array($0) } } }

  /// The values as the elements that `encode` makes of them, `padding` bytes apart.
  func encoded(
    as type: ScalarType, padding: Int = 0, swapped: Bool = false, _ encode: (Double) -> [UInt8]
  ) -> Matrix {
    let gap = [UInt8](repeating: 0xFF, count: padding)
    let bytes = values.flatMap { encode($0) + gap }
    let step = type.size + padding
    guard
      let matrix = Matrix(
        rows: rows, columns: columns, type: type, region: ByteRegion(copying: bytes),
        rowStride: columns * step, columnStride: step, swapped: swapped)
    else { preconditionFailure("the bytes were made for this shape") }
    return matrix
  }

  /// The float32 values nearest to these, as float64.
  var rounded: Table { map { Double(Float($0)) } }
}

/// Features that a test holds in memory: minibatch, model, layer.
struct ArraySource: FeatureSource {
  var models: [StudyModel]
  var sampleCounts: [Int]
  var matrices: [[[Matrix]]]
  var mismatches: [Int: String] = [:]

  /// Names the models A, B, … and their layers a, b, ….
  init(_ matrices: [[[Matrix]]], sampleCounts: [Int]? = nil) {
    func name(_ index: Int, _ first: Unicode.Scalar) -> String {
      Unicode.Scalar(first.value + UInt32(index)).map(String.init) ?? ""
    }
    self.matrices = matrices
    self.sampleCounts = sampleCounts ?? matrices.map { $0[0][0].rows }
    models = matrices[0].enumerated().map { model, layers in
      StudyModel(
        name: name(model, "A"),
        layers: layers.indices.map { StudyLayer(name: name($0, "a")) })
    }
  }

  func features(minibatch: Int, model: Int, layer: Int) throws -> Matrix {
    matrices[minibatch][model][layer]
  }

  func mismatch(minibatch: Int) -> String? { mismatches[minibatch] }
}

/// The study of `source`.
func study<Source: FeatureSource>(
  of source: Source, _ options: StudyOptions = StudyOptions(), threads: Int = 2,
  gramBytes: Int = 4 << 30
) throws -> Study {
  try Computation(source: source, options: options, threads: threads, gramBytes: gramBytes).run()
}

/// CKA of two layers from one minibatch.
func cka(_ x: Matrix, _ y: Matrix, _ options: StudyOptions = StudyOptions()) throws -> Double {
  try study(of: ArraySource([[[x], [y]]]), options).cka(0, 1)
}

/// Largest difference of two lists; NaN if either has one.
func distance(_ a: [Double], _ b: [Double]) -> Double {
  guard a.count == b.count else { return .infinity }
  return zip(a, b).reduce(0) { ($1.0 - $1.1).isNaN ? .nan : max($0, abs($1.0 - $1.1)) }
}

/// `part` as a file would give it back.
func restored(_ part: Study) throws -> Study {
  guard let progress = part.progress else { throw StudyError("only totals are known") }
  return try Study(
    models: part.models, options: part.options, minibatches: part.minibatches,
    faults: part.faults, scales: part.scales, kept: part.kept, units: part.units, flat: part.flat,
    peaks: part.figures?.layers, progress: progress)
}
