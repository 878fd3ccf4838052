import Core
import Glibc

/// Fills the `HSICRow` of a layer in a minibatch, in the precision that its values need.
///
/// 1. The Gram matrix is formed in the precision that was asked for. What rounding may have done to
///    the centred kernel, ‖E‖, is bounded from norms that are there anyway and held against the
///    kernel itself, ‖U‖: centring is a projection, so that it does not enlarge E, and CKA changes
///    by less than twice ‖E‖/‖U‖ (for errors of random sign by far less).
/// 2. Where that is too much, the shift was bad: it had an outlier among the samples it is the mean
///    of, or there is no good one, as for clusters far apart. Everything is done again in float64
///    about the sample with the smallest median distance, and squared distances that cancel are
///    taken from the features themselves.
/// 3. Where float64 does not do either, the centred kernel is 0 as far as anybody can tell, and it
///    is said of what kind.
struct LayerRow {
  let options: StudyOptions
  let maker: GramMaker

  /// What became of a row.
  struct Outcome {
    /// Why all is 0; nil where something is not.
    var flat: Flatness?
    /// The unit: the kernel is 2^unit times what the row is made of.
    var unit = 0
  }

  /// Where the row and the diagonal of the centred kernel go.
  private struct Target {
    var row: UnsafeMutablePointer<Double>
    var diagonal: UnsafeMutablePointer<Double>
  }

  /// A row as it came out: ‖U‖² and a bound of ‖E‖², both in the row's scale.
  private struct Attempt {
    var squares: Double
    var bound: Double
    /// RBF: ‖E‖²/‖K‖² off the diagonal.
    var loss = 0.0

    func isSharp(_ tolerance: Double) -> Bool {
      bound.isFinite && squares > 0 && bound <= tolerance * tolerance * squares
    }
  }

  /// ‖E‖/‖U‖ beyond which a row is formed again. White noise, whose U is as small beside K as any,
  /// has 3e-5 in float32; E is bounded with a margin of 10 and its signs are random, so that CKA is
  /// right to 1e-6 at these.
  private var tolerance: Double {
    guard options.precision == .float32 else { return 1e-9 }
    return options.kernel == .linear ? 0x1p-13 : 0x1p-12
  }
  /// The same for the last attempt, in float64.
  private static let exactTolerance = 1e-4
  /// ‖E‖/‖K‖ from which a sent Gram matrix does not tell the RBF kernel: there is no second
  /// attempt.
  static let mostLoss = 0x1p-12

  /// Fills `row` and `diagonal`.
  /// - Parameters:
  ///   - diagonal: where the `samples` values (H K H)_ii go, in the unit of the row; 0 with it.
  ///   - unit: the unit that earlier minibatches fixed; nil for whatever fits.
  /// - Throws: `LayerProblem` where there is no kernel matrix.
  func fill(
    _ row: UnsafeMutablePointer<Double>, diagonal: UnsafeMutablePointer<Double>,
    from input: LayerInput, samples: Int, unit: Int?
  ) throws -> Outcome {
    let target = Target(row: row, diagonal: diagonal)
    switch input {
    case .sent(let matrix):
      let gram = try maker.gram(sent: matrix, samples: samples)
      let result = try attempt(target, gram, rounding: Self.rounding(of: matrix, options))
      guard let result else {
        // In float32 a distance of 0 may as well be a lost one.
        throw matrix.type == .float32 ? LayerProblem.sentTooCoarse(bits: 32) : .zeroMedian
      }
      guard result.loss <= Self.mostLoss * Self.mostLoss else {
        throw LayerProblem.sentTooCoarse(bits: matrix.type == .float32 ? 32 : 64)
      }
      return try settle(target, gram, result, isFlat: result.squares == 0, unit: unit)
    case .features(let features):
      let first = try maker.gram(of: features, precision: options.precision)
      if first.trace == 0 {
        clear(target, samples: samples)
        return Outcome(flat: .constant)
      }
      if let result = try attempt(target, first), result.isSharp(tolerance) {
        return try settle(target, first, result, isFlat: false, unit: unit)
      }
      // The first attempt may have made a kernel of it.
      let rough = try maker.gram(of: features, precision: options.precision)
      let exact = try maker.doubleGram(of: features, about: rough.typicalSample)
      guard let result = try attempt(target, exact, features: features) else {
        throw LayerProblem.zeroMedian
      }
      let isFlat = !result.isSharp(Self.exactTolerance)
      return try settle(target, exact, result, isFlat: isFlat, unit: unit)
    }
  }

  /// What is left of a sent layer that does not vary, relative to the diagonal of its Gram matrix.
  private static func rounding(of matrix: Matrix, _ options: StudyOptions) -> Double {
    matrix.type == .float32 || options.precision == .float32 ? 1e-7 : 1e-14
  }
}

// MARK: One attempt

extension LayerRow {
  /// Makes the kernel and the row of a linear Gram matrix; nil where the median distance is 0.
  /// - Parameter features: where distances that cancel are taken from.
  private func attempt(
    _ target: Target, _ gram: GramView, features: Matrix? = nil, rounding: Double = 0
  ) throws -> Attempt? {
    guard let radial = RadialKernel(options.kernel) else {
      let squares = HSICRow.fill(
        target.row, kernel: gram, estimator: options.estimator, rounding: rounding,
        diagonal: target.diagonal)
      return Attempt(squares: squares, bound: linearBound(gram))
    }
    let norms = gram.formSquaredDistances()
    if let features {
      let factor = exp2(-Double(gram.unit / 2))
      gram.refineDistances(norms: norms, features: features, factor: factor)
    }
    let isRefined = features != nil
    let found = gram.apply(radial) { i, j, distance in
      let error = gram.distanceError(norms[i], norms[j])
      return isRefined ? min(error, DirectDistances.wanted * distance) : error
    }
    guard let found else { return nil }
    let squares = HSICRow.fill(
      target.row, kernel: gram, estimator: options.estimator, rounding: rounding,
      diagonal: target.diagonal)
    let n = Double(gram.side)
    let scale = options.estimator == .unbiased ? 2 / (n * (n - 3)) : 2 / ((n - 1) * (n - 1))
    return Attempt(
      squares: squares, bound: scale * found.errors,
      loss: found.squares > 0 ? found.errors / found.squares : 0)
  }

