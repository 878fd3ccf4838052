/// When a run that may stop early looks at its intervals, and whether it stops.
///
/// A standard error of few minibatches is itself a guess, and a run that stops as soon as one is
/// small enough stops where the guess is too small. So nothing is looked at before 16 minibatches,
/// and two looks in a row must be within the wish. docs/compute.md says how often intervals of such
/// runs hold the truth: 92 to 96 %, and less where the very first looks were within.
public struct IntervalLooks: Sendable, Hashable {
  /// The half width of every 95 % interval at which to stop.
  public let halfWidth: Double

  /// Stops at intervals of ± `halfWidth`.
  public init(halfWidth: Double) { self.halfWidth = halfWidth }

  /// Counted minibatches from which intervals are looked at.
  public static let fewestMinibatches = 16

  /// Whether intervals are looked at after so many counted minibatches: always at first, then after
  /// each sixty-fourth more or so, since every look goes through all of them. The clock must not
  /// decide: a run that was interrupted has to stop at the same minibatch.
  public static func isDue(_ counted: Int) -> Bool {
    guard counted >= fewestMinibatches else { return false }
    let bits = Int.bitWidth - counted.leadingZeroBitCount
    return counted % (1 << max(0, bits - 7)) == 0
  }

  /// The look before that after `counted` minibatches; nil for the first.
  static func before(_ counted: Int) -> Int? {
    (fewestMinibatches..<max(fewestMinibatches, counted)).last(where: isDue)
  }

  /// Whether every cell's interval is within the wish.
  public func isWithin(_ convergence: Convergence) -> Bool {
    convergence.cells > 0 && convergence.largestHalfWidth <= halfWidth
  }

  /// Whether a run of `study` is to stop: it is looked at now, and this look and the one before are
  /// within the wish.
  /// - Parameter intervals: those of `study`, where they are known already.
  public func isConverged(_ study: Study, _ intervals: StudyIntervals? = nil) -> Bool {
    let counted = study.countedMinibatches
    guard Self.isDue(counted), let before = Self.before(counted),
      isWithin((intervals ?? StudyIntervals(study)).convergence())
    else { return false }
    return isWithin(StudyIntervals(study.first(counted: before)).convergence())
  }
}
