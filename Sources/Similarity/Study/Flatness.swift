/// Why HSIC of a layer with itself is 0 in a minibatch although there is a kernel matrix.
///
/// HSIC₁ leaves the diagonal out, so it is 0 for more than constant layers: whenever the squared
/// distances of different samples are sums u_i + u_j of one number for each sample. The raw values
/// are what files hold.
public enum Flatness: String, Sendable, Hashable, CaseIterable {
  /// All samples have the same activations.
  case constant
  /// All samples but one have the same activations.
  case oneSample = "one_sample"
  /// Any two samples are equally far apart, as one-hot rows are.
  case equidistant
  /// RBF: no kernel value of different samples reaches 10^−150.
  case narrowBandwidth = "narrow_bandwidth"
  /// The activations vary, but what is left after centring is within float64's rounding of 0.
  case cancels
  /// HSIC is 0, and nobody wrote down why.
  case unknown
}

extension Flatness: CustomStringConvertible {
  /// One line, ready to show.
  public var description: String {
    let advice = "HSIC₁ is 0, and the biased estimator has a value"
    return switch self {
    case .constant: "the output does not vary over the samples of any minibatch"
    case .oneSample: "all samples but one have the same output: \(advice)"
    case .equidistant: "any two samples are equally far apart, as one-hot rows are: \(advice)"
    case .narrowBandwidth:
      "the bandwidth is too small: the kernel of any two samples is below 1e-150; take a larger "
        + "rbf:FRACTION"
    case .cancels: "the output varies, but its HSIC₁ is 0 within the rounding of float64"
    case .unknown: "HSIC of the output with itself is 0 in every minibatch"
    }
  }
}
