import Glibc

// Tail probabilities of the t distribution, for any positive number of degrees of freedom.

extension StudentT {
  /// P(|T| ≥ |t|) with `degrees` > 0 degrees of freedom; NaN where either number is none.
  ///
  /// It is the regularised incomplete beta function I_x(degrees/2, 1/2) at x = degrees/(degrees +
  /// t²) (Abramowitz and Stegun 26.7.1), right to 1e-10 of itself far into the tail.
  public static func twoSidedP(_ t: Double, degrees: Double) -> Double {
    guard degrees > 0, !t.isNaN else { return .nan }
    guard t.isFinite else { return 0 }
    let x = degrees / (degrees + t * t)
    return incompleteBeta(x, complement: t * t / (degrees + t * t), degrees / 2, 0.5)
  }

  /// The value that |T| exceeds with probability `p`, 0 < p < 1: half a 95 % interval is
  /// `criticalValue(0.05, degrees:)` standard errors.
  public static func criticalValue(_ p: Double, degrees: Double) -> Double {
    guard degrees > 0, p > 0, p < 1 else { return .nan }
    var (low, high) = (0.0, 2.0)
    while twoSidedP(high, degrees: degrees) > p, high < 1e150 { high *= 2 }
    for _ in 0..<200 where high - low > 1e-13 * high {
      let middle = (low + high) / 2
      if twoSidedP(middle, degrees: degrees) > p { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  /// I_x(a, b), where `complement` is 1 − x without loss of digits.
  private static func incompleteBeta(
    _ x: Double, complement: Double, _ a: Double, _ b: Double
  ) -> Double {
    guard x > 0 else { return 0 }
    guard complement > 0 else { return 1 }
    // Of x near 1 the complement has the digits; a is large then, and multiplies what is lost.
    let logX = complement < 0.5 ? log1p(-complement) : log(x)
    let front = exp(a * logX + b * log(complement) - logBeta(a, b))
    // The continued fraction converges fast on this side of the mean, its mirror image on the
    // other.
    return x < (a + 1) / (a + b + 2)
      ? front * continuedFraction(x, a, b) / a : 1 - front * continuedFraction(complement, b, a) / b
  }

  /// The continued fraction of the incomplete beta function (Abramowitz and Stegun 26.5.8),
  /// evaluated from the front by Lentz's method.
  private static func continuedFraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
    func safe(_ value: Double) -> Double { abs(value) < 1e-300 ? 1e-300 : value }
    var c = 1.0
    var d = 1 / safe(1 - (a + b) * x / (a + 1))
    var result = d
    for step in 1...10_000 {
      let m = Double(step)
      let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      d = 1 / safe(1 + even * d)
      c = safe(1 + even / c)
      result *= c * d
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      d = 1 / safe(1 + odd * d)
      c = safe(1 + odd / c)
      result *= c * d
      if abs(c * d - 1) < 1e-15 { break }
    }
    return result
  }

  /// log B(a, b). Where a is large and b is 1/2, log Γ(a + b) − log Γ(a) is a small difference of
  /// large numbers, and is taken from its expansion in 1/a (DLMF 5.11.13).
  private static func logBeta(_ a: Double, _ b: Double) -> Double {
    guard a > 500, b == 0.5 else { return logGamma(a) + logGamma(b) - logGamma(a + b) }
    let inverse = 1 / a
    let terms = inverse * (1.0 / 128 + inverse * (5.0 / 1024 - inverse * 21 / 32768))
    return logGamma(b) - 0.5 * log(a) - log1p(inverse * (terms - 1.0 / 8))
  }

  private static func logGamma(_ x: Double) -> Double {
    var sign: Int32 = 0
    return lgamma_r(x, &sign)
  }
}
