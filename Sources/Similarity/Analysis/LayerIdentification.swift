import Core

/// How often a layer's best match in another network is the same layer: the sanity check of
/// Kornblith, Norouzi, Lee and Hinton (2019), section 6.1.
///
/// Every layer of every network is looked for in each of the other networks by the largest CKA.
/// Layers are the same where they are at the same depth, that is, at the same place in lists of the
/// same length. A best value that several layers share is a tie, and counts as not identified.
public struct LayerIdentification: Sendable {
  /// How one layer fared.
  public struct Layer: Sendable, Equatable {
    /// Its name; its number where networks call it differently.
    public var name: String
    /// Ordered pairs of networks in which it was looked for: A in B, and B in A.
    public var searches = 0
    /// How often the same layer was the only best match.
    public var identified = 0
    /// How often several layers shared the best value.
    public var ties = 0
    /// How often it has no value.
    public var missing = 0
    /// How often each other layer was the best match instead, by its place.
    public var mistakenFor: [Int: Int] = [:]

    /// The share of searches that found it; NaN where there were none.
    public var share: Double { searches > 0 ? Double(identified) / Double(searches) : .nan }

    /// The place of the layer that was taken for it most often; nil when none was.
    public var usualMistake: Int? {
      mistakenFor.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    }
  }

  /// The networks, in the order in which they were met.
  public let networks: [ModelKey]
  /// The layers, from input to output.
  public let layers: [Layer]
  /// Both names of every layer were the same throughout; else depth alone matches them.
  public let namesAgree: Bool
  /// Ordered pairs of networks.
  public let searches: Int
  /// The mean share over all layers and ordered pairs.
  public let share: Double
  /// Its standard error, by leaving out each network in turn; NaN for under three networks.
  ///
  /// Networks are what is drawn at random here: pairs share them, and are not independent.
  public let standardError: Double

  /// The share that a choice at random would have.
  public var chance: Double { 1 / Double(layers.count) }
}

extension LayerIdentification {
  /// One identification for each architecture among `comparisons`: lists of layers of one length
  /// and, where both sides have the same, of the same names. Longest lists of networks first.
  ///
  /// A network with itself, and networks on different data, are left out, and so are the pairs
  /// whose sides have layers of different number.
  /// - Parameter filter: which layers take part, on both sides.
  /// - Returns: the identifications, and how many comparisons of two networks were left out because
  ///   their layers cannot be matched by depth.
  public static func all(
    _ comparisons: [Comparison], order: LabelOrder = .exported, filter: LayerFilter? = nil
  ) -> (found: [LayerIdentification], leftOut: Int) {
    var groups: [[String]: [Side]] = [:]
    var (keys, leftOut): ([[String]], Int) = ([], 0)
    for comparison in comparisons where comparison.isOfTwoNetworks {
      let side = Side(comparison, order: order, filter: filter)
      guard side.rows.count == side.columns.count, !side.rows.isEmpty else {
        leftOut += 1
        continue
      }
      // Depth alone matches layers of different names: their number is all that they share.
      let key = side.namesAgree ? side.rowNames : ["\(side.rows.count) layers"]
      if groups[key] == nil { keys.append(key) }
      groups[key, default: []].append(side)
    }
    let found = keys.compactMap { groups[$0].map { LayerIdentification($0) } }
    return (found.sorted { $0.networks.count > $1.networks.count }, leftOut)
  }