  /// ‖E‖² ≤ error² Σ ‖a_i‖² ‖a_j‖², over i ≠ j for the unbiased estimator, in the row's scale.
  private func linearBound(_ gram: GramView) -> Double {
    let n = Double(gram.side)
    let (trace, squares) = (0..<gram.side).reduce(into: (0.0, 0.0)) { sums, i in
      sums.0 += gram.diagonal(i)
      sums.1 += gram.diagonal(i) * gram.diagonal(i)
    }
    let isUnbiased = options.estimator == .unbiased
    let norms = isUnbiased ? max(0, trace * trace - squares) : trace * trace
    let scale = isUnbiased ? 1 / (n * (n - 3)) : 1 / ((n - 1) * (n - 1))
    let bound = gram.error * norms.squareRoot() + gram.floor * n
    return scale * bound * bound
  }
}

// MARK: The end

extension LayerRow {
  /// Brings the row into the layer's unit, or tells why it is 0.
  private func settle(
    _ target: Target, _ kernel: GramView, _ result: Attempt, isFlat: Bool, unit: Int?
  ) throws -> Outcome {
    guard !isFlat else {
      clear(target, samples: kernel.side)
      return Outcome(flat: flatness(of: kernel))
    }
    // Kernels of distances have no unit.
    let own = options.kernel == .linear ? kernel.unit : 0
    let shift = own - (unit ?? own)
    guard shift != 0 else { return Outcome(unit: own) }
    guard log2(result.squares) + 2 * Double(shift) < 960 else { throw LayerProblem.outOfRange }
    let factor = scalbn(1, max(-1074, shift))
    let count = HSICRow.count(samples: kernel.side, estimator: options.estimator)
    for index in 0..<count { target.row[index] *= factor }
    for index in 0..<kernel.side { target.diagonal[index] *= factor }
    return Outcome(unit: own - shift)
  }

  private func clear(_ target: Target, samples: Int) {
    let count = HSICRow.count(samples: samples, estimator: options.estimator)
    target.row.initialize(repeating: 0, count: count)
    target.diagonal.initialize(repeating: 0, count: samples)
  }

  private func flatness(of kernel: GramView) -> Flatness {
    let isNarrow =
      options.kernel != .linear && options.estimator == .unbiased
      && kernel.diagonal(0) == 1 && kernel.largestOffDiagonal < 1e-150
    return isNarrow ? .narrowBandwidth : Flatness(kernel)
  }
}

extension GramView {
  /// The sample whose median distance to the others is smallest: one that no outlier is.
  var typicalSample: Int {
    var best = (sample: 0, distance: Double.infinity)
    var distances = [Double](repeating: 0, count: side)
    for i in 0..<side {
      for j in 0..<side {
        let entry = values[min(i, j) * pitch + max(i, j)]
        distances[j] = diagonal(i) + diagonal(j) - 2 * entry
      }
      distances.sort()
      if distances[side / 2] < best.distance { best = (i, distances[side / 2]) }
    }
    return best.sample
  }

  /// The largest element above the diagonal.
  fileprivate var largestOffDiagonal: Double {
    var largest = -Double.infinity
    for i in 0..<side {
      for j in i + 1..<max(i + 1, side) { largest = max(largest, values[i * pitch + j]) }
    }
    return largest
  }
}

extension Flatness {
  /// The kind of `kernel`, whose HSIC is 0, by the squared distances K_ii + K_jj − 2 K_ij. Those
  /// that are a millionth of the largest count as 0: they do not show beside it.
  fileprivate init(_ kernel: GramView) {
    let n = kernel.side
    func distance(_ i: Int, _ j: Int) -> Double {
      let entry = kernel.values[min(i, j) * kernel.pitch + max(i, j)]
      return i == j ? 0 : kernel.diagonal(i) + kernel.diagonal(j) - 2 * entry
    }
    let sums = (0..<n).map { i in (0..<n).reduce(0) { $0 + distance(i, $1) } }
    let odd = sums.indices.max { sums[$0] < sums[$1] } ?? 0
    var (smallest, largest, largestOfOthers) = (Double.infinity, 0.0, 0.0)
    for i in 0..<n {
      for j in i + 1..<max(i + 1, n) {
        let value = distance(i, j)
        (smallest, largest) = (min(smallest, value), max(largest, value))
        if i != odd, j != odd { largestOfOthers = max(largestOfOthers, value) }
      }
    }
    self.init(smallest: smallest, largest: largest, largestOfOthers: largestOfOthers)
  }

  /// The kind by the smallest and the largest squared distance, and the largest without the oddest
  /// sample.
  init(smallest: Double, largest: Double, largestOfOthers: Double) {
    self =
      if largest <= 0 {
        .constant
      } else if smallest >= largest * (1 - 1e-6) {
        .equidistant
      } else if largestOfOthers <= 1e-6 * largest {
        .oneSample
      } else {
        .cancels
      }
  }
}
