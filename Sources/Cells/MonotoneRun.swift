/// The best colours for a stretch of a map along which lightness rises, found by dynamic
/// programming.
///
/// After step i the colour in use is candidate j, candidates standing in order of lightness. From
/// one step to the next the colour becomes one that is lighter by `smallestStep`, or stays. The
/// cost is the sum of squared CIELAB distances. The best predecessor is a prefix minimum, so n
/// samples and m candidates take O(n · m).
struct MonotoneRun {
  /// The least rise of lightness L* between neighbouring bins.
  static let smallestStep = 0.5
  /// How much more an error of lightness counts than one of hue: lightness carries the order.
  static let lightnessWeight = 2.0

  /// One candidate for each sample of the stretch.
  let indices: [UInt8]

  /// - Parameters:
  ///   - curve: the map's colours along the stretch, lightness rising.
  ///   - candidates: indices of the terminal's palette that may be used.
  init(_ curve: [CIELAB], from candidates: [UInt8]) {
    var colors = candidates.map { (index: $0, lab: CIELAB(TerminalColors.xterm256[Int($0)])) }
    colors.sort { ($0.lab.lightness, $0.index) < ($1.lab.lightness, $1.index) }
    // How many candidates, from the darkest, may come just before candidate j.
    let darker = colors.map { color in
      colors.prefix { $0.lab.lightness <= color.lab.lightness - Self.smallestStep }.count
    }
    let costs = curve.map { sample in
      colors.map { sample.squaredDistance(to: $0.lab, lightnessWeight: Self.lightnessWeight) }
    }
    indices = Self.cheapestPath(costs, darker: darker).map { colors[$0].index }
  }

  /// The candidate of every step on the cheapest path; empty when there is no step or no candidate.
  private static func cheapestPath(_ costs: [[Double]], darker: [Int]) -> [Int] {
    guard var total = costs.first else { return [] }
    var origins: [[Int]] = []
    for added in costs.dropFirst() {
      let best = prefixMinima(total)
      var next = total
      var origin = Array(total.indices)
      for color in total.indices {
        var cost = total[color]
        if darker[color] > 0 {
          let candidate = best[darker[color] - 1]
          if total[candidate] < cost { (cost, origin[color]) = (total[candidate], candidate) }
        }
        next[color] = cost + added[color]
      }
      total = next
      origins.append(origin)
    }
    guard let end = total.indices.min(by: { total[$0] < total[$1] }) else { return [] }
    var path = [end]
    for origin in origins.reversed() { path.append(origin[path[path.count - 1]]) }
    return path.reversed()
  }

  /// At k: the index of the smallest of the first k + 1 values.
  private static func prefixMinima(_ values: [Double]) -> [Int] {
    var best = 0
    return values.indices.map { index in
      if values[index] < values[best] { best = index }
      return best
    }
  }
}
