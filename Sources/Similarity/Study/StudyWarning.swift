/// What the Gram matrices of a study tell that its values do not show: a value that hangs on little,
/// or means another thing than it seems to. Each has the figure that it was told by.
public enum StudyWarning: Sendable, Hashable {
  /// One minibatch makes up `share` of a layer's HSIC with itself, and `weight` of the weight.
  case minibatchShare(layer: String, minibatch: Int, share: Double, weight: Double)
  /// Pairs with one sample make up `share` of a layer's HSIC with itself over all minibatches.
  case sampleShare(layer: String, minibatch: Int, sample: Int, share: Double)
  /// The participation ratio (tr K)²/tr K² of a layer's centred kernel is near 1.
  case oneDirection(layer: String, participation: Double)
  /// Biased HSIC of n samples; of this cell the unbiased value is far from it, or a layer has more
  /// features than samples.
  case biased(cell: String, biased: Double, unbiased: Double, samples: Int, features: Int?)
  /// Intervals come from this many minibatches of one size, or what they are worth.
  case roughIntervals(minibatches: Double)
  /// Minibatches weigh equally though one has so many samples fewer.
  case equalWeights(fewest: Int, most: Int)
}

extension StudyWarning: CustomStringConvertible {
  /// One line, ready to show; samples and minibatches are counted from 1.
  public var description: String {
    switch self {
    case .minibatchShare(let layer, let minibatch, let share, let weight):
      "\(layer): minibatch \(minibatch + 1) alone makes up \(share.percent) of its HSIC, with "
        + "\(weight.percent) of the weight"
    case .sampleShare(let layer, let minibatch, let sample, let share):
      "\(layer): sample \(sample + 1) of minibatch \(minibatch + 1) alone makes up "
        + "\(share.percent) of its HSIC"
    case .oneDirection(let layer, let participation):
      "\(layer): one direction decides; the participation ratio is \(participation.fixed(2))"
    case .biased(let cell, let biased, let unbiased, let samples, let features):
      "biased HSIC of \(samples) samples"
        + (features.map { " and up to \($0) features" } ?? "")
        + ": \(cell) is \(biased.fixed(4)), unbiased \(unbiased.fixed(4))"
    case .roughIntervals(let minibatches):
      "intervals are rough: they come from \(minibatches.short) minibatches of full size, and "
        + "\(Int(Self.fewestMinibatches)) are the fewest to rely on"
    case .equalWeights(let fewest, let most):
      "a minibatch of \(fewest) samples weighs as much as one of \(most), and scatters far more; "
        + "weighting pairs is exacter"
    }
  }

  /// The same in a few words, for a cell that it concerns.
  public var mark: String {
    switch self {
    case .minibatchShare(_, _, let share, _): "one minibatch \(share.percent)"
    case .sampleShare(_, _, _, let share): "one sample \(share.percent)"
    case .oneDirection: "one direction"
    case .biased(_, _, let unbiased, _, _): "unbiased \(unbiased.fixed(4))"
    case .roughIntervals: "rough"
    case .equalWeights(let fewest, _): "a minibatch of \(fewest)"
    }
  }
}

// MARK: Thresholds

extension StudyWarning {
  /// Above this share of a layer's HSIC one minibatch, or one sample, is told. A quarter: without it
  /// a CKA can change by more than any interval allows.
  static let largeShare = 0.25
  /// A minibatch is told only when its share is so many times its weight's: of two minibatches each
  /// has half.
  static let timesWeight = 3.0
  /// A sample is told only when its share is so many times that of a sample like any other, 2/n of
  /// its minibatch.
  static let timesEvenSample = 4.0
  /// Below this participation ratio one direction has over nine tenths of the variance.
  static let fewDirections = 1.2
  /// Beyond this difference the estimators tell different stories.
  static let largeBias = 0.05
  /// With fewer minibatches the t distribution rests on an error that is itself a guess.
  static let fewestMinibatches = 8.0
}

extension Double {
  /// "83 %".
  fileprivate var percent: String { "\(Int((self * 100).rounded())) %" }

  /// With `count` decimals.
  fileprivate func fixed(_ count: Int) -> String {
    guard isFinite, abs(self) < 1e12 else { return "\(self)" }
    let scale = (0..<count).reduce(1) { value, _ in value * 10 }
    let scaled = Int((abs(self) * Double(scale)).rounded())
    let digits = String(scaled % scale + scale).dropFirst()
    return (self < 0 && scaled > 0 ? "-" : "") + "\(scaled / scale).\(digits)"
  }

  /// With a decimal where there is one.
  fileprivate var short: String {
    let text = fixed(1)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
