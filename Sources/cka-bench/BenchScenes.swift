import Cells
import System

// The scenes in which the explorer is measured.
extension BenchStage {
  /// Start on a folder, idling, and toggling pairs.
  func start() throws -> [BenchFigure] {
    var first: [Double] = []
    var pictures: [Double] = []
    for _ in 0..<runs {
      let explorer = try explore(samples)
      let paint = try explorer.firstPicture()
      first.append(paint.first * 1000)
      pictures.append(paint.last * 1000)
      explorer.settle(quiet: 100)
      explorer.quit()
    }
    let group = "start on \(samples), \(runs) times"
    let starts = [
      BenchFigure(
        group: group, what: "first byte on the terminal, median", value: BenchSample.median(first),
        unit: .milliseconds),
      BenchFigure(
        group: group, what: "heatmap complete, median", value: BenchSample.median(pictures),
        unit: .milliseconds, budget: 100),
      BenchFigure(
        group: group, what: "heatmap complete, slowest", value: pictures.max() ?? .nan,
        unit: .milliseconds, budget: 100),
    ]
    return try starts + idle() + pairs()
  }

  private func idle() throws -> [BenchFigure] {
    let explorer = try explore(samples)
    _ = try explorer.firstPicture()
    // Threads that have done their work wait five seconds for more, and then end.
    explorer.settle(quiet: 7000)
    let before = explorer.processorSeconds
    let paint = explorer.settle(quiet: 5000)
    let used = explorer.processorSeconds - before
    explorer.quit()
    let group = "idle for 5 seconds"
    return [
      BenchFigure(
        group: group, what: "bytes", value: Double(paint.bytes), unit: .bytes, budget: 0),
      BenchFigure(
        group: group, what: "processor time", value: used * 1000, unit: .milliseconds, budget: 0),
    ]
  }

  private func pairs() throws -> [BenchFigure] {
    let explorer = try explore(samples)
    _ = try explorer.firstPicture()
    explorer.settle()
    var log = BenchKeyLog()
    for key in ["]", "[", "]", "]", "'", "'", "]", "[", "'", "]"] { log.press(key, explorer) }
    explorer.quit()
    let group = "pair toggled on \(samples)"
    let bytes = BenchFigure(
      group: group, what: "bytes, largest", value: Double(log.mostBytes), unit: .bytes)
    return log.figures(group, budget: nil) + [bytes]
  }

  /// Keys on a matrix of 1,000 × 1,000 named layers.
  func keys() throws -> [BenchFigure] {
    let explorer = try explore(try inputs.bundle("keys", side: 1000, noise: 0.1))
    _ = try explorer.firstPicture()
    explorer.settle()
    _ = explorer.press("\r")
    var log = BenchKeyLog()
    for key in BenchKeyLog.tour { log.press(key, explorer) }
    explorer.quit()
    return log.figures("keys on 1,000 × 1,000", budget: 5)
  }

  /// Keys at every zoom on a matrix of 10,000 × 10,000.
  func largeKeys() throws -> [BenchFigure] {
    let explorer = try explore(try inputs.numpy("large", side: 10_000, noise: 0.1))
    let opened = try explorer.firstPicture()
    explorer.settle()
    _ = explorer.press("\r")
    var log = BenchKeyLog()
    for _ in 0..<2 {
      for key in BenchKeyLog.zooms { log.press(key, explorer) }
    }
    let peak = explorer.quit()
    let group = "keys on 10,000 × 10,000 (400 MB), any zoom"
    return [
      BenchFigure(
        group: group, what: "heatmap complete after start", value: opened.last * 1000,
        unit: .milliseconds)
    ] + log.figures(group, budget: 16) + [
      BenchFigure(
        group: group, what: "peak resident memory", value: peak / 1e6, unit: .megabytes,
        budget: 440)
    ]
  }

  /// Bytes for each kind of paint.
  func bytes() throws -> [BenchFigure] {
    let smooth = try inputs.bundle("smooth", side: 1000, noise: 0.1)
    let noise = try inputs.bundle("noise", side: 1000, noise: 1)
    return try bytes("bytes, 200 × 50, true colour", smooth, .trueColor)
      + bytes("bytes, 200 × 50, true colour, nothing but noise", noise, .trueColor)
      + bytes("bytes, 200 × 50, 256 colours", smooth, .indexed256)
  }

  private func bytes(_ group: String, _ path: String, _ depth: ColorDepth) throws -> [BenchFigure] {
    let explorer = try explore(path, depth: depth)
    _ = try explorer.firstPicture()
    explorer.settle()
    _ = explorer.press("\r")
    let moves = ["l", "l", "j", "h", "k", "l", "j", "l"].map { explorer.press($0).bytes }
    let whole = explorer.press(Self.repaint).bytes
    // The picture alone on the screen, one value a pixel: the most that 200 × 50 cells can show.
    for key in ["\r", "+", "+", "+", "+", "+", "+"] { _ = explorer.press(key) }
    let pans = ["L", "J", "H", "K"].map { explorer.press($0).bytes }
    let close = explorer.press(Self.repaint).bytes
    explorer.quit()
    let figure = { (what: String, value: Int, budget: Double?) in
      BenchFigure(
        group: group, what: what, value: Double(value), unit: .bytes, budget: budget)
    }
    return [
      figure("crosshair move, largest of \(moves.count)", moves.max() ?? 0, 250),
      figure("full repaint, the whole matrix", whole, 150_000),
      figure("full repaint, one value a pixel, no other pane", close, 150_000),
      figure("pan by a quarter of that, largest of \(pans.count)", pans.max() ?? 0, nil),
    ]
  }

  /// Control-L.
  private static let repaint = "\u{C}"
}
