extension Curves {
  /// One line of a figure: a mean at each x, with error bars where they are known.
  public struct Series: Sendable, Equatable {
    /// A point with everything that is known of it.
    public struct Point: Sendable, Equatable {
      /// The x.
      public let x: Double
      /// The mean; NaN for a gap.
      public let mean: Double
      /// How far the error bar reaches either way; NaN where that is not known.
      public let halfLength: Double
      /// Number of values behind the mean; nil where that is not known.
      public let count: Int?

      /// Where the error bar ends, the mean itself where there is none.
      public var span: (low: Double, high: Double) {
        guard halfLength.isFinite else { return (mean, mean) }
        let most = Double.greatestFiniteMagnitude
        return (max(-most, mean - halfLength), min(most, mean + halfLength))
      }
    }

    /// The series' name, ready to show.
    public let name: String
    /// Ascending, each once, all finite.
    public let x: [Double]
    /// As many as `x`; NaN is a gap.
    public let mean: [Double]
    /// As many as `x`, none negative; NaN where one is not known, nil where none is.
    public let halfLengths: [Double]?
    /// As many as `x`: the number of values behind each mean, 0 where it is not known.
    public let counts: [Int]?

    /// A series; the points may come in any order.
    /// - Throws: `CurvesError` when lengths differ, when an x is not finite or comes twice, when an
    ///   error bar is negative or infinite, a count negative, or when there are too many points.
    public init(
      name: String, x: [Double], mean: [Double], halfLengths: [Double]? = nil,
      counts: [Int]? = nil
    ) throws(CurvesError) {
      let called = name.isEmpty ? "a series without a name" : "series '\(name)'"
      guard x.count <= Curves.mostPoints else {
        throw CurvesError("\(called): \(x.count) points, more than \(Curves.mostPoints)")
      }
      guard !x.isEmpty else { throw CurvesError("\(called) has no points") }
      for (what, count) in [
        ("means", mean.count), ("error bars", halfLengths?.count), ("counts", counts?.count),
      ] {
        guard let count, count != x.count else { continue }
        throw CurvesError("\(called): \(x.count) x but \(count) \(what)")
      }
      if let bad = x.first(where: { !$0.isFinite }) {
        throw CurvesError("\(called): x is \(bad), not a finite number")
      }
      if let bad = halfLengths?.first(where: { $0 < 0 || $0.isInfinite }) {
        throw CurvesError("\(called): an error bar of \(bad)")
      }
      if let bad = counts?.first(where: { $0 < 0 }) {
        throw CurvesError("\(called): a count of \(bad)")
      }
      let order = Self.ascending(x)
      self.name = name
      self.x = order.map { order in order.map { x[$0] } } ?? x
      self.mean = order.map { order in order.map { mean[$0] } } ?? mean
      self.halfLengths =
        order.map { order in halfLengths.map { h in order.map { h[$0] } } } ?? halfLengths
      self.counts = order.map { order in counts.map { c in order.map { c[$0] } } } ?? counts
      if let twice = zip(self.x, self.x.dropFirst()).first(where: { $0 == $1 }) {
        throw CurvesError("\(called): x = \(twice.0) comes twice")
      }
    }

    /// The places of `x` by size; nil when they are in order as they are.
    private static func ascending(_ x: [Double]) -> [Int]? {
      if zip(x, x.dropFirst()).allSatisfy({ $0 < $1 }) { return nil }
      return x.indices.sorted { x[$0] < x[$1] }
    }

    /// The point at `index`, which must be one of `x.indices`.
    public subscript(index: Int) -> Point {
      Point(
        x: x[index], mean: mean[index], halfLength: halfLengths?[index] ?? .nan,
        count: counts.flatMap { $0[index] > 0 ? $0[index] : nil })
    }

    /// The place of `position` among the x, by bisection; nil when the series has no point there.
    public func index(at position: Double) -> Int? {
      var (low, high) = (0, x.count)
      while low < high {
        let middle = (low + high) / 2
        if x[middle] < position { low = middle + 1 } else { high = middle }
      }
      return low < x.count && x[low] == position ? low : nil
    }

    /// From the first x to the last.
    public var span: ClosedRange<Double> { x[0]...x[x.count - 1] }

    /// From the smallest to the largest finite mean; nil when there is none.
    public var means: ClosedRange<Double>? {
      let finite = mean.lazy.filter(\.isFinite)
      return finite.min().flatMap { low in finite.max().map { low...$0 } }
    }

    /// From the lowest to the highest end of a mean or its error bar; nil when no mean is finite.
    public var reach: ClosedRange<Double>? {
      var (low, high) = (Double.infinity, -Double.infinity)
      for index in x.indices where mean[index].isFinite {
        let span = self[index].span
        (low, high) = (min(low, span.low), max(high, span.high))
      }
      return low <= high ? low...high : nil
    }
  }
}
