import Glibc

/// The numbers beside an axis: multiples of 1, 2 or 5 times a power of ten.
public struct AxisTicks: Sendable, Equatable {
  /// Ascending, within the range that was asked for.
  public let values: [Double]
  /// The values as they are written, with as many decimals as their step needs; all differ.
  public let labels: [String]

  /// At most `most` round numbers in `range`, as many as that allows; the ends themselves where the
  /// range is too narrow for its numbers' precision.
  public init(_ range: ClosedRange<Double>, most: Int) {
    let (low, high) = (range.lowerBound, range.upperBound)
    let most = max(2, most)
    // Halves first: the span of two large numbers is infinite.
    let span = high / 2 - low / 2
    guard span > 0, span.isFinite, span * 2 > max(abs(low), abs(high)) * 1e-12 else {
      self.init(low == high ? [low] : [low, high])
      return
    }
    // How many multiples there are depends on where the range begins: the finest step may give too
    // many.
    var step = Self.roundStep(atLeast: span / Double(most + 1) * 2)
    var values = Self.multiples(of: step, in: range)
    while values.count > most, step.isFinite {
      step = Self.roundStep(atLeast: step * 1.5)
      values = Self.multiples(of: step, in: range)
    }
    guard !values.isEmpty else {
      self.init([low, high])
      return
    }
    self.init(values, step: step)
  }

  /// These numbers and no others, in the shortest form that tells them apart.
  public init(_ values: [Double]) { self.init(values, step: 0) }

  private init(_ values: [Double], step: Double) {
    self.values = values
    labels = Self.labels(of: values, step: step)
  }

  private static func roundStep(atLeast least: Double) -> Double {
    let power = pow(10, log10(least).rounded(.down))
    guard power > 0, power.isFinite else { return least }
    // Near the largest numbers a round step may be infinite.
    return [1, 2, 5, 10].map { $0 * power }.first { $0 >= least * (1 - 1e-9) && $0.isFinite }
      ?? least
  }

  private static func multiples(of step: Double, in range: ClosedRange<Double>) -> [Double] {
    // A little more than the range: an end that is a multiple is one in spite of rounding.
    let first = (range.lowerBound / step - 1e-6).rounded(.up)
    let last = (range.upperBound / step + 1e-6).rounded(.down)
    guard step.isFinite, first <= last, last - first < 1000 else { return [] }
    let multiples = (0...Int(last - first)).map { (first + Double($0)) * step }
    return multiples.filter(\.isFinite).map { $0 == 0 ? 0 : $0 }
  }

  /// The values as text, with as few digits as tell them apart.
  private static func labels(of values: [Double], step: Double) -> [String] {
    let distinct = Set(values).count
    // Ticks of one step have one form; numbers of one's own may be of any sizes.
    let largest = values.map { abs($0) }.max() ?? 0
    for more in 0...15 {
      let labels = values.map { value in
        isPlain(step > 0 ? largest : abs(value))
          ? plain(value, step: step) : exponent(value, step: step, more: more)
      }
      if Set(labels).count == distinct { return labels }
    }
    return values.map { short($0) }
  }

  /// Whether numbers up to this size are written in full, without an exponent.
  private static func isPlain(_ size: Double) -> Bool {
    size == 0 || (size >= 1e-4 && size <= 1e9)
  }

  /// `value` with the decimals of `step`; every digit where there is no step, or too fine a one.
  private static func plain(_ value: Double, step: Double) -> String {
    guard step > 0 else { return value == 0 ? "0" : short(value) }
    let decimals = max(0, Int((-log10(step) - 1e-9).rounded(.up)))
    let scaled = (abs(value) * pow(10, Double(min(decimals, 13)))).rounded()
    guard decimals <= 12, scaled < 1e15 else { return value == 0 ? "0" : short(value) }
    let digits = String(Int(scaled))
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    let sign = value < 0 ? "−" : ""
    return decimals == 0
      ? sign + padded : sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
  }

  /// "1.5e9": the mantissa to the step's precision, or to four digits, and `more` digits.
  private static func exponent(_ value: Double, step: Double, more: Int) -> String {
    if value == 0 { return "0" }
    var power = log10(abs(value)).rounded(.down)
    // In two factors: ten to the power may be more than a double holds.
    let mantissa = value / pow(10, power / 2) / pow(10, power - power / 2)
    let digits = step > 0 ? max(0, (power - log10(step) + 0.999).rounded(.down)) : 3
    let factor = pow(10, min(17, digits + Double(more)))
    var rounded = (mantissa * factor).rounded() / factor
    if abs(rounded) >= 10 { (rounded, power) = (rounded / 10, power + 1) }
    return short(rounded) + "e\(Int(power))".spelt
  }

  /// The shortest decimal, without an idle `.0`, with a real minus sign.
  private static func short(_ value: Double) -> String {
    let text = "\(value)"
    return (text.hasSuffix(".0") ? String(text.dropLast(2)) : text).spelt
  }
}

extension String {
  /// With the typographer's minus sign, and no plus.
  fileprivate var spelt: String { String(filter { $0 != "+" }.map { $0 == "-" ? "−" : $0 }) }
}
