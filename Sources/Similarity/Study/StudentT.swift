import Glibc

/// The t distribution, as far as intervals need it.
public enum StudentT {
  /// The value below which 97.5 % of the distribution with `degrees` degrees of freedom lie: 12.706
  /// for 1, 1.960 for very many; NaN for none.
  ///
  /// Exact for 1 and 2; beyond, an expansion in 1/degrees (Abramowitz and Stegun 26.7.5), wrong by
  /// at most 0.2 % at 3 and 0.002 % from 8 on.
  public static func quantile975(degrees: Int) -> Double {
    let z = 1.959963984540054
    switch degrees {
    case ..<1: return .nan
    case 1: return tan(.pi * 0.475)
    case 2: return 0.95 * (2 / (4 * 0.975 * 0.025)).squareRoot()
    default:
      let inverse = 1 / Double(degrees)
      let z2 = z * z
      let terms = [
        z * (z2 + 1) / 4,
        z * ((5 * z2 + 16) * z2 + 3) / 96,
        z * (((3 * z2 + 19) * z2 + 17) * z2 - 15) / 384,
        z * ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945) / 92160,
      ]
      return z + terms.reversed().reduce(0) { ($0 + $1) * inverse }
    }
  }
}
