/// Names that somebody may have meant who wrote one that there is not.
public enum NearNames {
  /// Most characters of a name that are compared, so that hostile names cost little.
  private static let mostCharacters = 64
  private static let mostNames = 20_000

  /// Up to three of `names` that are like `text`, the nearest first: a letter wrong in three, or one
  /// that begins as the other does. Case, and `-`, `_`, `.` and blanks, count as nothing.
  public static func near(_ text: String, among names: [String]) -> [String] {
    let wanted = folded(text)
    guard !wanted.isEmpty else { return [] }
    var seen: Set<String> = []
    var found: [(name: String, distance: Int)] = []
    for name in names.prefix(mostNames) where name != text && seen.insert(name).inserted {
      if let distance = distance(wanted, folded(name)) { found.append((name, distance)) }
    }
    // A stable order: as far from the text as each other, names stay as they came.
    let order = found.indices.sorted {
      (found[$0].distance, $0) < (found[$1].distance, $1)
    }
    guard let best = order.first.map({ found[$0].distance }) else { return [] }
    return order.map { found[$0] }.filter { $0.distance <= best + 1 }.prefix(3).map(\.name)
  }

  /// "did you mean 'a' or 'b'? ", to stand before other advice; empty where nothing is near.
  public static func question(_ text: String, among names: [String]) -> String {
    let near = near(text, among: names).map { "'\(SafeText.sanitise($0))'" }
    guard let last = near.last else { return "" }
    let others = near.dropLast().joined(separator: ", ")
    return "did you mean \(others.isEmpty ? last : "\(others) or \(last)")? "
  }

  private static func folded(_ text: String) -> [Unicode.Scalar] {
    let kept = text.unicodeScalars.lazy.filter { !"-_. ".unicodeScalars.contains($0) }
    return Array(
      String(String.UnicodeScalarView(kept.prefix(mostCharacters))).lowercased()
        .unicodeScalars)
  }

  /// How far apart two names are; nil where nobody would take one for the other.
  private static func distance(_ wanted: [Unicode.Scalar], _ name: [Unicode.Scalar]) -> Int? {
    let edits = edits(wanted, name)
    if edits <= max(1, min(wanted.count, name.count) / 3), edits < wanted.count { return edits }
    let shorter = min(wanted.count, name.count)
    return shorter >= 3 && wanted.prefix(shorter) == name.prefix(shorter) ? edits : nil
  }

  /// The fewest letters to add, drop, change, or swap with the next one: the restricted
  /// Damerau–Levenshtein distance.
  private static func edits(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
    var before: [Int] = []
    var last = Array(0...b.count)
    for row in a.indices {
      var line = [row + 1]
      for column in b.indices {
        var best = min(
          last[column + 1] + 1, line[column] + 1, last[column] + (a[row] == b[column] ? 0 : 1))
        if row > 0, column > 0, a[row] == b[column - 1], a[row - 1] == b[column] {
          best = min(best, before[column - 1] + 1)
        }
        line.append(best)
      }
      (before, last) = (last, line)
    }
    return last[b.count]
  }
}
