import System

/// Keys pressed in an explorer, and what came of each.
struct BenchKeyLog {
  /// Moves, pans, zooms and colours, as someone looks around a matrix.
  static let tour: [String] = keys(
    String(repeating: "ljlkhjlk+ljlkhjlkLJ+ljlkhjlkHKc+ljlkhjlkt---_mmmrrroo", count: 4))

  /// From the whole matrix to one value and back, with moves and pans at every step.
  static let zooms: [String] = keys(
    String(repeating: "ljlkhjlkLJHK+", count: 12) + String(repeating: "LJHK-", count: 12) + "_")

  private static func keys(_ text: String) -> [String] { text.map { String($0) } }

  private var paints: [BenchTerminal.Paint] = []
  private var slowest = (key: "", seconds: 0.0)
  private var processor = 0.0

  /// Presses `key`; a key that changes nothing on the screen is not counted.
  mutating func press(_ key: String, _ explorer: BenchTerminal) {
    let before = explorer.processorSeconds
    let paint = explorer.press(key)
    guard paint.bytes > 0 else { return }
    processor += explorer.processorSeconds - before
    paints.append(paint)
    if paint.last > slowest.seconds { slowest = (key, paint.last) }
  }

  /// The most bytes that one key caused.
  var mostBytes: Int { paints.map(\.bytes).max() ?? 0 }

  /// The times from a key to the last byte of its paint, of all and by what was painted.
  /// - Parameter budget: milliseconds that the 95th percentile may take.
  func figures(_ group: String, budget: Double?) -> [BenchFigure] {
    let all = paints.map(\.last)
    let small = paints.filter { $0.bytes < Self.smallPaint }.map(\.last)
    let large = paints.filter { $0.bytes >= Self.smallPaint }.map(\.last)
    let time = { (what: String, seconds: Double, budget: Double?) in
      BenchFigure(
        group: group, what: what, value: seconds * 1000, unit: .milliseconds, budget: budget)
    }
    let high = { BenchSample.percentile(95, of: $0) }
    var figures = [time("key to last byte, 95th percentile of \(all.count)", high(all), budget)]
    if !small.isEmpty {
      figures.append(time("  of \(small.count) that moved the crosshair", high(small), budget))
    }
    if !large.isEmpty {
      figures.append(time("  of \(large.count) that repainted the picture", high(large), budget))
    }
    return figures + [
      time("key to last byte, median", BenchSample.median(all), nil),
      time("key to last byte, slowest (\(slowest.key))", slowest.seconds, nil),
      time("processor time a key, mean", processor / Double(max(1, all.count)), nil),
    ]
  }

  /// Bytes; what moves the crosshair alone takes some hundred, what paints the picture many
  /// thousand.
  private static let smallPaint = 2_000
}
