import Core

// CKA of two layers, and why a cell has none.

extension Study {
  /// CKA of layers `i` and `j`: C_ij/√(C_ii C_jj), never clamped; unbiased values may be negative.
  ///
  /// A layer with itself is exactly 1. NaN where `reason(i, j)` says why.
  public func cka(_ i: Int, _ j: Int) -> Double {
    guard isLive(i), isLive(j) else { return .nan }
    if i == j { return 1 }
    return ratio(
      sums[triangle.index(i, j)], sums[triangle.index(i, i)], sums[triangle.index(j, j)])
  }

  /// Whether `layer` has values: no fault, and not constant in all minibatches.
  public func isLive(_ layer: Int) -> Bool { reason(layer) == nil }

  /// Why `layer` has no values; nil when it has. One line, ready to show.
  public func reason(_ layer: Int) -> String? {
    guard let gap = gap(layer) else { return nil }
    let isBad =
      if case .fault(let fault) = gap { fault.reason.isOfMinibatch } else { false }
    let advice =
      isBad && !options.skipBad && minibatches.count > 1
      ? "; --skip-bad leaves out the minibatch instead of the layer" : ""
    return "\(gap)" + advice
  }

  /// Why `layer` has no values; nil when it has.
  public func gap(_ layer: Int) -> ValueGap? {
    if let fault = faults[layer] { return .fault(fault) }
    if countedMinibatches == 0 { return .nothingCounted }
    let own = sums[triangle.index(layer, layer)]
    if own > 0, own.isFinite { return nil }
    return own == 0 ? .flat(flat[layer] ?? .unknown) : .overflow
  }

  /// Why the cell of layers `i` and `j` has no value, naming the layer at fault; nil when it has.
  public func reason(_ i: Int, _ j: Int) -> String? {
    for layer in [i, j] {
      if let reason = reason(layer) { return "\(name(of: layer)): \(reason)" }
    }
    return nil
  }

  /// Score of each kept minibatch for layers `i` and `j`: the ratio within the minibatch. Their
  /// mean is not `cka(i, j)`. NaN where a layer does not vary in the minibatch, or has a fault.
  public func scores(_ i: Int, _ j: Int) -> [Double] {
    guard faults[i] == nil, faults[j] == nil else {
      return Array(repeating: .nan, count: kept.count)
    }
    let (cross, first, second) = (
      triangle.index(i, j), triangle.index(i, i), triangle.index(j, j)
    )
    return kept.map { values in
      if i == j { return values[first] > 0 ? 1 : .nan }
      return ratio(Double(values[cross]), Double(values[first]), Double(values[second]))
    }
  }

  /// CKA of every layer of one model (rows) with every layer of another (columns), or the same.
  public func blockMatrix(rowModel: Int, columnModel: Int) -> Matrix {
    let (rows, columns) = (layers(of: rowModel), layers(of: columnModel))
    let isLive = (0..<layerCount).map(isLive)
    let values = rows.flatMap { i in
      columns.map { j in
        guard isLive[i], isLive[j] else { return Double.nan }
        if i == j { return 1 }
        return ratio(
          sums[triangle.index(i, j)], sums[triangle.index(i, i)], sums[triangle.index(j, j)])
      }
    }
    return Matrix(rows: rows.count, columns: columns.count, values: values)
  }

  /// What a reader of the figures should know, one line each, ready to show: minibatches that were
  /// skipped, and of which only sums were kept.
  public var notes: [String] {
    let skipped = minibatches.enumerated().compactMap { index, minibatch in
      minibatch.skipped.map {
        "minibatch \(number(at: index) + 1) of \(minibatch.samples) samples skipped: "
          + text(of: $0)
      }
    }
    let counted = countedMinibatches
    guard kept.count < counted else { return skipped }
    let limit = "of \(counted) minibatches, scores of the first \(kept.count) are kept"
    return skipped + [kept.isEmpty ? "only sums over minibatches are kept" : limit]
  }
}

extension Study {
  private func text(of reason: SkipReason) -> String {
    guard case .badLayers(let layers, _) = reason, let first = layers.first,
      first < layerCount
    else { return "\(reason)" }
    return "\(name(of: first)): \(reason)"
  }
}

/// Why a layer of a study has no values.
public enum ValueGap: Sendable, Hashable, CustomStringConvertible {
  /// It had no kernel matrix in a minibatch.
  case fault(LayerFault)
  /// Its HSIC with itself is 0 in every minibatch; why it was in the first.
  case flat(Flatness)
  /// The sum of its HSIC with itself is not finite.
  case overflow
  /// There is no minibatch yet.
  case nothingCounted

  /// One line, ready to show.
  public var description: String {
    switch self {
    case .fault(let fault): "minibatch \(fault.minibatch + 1): \(fault.reason)"
    case .flat(let flatness): "\(flatness)"
    case .overflow: "its HSIC with itself is not finite"
    case .nothingCounted: "no minibatch has been counted yet"
    }
  }
}

extension LayerProblem {
  /// Whether another minibatch may well be without it.
  fileprivate var isOfMinibatch: Bool {
    switch self {
    case .notFinite, .sentNotFinite, .zeroMedian, .told: true
    default: false
    }
  }
}

/// c/√(a b) without leaving the range of float64 on the way; NaN unless a and b are positive.
@inline(__always)
func ratio(_ c: Double, _ a: Double, _ b: Double) -> Double {
  a > 0 && b > 0 ? c / (a.squareRoot() * b.squareRoot()) : .nan
}
