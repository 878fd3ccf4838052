import Glibc

/// The t distribution, as far as intervals need it.
public enum StudentT {
  /// The value below which 97.5 % of the distribution with `degrees` degrees of freedom lie: 12.706
  /// for 1, 1.960 for very many; NaN for none.
  ///
  /// Exact for 1 and 2; beyond, an expansion in 1/degrees (Abramowitz and Stegun 26.7.5), wrong by
  /// at most 0.2 % at 3 and 0.002 % from 8 on.
  public static func quantile975(degrees: Int) -> Double {
    switch degrees {
    case ..<1: return .nan
    case 1: return tan(.pi * 0.475)
    case 2: return 0.95 * (2 / (4 * 0.975 * 0.025)).squareRoot()
    default: return expansion975(Double(degrees))
    }
  }

  private static func expansion975(_ degrees: Double) -> Double {
    let (z, inverse) = (1.959963984540054, 1 / degrees)
    let z2 = z * z
    let terms = [
      z * (z2 + 1) / 4,
      z * ((5 * z2 + 16) * z2 + 3) / 96,
      z * (((3 * z2 + 19) * z2 + 17) * z2 - 15) / 384,
      z * ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945) / 92160,
    ]
    return z + terms.reversed().reduce(0) { ($0 + $1) * inverse }
  }

  /// As above for any `degrees` of at least 1; NaN below. Within 0.1 % for those between 1 and 3, and
  /// as above for whole ones.
  public static func quantile975(degrees: Double) -> Double {
    let whole = degrees.rounded()
    if abs(degrees - whole) < 1e-9 * whole { return quantile975(degrees: Int(whole)) }
    guard degrees > 1 else { return .nan }
    guard degrees < 3 else { return expansion975(degrees) }
    // P(|T| < √degrees tan φ) = ∫₀^φ cos^(degrees−1) / ∫₀^(π/2) cos^(degrees−1).
    let half = lgamma(degrees / 2) - lgamma((degrees + 1) / 2)
    let goal = 0.95 * Double.pi.squareRoot() / 2 * exp(half)
    var (low, high) = (0.0, Double.pi / 2)
    for _ in 0..<40 {
      let middle = (low + high) / 2
      if cosineIntegral(middle, power: degrees - 1) < goal { low = middle } else { high = middle }
    }
    return degrees.squareRoot() * tan(low)
  }

  /// ∫₀^`end` cos^`power` by Simpson's rule.
  private static func cosineIntegral(_ end: Double, power: Double) -> Double {
    let (steps, width) = (400, end / 400)
    let sum = (1..<steps).reduce(1 + pow(max(0, cos(end)), power)) { sum, step in
      sum + (step % 2 == 1 ? 4 : 2) * pow(cos(Double(step) * width), power)
    }
    return sum * width / 3
  }
}
