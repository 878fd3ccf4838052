/// How far the points of a series are moved aside, so that error bars at one x stand beside each
/// other.
public struct SeriesDodge: Sendable, Equatable {
  private let step: Double
  private let count: Int

  /// - Parameters:
  ///   - positions: every x, ascending.
  ///   - frame: the part of the plane that is drawn.
  ///   - count: series that share the room of an x.
  ///   - width: pixels across the frame.
  ///   - room: pixels that one series needs. Nothing is moved where the room between two x is less
  ///     than twice what all series need: points of neighbours would be taken for each other's.
  public init(_ positions: [Double], _ frame: CurvesFrame, count: Int, width: Double, room: Double)
  {
    self.count = count
    let gaps = zip(positions, positions.dropFirst()).lazy.map {
      frame.across($1) - frame.across($0)
    }
    let narrowest = (gaps.min() ?? 1) * width
    step = count > 1 && narrowest >= 2 * room * Double(count) ? room : 0
  }

  /// Pixels to the right for the series that is number `rank` of those drawn.
  public func shift(_ rank: Int) -> Double { Double(2 * rank - (count - 1)) * step / 2 }
}
