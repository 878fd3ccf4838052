import Core

/// How far a CKA may be off because only so many minibatches were seen.
public struct Uncertainty: Sendable, Hashable {
  /// The standard error of the CKA.
  public var standardError: Double
  /// Half the width of the 95 % interval, which is the CKA ± this; it may reach beyond 1.
  public var halfWidth: Double
}

/// How sure a study is of the cells that are looked at.
public struct Convergence: Sendable, Hashable {
  /// The largest half width of a 95 % interval; infinite while a cell with a value has no interval,
  /// 0 when no cell has a value.
  public var largestHalfWidth: Double
  /// Cells with a value.
  public var cells: Int
}

extension Study {
  /// Standard error and 95 % interval of `cka(i, j)` by the jackknife over minibatches.
  ///
  /// With θ₋ₖ the CKA without minibatch k, aₖ that minibatch's share of the weight and θ̄ = Σ aₖ θ₋ₖ,
  /// the standard error is √Σ(1 − aₖ)(θ₋ₖ − θ̄)², which for m equal weights is the jackknife's
  /// √((m − 1)/m · Σ(θ₋ₖ − θ̄)²). The interval is CKA ± t₀.₉₇₅,ₘ₋₁ · standard error, where m is
  /// `effectiveMinibatches`: a last minibatch of four samples must not narrow it. The CKA itself is
  /// not corrected for bias, which is of the order 1/m, smaller than the error. When only the first
  /// minibatches are kept, the error is theirs times the root of their share of the weight.
  /// Where only sums are kept, the error is that of `DeltaMethod`, over all minibatches. Minibatches
  /// must be independent draws: intervals of sorted data, or of a whole data set in one piece, mean
  /// something else.
  /// - Returns: nil where there is no value, or fewer than two minibatches are kept or vary.
  public func uncertainty(_ i: Int, _ j: Int) -> Uncertainty? {
    guard isLive(i), isLive(j) else { return nil }
    let (first, last) = i <= j ? (i, j) : (j, i)
    let error = StandardErrors(self, layers: [first, last]).row(first, columns: last..<last + 1)[0]
    let halfWidth = intervalQuantile * error
    return halfWidth.isFinite ? Uncertainty(standardError: error, halfWidth: halfWidth) : nil
  }

  /// Half widths of the 95 % intervals of `blockMatrix`; NaN where there are none.
  public func halfWidths(rowModel: Int, columnModel: Int) -> Matrix {
    guard rowModel <= columnModel else {
      return halfWidths(rowModel: columnModel, columnModel: rowModel).transposed
    }
    let (rows, columns) = (layers(of: rowModel), layers(of: columnModel))
    let all = StandardErrors(self)
    let errors = concurrentMap(rows.count) { index in
      let row = rows.lowerBound + index
      return all.row(row, columns: max(row, columns.lowerBound)..<columns.upperBound)
    }
    let values = (0..<rows.count).flatMap { row in
      (0..<columns.count).map { column in
        // Within one model only the upper triangle was computed.
        let (row, column) =
          rowModel == columnModel && column < row ? (column, row) : (row, column)
        let fromEnd = columns.count - column
        return errors[row][errors[row].count - fromEnd] * intervalQuantile
      }
    }
    return Matrix(rows: rows.count, columns: columns.count, values: values)
  }

  /// What a standard error is multiplied by for half a 95 % interval; NaN below two minibatches.
  var intervalQuantile: Double { StudentT.quantile975(degrees: effectiveMinibatches - 1) }

  /// The minibatches that intervals come from: those kept, or all counted ones where there are sums
  /// for the delta method.
  var intervalMinibatches: [Minibatch] {
    layout.hasMoments ? minibatches.filter { $0.skipped == nil } : keptMinibatches
  }

  /// How many minibatches of one size those of the intervals are worth, (Σ w)²/Σ w² (Kish 1965): 3.0
  /// for three of 128 samples and one of 4, weighted by pairs; 0 when there is none.
  public var effectiveMinibatches: Double {
    let weights = intervalMinibatches.map { options.weighting.weight(samples: $0.samples) }
    let (sum, squares) = weights.reduce((0, 0)) { ($0.0 + $1, $0.1 + $1 * $1) }
    return squares > 0 ? sum * sum / squares : 0
  }

  /// Σ of the weights of all counted minibatches.
  var countedWeight: Double {
    minibatches.reduce(0) {
      $1.skipped == nil ? $0 + options.weighting.weight(samples: $1.samples) : $0
    }
  }
}

/// Standard errors of CKA, by what a study has kept.
enum StandardErrors: Sendable {
  case jackknife(Jackknife)
  case delta(DeltaMethod)

  /// Prepares the errors of cells whose layers are `layers`; of all by default.
  init(_ study: Study, layers: [Int]? = nil) {
    self =
      study.layout.hasMoments
      ? .delta(DeltaMethod(study, isForAll: layers == nil))
      : .jackknife(Jackknife(study, layers: layers))
  }

  /// Those of one row's cells in the upper triangle; NaN where there is none.
  func row(_ row: Int, columns: Range<Int>) -> [Double] {
    switch self {
    case .jackknife(let jackknife): jackknife.standardErrors(row: row, columns: columns)
    case .delta(let delta): columns.map { delta.standardError(row, $0) }
    }
  }
}
