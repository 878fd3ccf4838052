/// Which names to show where not all fit: modules near the root of the model first, since they are the
/// landmarks, and the rest wherever a gap is left.
enum LabelThinning {
  /// A name's index, its first cell, and the cells it takes.
  typealias Label = (index: Int, at: Int, length: Int)

  /// The labels that fit with `gap` free cells between them, in order of position.
  static func choose(_ candidates: [Label], names: [String], gap: Int) -> [Label] {
    guard let end = candidates.map({ $0.at + $0.length }).max() else { return [] }
    var taken = [Bool](repeating: false, count: end + gap)
    var chosen: [Label] = []
    let byDepth = candidates.enumerated().sorted { a, b in
      let (depthA, depthB) = (depth(names[a.element.index]), depth(names[b.element.index]))
      return (depthA, a.offset) < (depthB, b.offset)
    }
    for (_, label) in byDepth {
      let span = max(0, label.at - gap)..<min(taken.count, label.at + label.length + gap)
      guard !taken[span].contains(true) else { continue }
      for cell in label.at..<label.at + label.length { taken[cell] = true }
      chosen.append(label)
    }
    return chosen.sorted { $0.at < $1.at }
  }

  /// How far below the root a module is: its dots, the root itself last of all.
  private static func depth(_ name: String) -> Int {
    name.isEmpty ? 99 : name.utf8.reduce(0) { $0 + ($1 == UInt8(ascii: ".") ? 1 : 0) }
  }
}
