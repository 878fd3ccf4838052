extension Double {
  /// With `places` decimals, rounded half away from zero; no Foundation, which would slow the
  /// start.
  public func fixed(_ places: Int) -> String {
    guard isFinite else { return isNaN ? "NaN" : (self > 0 ? "inf" : "-inf") }
    var power = 1.0
    for _ in 0..<places { power *= 10 }
    let scaled = (abs(self) * power).rounded()
    guard scaled < 1e15 else { return "\(self)" }
    let digits = String(Int(scaled))
    let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
    let sign = self < 0 && scaled > 0 ? "-" : ""
    guard places > 0 else { return sign + padded }
    return sign + padded.dropLast(places) + "." + padded.suffix(places)
  }
}
