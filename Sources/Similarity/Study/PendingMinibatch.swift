/// A minibatch in which layers have no kernel matrix, with all that it would add if it counted: in a
/// shard nobody knows yet how many minibatches `StudyOptions.skipBad` has left out before.
public struct PendingMinibatch: Sendable, Equatable {
  /// Its number in the whole.
  public var number: Int
  /// HSIC of every two layers, unweighted, as the study's triangle stores it.
  public var hsic: [Double]
  /// The layers without a kernel matrix, and why; at least one.
  public var faults: [Int: LayerProblem]
  /// The layers whose HSIC with themselves is 0, and why.
  public var flat: [Int: Flatness]
  /// Of layers that are not measured in 1.
  public var units: [Int: Int]
  /// What the Gram matrices tell beside HSIC.
  public var figures: MinibatchFigures
  /// Weight × HSIC under permuted samples, draws × L × L; empty without a null.
  public var null: [Double]

  /// A minibatch whose lists are of the study's sizes.
  public init(
    number: Int, hsic: [Double], faults: [Int: LayerProblem], flat: [Int: Flatness],
    units: [Int: Int], figures: MinibatchFigures, null: [Double]
  ) {
    (self.number, self.hsic, self.faults, self.flat) = (number, hsic, faults, flat)
    (self.units, self.figures, self.null) = (units, figures, null)
  }

  /// What it takes in memory, about.
  var bytes: Int {
    8 * (hsic.count + null.count + figures.unbiased.count)
      + figures.layers.count * MemoryLayout<KernelFigures>.stride
  }

  /// Why it is left out for now.
  var skipReason: SkipReason { Self.skipReason(faults) }

  /// Why a minibatch with these `faults` is left out.
  static func skipReason(_ faults: [Int: LayerProblem]) -> SkipReason {
    let bad = faults.keys.sorted()
    return .badLayers(bad, problem: bad.first.flatMap { faults[$0] } ?? .noFeatures)
  }

  func fits(_ layout: SumLayout, biased: Bool) -> Bool {
    let layers = 0..<layout.layers
    return hsic.count == layout.sums.count && !faults.isEmpty && null.count == layout.null.count
      && figures.layers.count == layout.layers && figures.unbiased.count == layout.unbiased.count
      && [Set(faults.keys), Set(flat.keys), Set(units.keys)].allSatisfy {
        $0.allSatisfy(layers.contains)
      }
  }
}
