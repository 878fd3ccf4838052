/// How far a run is.
public struct RunProgress: Sendable, Equatable {
  /// Minibatches seen, by earlier runs too.
  public var done: Int
  /// Minibatches in all.
  public var total: Int
  /// Samples seen in this run.
  public var samples: Int
  /// Seconds that it took.
  public var seconds: Double
  /// Samples that are left.
  public var samplesLeft: Int
  /// The largest half width of a 95 % interval when it was last looked at, with `--until-ci`.
  public var halfWidth: Double?

  /// - Parameters: see the properties of the same names.
  public init(
    done: Int, total: Int, samples: Int, seconds: Double, samplesLeft: Int,
    halfWidth: Double? = nil
  ) {
    (self.done, self.total, self.samples) = (done, total, samples)
    (self.seconds, self.samplesLeft, self.halfWidth) = (seconds, samplesLeft, halfWidth)
  }

  /// Samples a second; nil before there is a minibatch.
  public var rate: Double? { samples > 0 && seconds > 0 ? Double(samples) / seconds : nil }

  /// Seconds that the rest will take at this rate.
  public var secondsLeft: Double? { rate.map { Double(samplesLeft) / $0 } }

  /// The part that is done, 0 to 1.
  public var fraction: Double { total > 0 ? Double(done) / Double(total) : 0 }

  /// The progress in words: "12 of 100 minibatches, 3400 samples/s, 1 min 20 s left".
  public var text: String {
    var parts = ["\(done) of \(total) \(total == 1 ? "minibatch" : "minibatches")"]
    if let rate { parts.append("\(Self.rounded(rate)) samples/s") }
    if let halfWidth, halfWidth.isFinite {
      parts.append("intervals within ±\(Self.rounded(halfWidth))")
    }
    if done < total, let secondsLeft { parts.append("\(Self.duration(secondsLeft)) left") }
    return parts.joined(separator: ", ")
  }

  /// "4 s", "1 min 20 s", "3 h 5 min".
  public static func duration(_ seconds: Double) -> String {
    guard seconds < 1e9 else { return "ages" }
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole % 3600 / 60) min"
  }

  /// Three significant digits.
  private static func rounded(_ number: Double) -> String {
    guard number.isFinite, number > 0 else { return "\(number)" }
    if number >= 100 { return number < 1e15 ? "\(Int(number.rounded()))" : "\(number)" }
    var scale = 1.0
    while number * scale < 100, scale < 1e9 { scale *= 10 }
    let rounded = (number * scale).rounded() / scale
    return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
  }
}