  /// What is looked at of one comparison: the places of the rows and columns that take part.
  fileprivate struct Side {
    let comparison: Comparison
    let rows, columns: [Int]
    let rowNames: [String]
    let namesAgree: Bool

    init(_ comparison: Comparison, order: LabelOrder, filter: LayerFilter?) {
      let axes = comparison.axes(order: order)
      let chosen = [axes.rows.layers, axes.columns.layers].map {
        filter?.indices(of: $0) ?? Array($0.indices)
      }
      self.comparison = comparison
      (rows, columns) = (chosen[0], chosen[1])
      rowNames = rows.map { axes.rows.layers[$0] }
      namesAgree = rowNames == columns.map { axes.columns.layers[$0] }
    }

    /// For each layer of one network, what was found in the other.
    func findings(transposed: Bool) -> [Finding] {
      let places = transposed ? (columns, rows) : (rows, columns)
      return places.0.indices.map { layer in
        let values = places.1.map { other in
          transposed
            ? comparison.matrix[other, places.0[layer]] : comparison.matrix[places.0[layer], other]
        }
        guard let best = values.filter(\.isFinite).max() else { return .missing }
        let winners = values.indices.filter { best - values[$0] < 1e-9 }
        return winners.count > 1 ? .tie : winners[0] == layer ? .same : .other(winners[0])
      }
    }
  }

  fileprivate enum Finding { case same, tie, missing, other(Int) }

  private init(_ sides: [Side]) {
    var (networks, seen): ([ModelKey], Set<[ModelKey]>) = ([], [])
    var layers = sides[0].rows.indices.map { index in
      Layer(name: sides[0].namesAgree ? sides[0].rowNames[index] : "\(index + 1)")
    }
    // For each ordered pair of networks, the share of layers that were identified.
    var shares: [(networks: [ModelKey], share: Double)] = []
    for side in sides {
      let pair = [ModelKey(side.comparison.rows), ModelKey(side.comparison.columns)]
      for network in pair where !networks.contains(network) { networks.append(network) }
      for (direction, transposed) in [(pair, false), ([pair[1], pair[0]], true)]
      where seen.insert(direction).inserted {
        let findings = side.findings(transposed: transposed)
        for (index, finding) in findings.enumerated() { layers[index].count(finding) }
        let looked = findings.count { !$0.isMissing }
        let same = findings.count { $0.isSame }
        if looked > 0 { shares.append((direction, Double(same) / Double(looked))) }
      }
    }
    (self.networks, self.layers) = (networks, layers)
    namesAgree = sides.allSatisfy(\.namesAgree)
    searches = seen.count
    share = shares.isEmpty ? .nan : shares.map(\.share).mean
    standardError = Self.standardError(shares, networks)
  }

  /// The jackknife over networks: all pairs of one are left out at a time.
  private static func standardError(
    _ shares: [(networks: [ModelKey], share: Double)], _ networks: [ModelKey]
  ) -> Double {
    let left = networks.map { network in
      shares.filter { !$0.networks.contains(network) }.map(\.share).mean
    }
    guard networks.count > 2, left.allSatisfy(\.isFinite) else { return .nan }
    return Jackknifed.standardError(left)
  }
}

extension LayerIdentification.Layer {
  fileprivate mutating func count(_ finding: LayerIdentification.Finding) {
    if case .missing = finding {
      missing += 1
      return
    }
    searches += 1
    switch finding {
    case .same: identified += 1
    case .tie: ties += 1
    case .other(let place): mistakenFor[place, default: 0] += 1
    case .missing: break
    }
  }
}

extension LayerIdentification.Finding {
  fileprivate var isMissing: Bool { if case .missing = self { true } else { false } }
  fileprivate var isSame: Bool { if case .same = self { true } else { false } }
}

extension Comparison {
  /// Two networks on the same data: what the sanity check is about.
  fileprivate var isOfTwoNetworks: Bool {
    kind == .layers && rows.model != columns.model && rows.dataset == columns.dataset
  }
}

/// Estimates that leave out one independent unit each.
enum Jackknifed {
  /// √((n − 1)/n Σ (x₋ₖ − x̄)²) of n such estimates.
  static func standardError(_ left: [Double]) -> Double {
    let (count, mean) = (Double(left.count), left.mean)
    return ((count - 1) / count * left.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }).squareRoot()
  }
}

extension [Double] {
  /// The arithmetic mean; NaN of nothing.
  var mean: Double { isEmpty ? .nan : reduce(0, +) / Double(count) }
}
