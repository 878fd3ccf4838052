import Glibc

/// Numbers as a figure writes them.
enum Numbers {
  /// `value` to about three digits of `span`, the difference that matters beside it; without
  /// trailing zeros, and with a real minus sign.
  static func text(_ value: Double, span: Double) -> String {
    let size = span > 0 ? span : abs(value) / 100
    guard size > 0, size.isFinite else { return plain(value) }
    let decimals = max(0, 2 - Int(log10(size).rounded(.down)))
    guard decimals <= 15 else { return plain(value) }
    let factor = pow(10, Double(decimals))
    let rounded = (value * factor).rounded() / factor
    return plain(rounded.isFinite ? rounded : value)
  }

  private static func plain(_ value: Double) -> String {
    var text = "\(value.magnitude)"
    if text.hasSuffix(".0") { text.removeLast(2) }
    return value < 0 ? "−" + text : text
  }
}
