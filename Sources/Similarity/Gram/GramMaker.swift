import CGram
import COpenBLAS
import Core
import Glibc

/// A symmetric n × n matrix of which the upper triangle is stored, float64, row-major.
struct GramView {
  /// Rows and columns, n.
  var side: Int
  /// Elements from a row to the next.
  var pitch: Int
  /// Element (0, 0). Valid until its maker makes another, or is gone.
  var values: UnsafeMutablePointer<Double>
  /// The Gram matrix is 2^unit times this one.
  var unit = 0
  /// What rounding may have done to element (i, j): about `error` √(K_ii K_jj) + `floor`.
  var error = 0.0
  var floor = 0.0

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
  /// - Throws: `LayerProblem` where the features are not finite.
  func gram(of features: Matrix, precision: Precision) throws -> GramView {
    if precision == .float32 {
      let gram = try floatGram(of: features)
      let mean = gram.trace / Double(gram.side * max(1, features.columns))
      if mean > 0x1p-90, mean < 0x1p120 { return gram }
    }
    return try doubleGram(of: features)
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
    var spread = cgram_spread(trace: 0, squares: 0)
    if !usesBLAS {
      let scratch = packed.reserve(cgram_scratch(n))
      let isDone: Void? = features.withPackedFloatRows { start, stride in
        cgram_add(start, stride, n, features.columns, scratch, gram.values, &spread)
      }
      if isDone != nil {
        return rounded(gram, spread, block: cgram_block(n), columns: features.columns)
      }
    }
    let width = max(64, min(2048, (1 << 18) / n))
    for first in stride(from: 0, to: features.columns, by: width) {
      let columns = first..<min(features.columns, first + width)
      let block = shiftedFloats(of: features, columns: columns)
      if usesBLAS {
        addBLAS(block, columns: columns.count, to: gram)
        let growth = gram.trace - spread.trace
        spread.trace += growth
        spread.squares += growth * growth
      } else {
        let scratch = packed.reserve(cgram_scratch(n))
        cgram_add(
          block, columns.count * 4, n, columns.count, scratch, gram.values, &spread)
      }
    }
    return rounded(
      gram, spread, block: usesBLAS ? width : cgram_block(n), columns: features.columns)
  }

  /// `gram` with what float32's rounding may have done to it.
  ///
  /// A sum of b products in float32 is off by at most about √b u ‖a_i‖ ‖a_j‖ with u = 2^−24 (Higham
  /// and Mary 2019, "A new approach to probabilistic rounding error analysis", theorem 3.1, λ = 1;
  /// and Cauchy–Schwarz), in which the rounding of the shifted features themselves is 2 u. Errors
  /// of blocks are independent, so that their squares add: this is √(Σ t_b²)/Σ t_b of that, where
  /// t_b is what a block adds to the trace. Products below float32's range lose at most 2^−149
  /// each.
  private func rounded(
    _ gram: GramView, _ spread: cgram_spread, block: Int, columns: Int
  ) -> GramView {
    var gram = gram
    let terms = Double(max(1, min(block, columns))).squareRoot() + 2
    if spread.trace > 0 {
      gram.error = 0x1p-24 * terms * spread.squares.squareRoot() / spread.trace
    }
    gram.floor = 0x1p-149 * Double(columns)
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
  /// The Gram matrix in float64, of features less their mean, or less those of the sample `centre`.
  ///
  /// Where its entries would leave float64's range the features are multiplied by a power of two.
  /// - Throws: `LayerProblem` where the features are not finite.
  func doubleGram(of features: Matrix, about centre: Int? = nil) throws -> GramView {
    let gram = try doubleGram(of: features, about: centre, factor: 1)
    let mean = gram.trace / Double(gram.side * max(1, features.columns))
    if FeatureScale.isComfortable(mean) { return gram }
    guard let scale = try FeatureScale(of: features), scale.exponent != 0 else { return gram }
    var scaled = try doubleGram(of: features, about: centre, factor: scale.factor)
    scaled.unit = 2 * scale.exponent
    return scaled
  }

  private func doubleGram(
    of features: Matrix, about centre: Int?, factor: Double
  ) throws -> GramView {
    try OpenBLAS.load()
    let n = features.rows
    var gram = cleared(side: n)
    let width = max(32, min(512, (1 << 16) / n))
    for first in stride(from: 0, to: features.columns, by: width) {
      let columns = first..<min(features.columns, first + width)
      let block = centred(features, columns: columns, about: centre, factor: factor)
      copenblas_dsyrk(
        Int32(n), Int32(columns.count), block, Int32(columns.count), gram.values,
        Int32(gram.pitch))
    }
    gram.error = Self.doubleError(columns: features.columns)
    gram.floor = Double(features.columns) * .leastNonzeroMagnitude
    return gram
  }

  /// As `rounded` has it for float32: of sums within blocks of 512 features, then over blocks.
  static func doubleError(columns: Int) -> Double {
    let (within, over) = (min(512, columns), columns / 512)
    return 0x1p-53 * (Double(max(1, within)).squareRoot() + Double(over).squareRoot() + 2)
  }

  /// Columns of `features` times `factor` less their means, or less the sample `centre`, rows ×
  /// columns, packed; valid until the next call.
  private func centred(
    _ features: Matrix, columns: Range<Int>, about centre: Int?, factor: Double
  ) -> UnsafeMutablePointer<Double> {
    let shift =
      centre.map { row(of: features, $0, columns: columns, factor: factor) }
      ?? findShift(of: features, columns: columns, samples: features.rows, factor: factor)
    let block = doubles.reserve(features.rows * columns.count)
    for i in 0..<features.rows {
      let row = UnsafeMutableBufferPointer(start: block + i * columns.count, count: columns.count)
      features.copyRow(i, columns: columns, scaledBy: factor, into: row)
      for k in 0..<columns.count { row[k] -= shift[k] }
    }
    return block
  }

  private func row(
    of features: Matrix, _ sample: Int, columns: Range<Int>, factor: Double
  ) -> UnsafeMutablePointer<Double> {
    let result = shift.reserve(columns.count)
    features.copyRow(
      sample, columns: columns, scaledBy: factor,
      into: UnsafeMutableBufferPointer(start: result, count: columns.count))
    return result
  }

  /// The mean of the first samples of each column, times `factor`, as the first sample plus the
  /// mean difference from it: a constant feature's is exactly its value.
  func findShift(
    of features: Matrix, columns: Range<Int>, samples: Int, factor: Double = 1
  ) -> UnsafeMutablePointer<Double> {
    let result = shift.reserve(columns.count)
    let row = UnsafeMutableBufferPointer(
      start: doubles.reserve(2 * columns.count), count: columns.count)
    let first = UnsafeMutableBufferPointer(
      start: row.baseAddress.unsafelyUnwrapped + columns.count, count: columns.count)
    features.copyRow(0, columns: columns, scaledBy: factor, into: first)
    result.initialize(repeating: 0, count: columns.count)
    for i in 1..<max(1, samples) {
      features.copyRow(i, columns: columns, scaledBy: factor, into: row)
      for k in 0..<columns.count { result[k] += row[k] - first[k] }
    }
    for k in 0..<columns.count { result[k] = first[k] + result[k] / Double(samples) }
    return result
  }
}
