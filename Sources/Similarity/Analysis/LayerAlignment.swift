/// Which layers two lists of names have in common.
public struct LayerAlignment: Sendable, Equatable {
  /// Positions in the first list of the common names, in its order.
  public let first: [Int]
  /// For each of them, its position in the second list.
  public let second: [Int]
  /// Names of either list that the other lacks.
  public let leftOut: Int

  /// Common layers.
  public var count: Int { first.count }

  /// The alignment of `a` and `b`. A name that a list holds several times is matched occurrence by
  /// occurrence. O(a + b).
  public init(_ a: [String], _ b: [String]) {
    var places: [String: [Int]] = [:]
    for index in b.indices.reversed() { places[b[index], default: []].append(index) }
    var pairs: [(Int, Int)] = []
    for index in a.indices {
      if let place = places[a[index]]?.popLast() { pairs.append((index, place)) }
    }
    first = pairs.map(\.0)
    second = pairs.map(\.1)
    leftOut = a.count + b.count - 2 * pairs.count
  }
}
