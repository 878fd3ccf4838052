import Core
import Similarity

/// A file that was read once: its results, which share what they have in common, such as the kept
/// scores of a study. It stays in memory for as long as one of its results does.
public final class OpenFile: Sendable {
  /// All results in it.
  public let results: [SavedResult]
  /// Bytes of memory that they take together.
  public let weight: Int

  /// The file that holds `results`.
  public init(_ results: [SavedResult]) {
    self.results = results
    // A file holds one study at most; its blocks share it.
    let study = results.lazy.compactMap { $0.comparison?.block?.study.weight }.first ?? 0
    weight = study + results.reduce(0) { $0 + ($1.comparison?.matrix.weight ?? 0) }
  }
}

extension Comparison {
  /// Bytes of memory that it takes alone, its study with it.
  var weight: Int { matrix.weight + (block?.study.weight ?? 0) }
}

extension Matrix {
  /// Bytes of the tiles of a matrix that is drawn from tiles: sum, minimum and maximum of 8 × 8.
  var tileWeight: Int { rows * columns / 64 * 3 * 8 }
}

extension State {
  /// Bytes of memory that results may take besides what is on the screen: 512 MB.
  static let mostKeptBytes = 512 << 20
  /// Results that are kept at hand, at most.
  static let keptResults = 16

  /// Keeps a result at hand, and lets go of those that were looked at longest ago until all fit.
  mutating func remember(_ result: Opened) {
    recent.removeAll { $0.id == result.id }
    recent.append(result)
    while recent.count > Self.keptResults || recent.count > 1 && keptWeight > keptBytes {
      recent.removeFirst()
    }
    if keptWeight > keptBytes { recent = [] }
  }

  /// Bytes of memory that are kept for the results at hand alone: each file once, and none that is
  /// on the screen anyway.
  var keptWeight: Int {
    var counted = Set(shownResults.compactMap { $0.file.map(ObjectIdentifier.init) })
    let shown = Set(shownResults.map(\.id))
    return recent.reduce(0) { sum, result in
      let isNew = result.file.map { counted.insert(ObjectIdentifier($0)).inserted } ?? false
      let own = shown.contains(result.id) ? 0 : result.ownWeight
      return sum + own + (isNew ? result.file?.weight ?? 0 : 0)
    }
  }
}
