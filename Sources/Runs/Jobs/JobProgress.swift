import Core

/// How far a job has come.
public struct JobProgress: Codable, Equatable, Sendable {
  /// Most entries of `numbers` that are kept.
  static let mostNumbers = 32

  /// What the job is busy with, in a word or two.
  public var phase: String?
  /// Units done, such as minibatches.
  public var done: Int?
  /// Units in all.
  public var total: Int?
  /// Part that is done, 0 to 1; from `done` and `total` when it is not given.
  public var fraction: Double?
  /// Seconds until the end, as far as can be told; the session estimates it when it is nil.
  public var eta: Double?
  /// A line for people.
  public var message: String?
  /// Figures worth watching, such as the largest half width of a confidence interval.
  public var numbers: [String: Double]

  /// Progress by `done` of `total`, or by `fraction`.
  public init(
    phase: String? = nil, done: Int? = nil, total: Int? = nil, fraction: Double? = nil,
    eta: Double? = nil, message: String? = nil, numbers: [String: Double] = [:]
  ) {
    self.phase = phase
    self.done = done
    self.total = total
    self.fraction = fraction
    self.eta = eta
    self.message = message
    self.numbers = numbers
  }

  /// The same with texts made safe to show, and without numbers that mean nothing or that JSON
  /// cannot say (negative counts, NaN, infinities).
  var cleaned: JobProgress {
    var result = self
    result.phase = phase.map(SafeText.sanitise)
    result.message = message.map(SafeText.sanitise)
    result.done = done.flatMap { $0 >= 0 ? $0 : nil }
    result.total = total.flatMap { $0 > 0 ? $0 : nil }
    result.fraction = Self.bounded(fraction)
    if result.fraction == nil, let done = result.done, let total = result.total {
      result.fraction = Self.bounded(Double(done) / Double(total))
    }
    result.eta = eta.flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
    let finite = numbers.filter { $0.value.isFinite }.sorted { $0.key < $1.key }
    result.numbers = Dictionary(
      finite.prefix(Self.mostNumbers).map { (SafeText.sanitise($0.key), $0.value) },
      uniquingKeysWith: { first, _ in first })
    return result
  }

  private static func bounded(_ fraction: Double?) -> Double? {
    fraction.flatMap { $0.isFinite ? min(max($0, 0), 1) : nil }
  }
}
