/// Estimates when a job is done from the speed since the first report of this attempt, so that
/// what earlier attempts did does not count as speed.
struct RemainingTime {
  private var first: (time: Timestamp, fraction: Double)?

  /// Seconds left; nil until the fraction has grown.
  mutating func estimate(_ fraction: Double?, at time: Timestamp) -> Double? {
    guard let fraction else { return nil }
    // A clock that was set back begins anew, as work that begins anew does.
    guard let first, fraction >= first.fraction, time >= first.time else {
      first = (time, fraction)
      return nil
    }
    let elapsed = Double(time.milliseconds - first.time.milliseconds) / 1000
    guard fraction > first.fraction, elapsed > 0 else { return nil }
    return elapsed * (1 - fraction) / (fraction - first.fraction)
  }
}
