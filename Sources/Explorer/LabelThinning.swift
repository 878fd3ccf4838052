/// Which names to show where not all fit: modules near the root of the model first, since they are
/// the landmarks, and the rest wherever a gap is left.
enum LabelThinning {
  /// A name's index, its first cell, and the cells it takes.
  typealias Label = (index: Int, at: Int, length: Int)

  /// The labels that fit with `gap` free cells between them, in order of position.
  /// - Parameter depths: how far below the root the module of each index is.
  static func choose(_ candidates: [Label], depths: [Int], gap: Int) -> [Label] {
    guard let end = candidates.lazy.map({ $0.at + $0.length }).max() else { return [] }
    var taken = [Bool](repeating: false, count: end + gap)
    var chosen: [Label] = []
    for label in nearestFirst(candidates, depths) {
      let span = max(0, label.at - gap)..<min(taken.count, label.at + label.length + gap)
      guard !taken[span].contains(true) else { continue }
      for cell in label.at..<label.at + label.length { taken[cell] = true }
      chosen.append(label)
    }
    return chosen.sorted { $0.at < $1.at }
  }

  /// The labels by depth; those of one depth stay in order.
  private static func nearestFirst(_ labels: [Label], _ depths: [Int]) -> [Label] {
    var levels: [[Label]] = []
    for label in labels {
      let depth = depths[label.index]
      while levels.count <= depth { levels.append([]) }
      levels[depth].append(label)
    }
    return levels.flatMap(\.self)
  }
}
