import CGram
import COpenBLAS
import Core

/// A symmetric n × n matrix of which the upper triangle is stored, float64, row-major.
struct GramView {
  /// Rows and columns, n.
  var side: Int
  /// Elements from a row to the next.
  var pitch: Int
  /// Element (0, 0). Valid until its maker makes another, or is gone.
  var values: UnsafeMutablePointer<Double>

  /// The diagonal element in `row`.
  func diagonal(_ row: Int) -> Double { values[row * (pitch + 1)] }

  /// Σ K_ii.
  var trace: Double { (0..<side).reduce(0) { $0 + diagonal($1) } }
}

/// Forms Gram matrices of features; one for each thread, since it owns the scratch memory.
///
/// The features are shifted before they are multiplied, so that a large mean costs no digits: in
/// float64 by their mean, in float32 by the mean of a few samples, block by block. What comes out
/// is the Gram matrix of centred features up to a term a_i + a_j, which the centring that follows
/// takes out in float64. The bits depend on the features only.
final class GramMaker {
  private let sums = AlignedBuffer<Double>()
  private let packed = AlignedBuffer<Float>()
  private let floats = AlignedBuffer<Float>()
  private let products = AlignedBuffer<Float>()
  private let doubles = AlignedBuffer<Double>()
  private let shift = AlignedBuffer<Double>()

  /// Most samples for which the kernel for few samples is ahead of OpenBLAS (measured: 1.4 × at
  /// 128, 1.05 × at 512, 0.8 × at 768).
  static let largestPacked = 512

  /// The Gram matrix of `features`, n × p with n ≥ 1.
  ///
  /// In float32, a layer whose squares leave float32's range is done again in float64: CKA does
  /// not depend on the unit of the features.
  /// - Throws: `LayerProblem` where the features are not finite or their products overflow.
  func gram(of features: Matrix, precision: Precision) throws -> GramView {
    if precision == .float32 {
      let gram = try floatGram(of: features)
      let mean = gram.trace / Double(gram.side * max(1, features.columns))
      if mean > 0x1p-90, mean < 0x1p120 { return gram }
    }
    let gram = try doubleGram(of: features)
    guard gram.trace.isFinite else { throw LayerProblem(describing: features) }
    return gram
  }

  /// A matrix of zeros in this maker's memory.
  func cleared(side: Int) -> GramView {
    let pitch = cgram_pitch(side)
    let values = sums.reserve(pitch * pitch)
    values.initialize(repeating: 0, count: pitch * pitch)
    return GramView(side: side, pitch: pitch, values: values)
  }
}

// MARK: float32

extension GramMaker {
  private func floatGram(of features: Matrix) throws -> GramView {
    let n = features.rows
    let usesBLAS = cgram_is_fast() == 0 || n > Self.largestPacked
    if usesBLAS { try OpenBLAS.load() }
    let gram = cleared(side: n)
    if !usesBLAS {
      let scratch = packed.reserve(cgram_scratch(n))
      let isDone: Void? = features.withPackedFloatRows { start, stride in
        cgram_add(start, stride, n, features.columns, scratch, gram.values)
      }
      if isDone != nil { return gram }
    }
    let width = max(64, min(2048, (1 << 18) / n))
    for first in stride(from: 0, to: features.columns, by: width) {
      let columns = first..<min(features.columns, first + width)
      let block = shiftedFloats(of: features, columns: columns)
      if usesBLAS {
        addBLAS(block, columns: columns.count, to: gram)
      } else {
        let scratch = packed.reserve(cgram_scratch(n))
        cgram_add(block, columns.count * 4, n, columns.count, scratch, gram.values)
      }
    }
    return gram
  }

  /// Columns of `features` less a shift for each, packed; the difference is taken in float64.
  private func shiftedFloats(
    of features: Matrix, columns: Range<Int>
  ) -> UnsafeMutablePointer<Float> {
    let block = floats.reserve(features.rows * columns.count)
    let shift = findShift(of: features, columns: columns, samples: min(8, features.rows))
    let row = UnsafeMutableBufferPointer(
      start: doubles.reserve(columns.count), count: columns.count)
    for i in 0..<features.rows {
      features.copyRow(i, columns: columns, into: row)
      for k in 0..<columns.count { block[i * columns.count + k] = Float(row[k] - shift[k]) }
    }
    return block
  }

  private func addBLAS(_ block: UnsafeMutablePointer<Float>, columns: Int, to gram: GramView) {
    let n = gram.side
    let partial = products.reserve(n * n)
    partial.initialize(repeating: 0, count: n * n)
    copenblas_ssyrk(Int32(n), Int32(columns), block, Int32(columns), partial, Int32(n))
    for i in 0..<n {
      let row = gram.values + i * gram.pitch
      for j in i..<n { row[j] += Double(partial[i * n + j]) }
    }
  }
}

// MARK: float64

extension GramMaker {
  private func doubleGram(of features: Matrix) throws -> GramView {
    try OpenBLAS.load()
    let n = features.rows
    let gram = cleared(side: n)
    let width = max(32, min(512, (1 << 16) / n))
    for first in stride(from: 0, to: features.columns, by: width) {
      let columns = first..<min(features.columns, first + width)
      let block = centred(features, columns: columns)
      copenblas_dsyrk(
        Int32(n), Int32(columns.count), block, Int32(columns.count), gram.values,
        Int32(gram.pitch))
    }
    return gram
  }

  /// Columns of `features` less their means, rows × columns, packed; valid until the next call.
  func centred(_ features: Matrix, columns: Range<Int>) -> UnsafeMutablePointer<Double> {
    let shift = findShift(of: features, columns: columns, samples: features.rows)
    let block = doubles.reserve(features.rows * columns.count)
    for i in 0..<features.rows {
      let row = UnsafeMutableBufferPointer(start: block + i * columns.count, count: columns.count)
      features.copyRow(i, columns: columns, into: row)
      for k in 0..<columns.count { row[k] -= shift[k] }
    }
    return block
  }

  /// The mean of the first samples of each column, as the first sample plus the mean difference
  /// from it: a constant feature's is exactly its value.
  func findShift(
    of features: Matrix, columns: Range<Int>, samples: Int
  ) -> UnsafeMutablePointer<Double> {
    let result = shift.reserve(columns.count)
    let row = UnsafeMutableBufferPointer(
      start: doubles.reserve(2 * columns.count), count: columns.count)
    let first = UnsafeMutableBufferPointer(
      start: row.baseAddress.unsafelyUnwrapped + columns.count, count: columns.count)
    features.copyRow(0, columns: columns, into: first)
    result.initialize(repeating: 0, count: columns.count)
    for i in 1..<max(1, samples) {
      features.copyRow(i, columns: columns, into: row)
      for k in 0..<columns.count { result[k] += row[k] - first[k] }
    }
    for k in 0..<columns.count { result[k] = first[k] + result[k] / Double(samples) }
    return result
  }
}
