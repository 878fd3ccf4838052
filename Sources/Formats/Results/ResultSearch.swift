import Core
import Similarity

/// One search through a value.
struct ResultSearch {
  let builder: ComparisonBuilder
  private(set) var results: [Comparison] = []
  /// What was wrong with the first table that was none, below the top.
  private(set) var firstProblem: FormatError?
  private var keys: Set<String> = []
  /// Levels of dictionaries and lists between the top and a result, at most.
  static let deepest = 6
  /// A file may share one list a million times over; a search must end all the same.
  private var visitsLeft = 100_000
  /// Lists are copied, and results may share them: a small file must not grow without end.
  private var listCellsLeft = 100_000_000

  init(builder: ComparisonBuilder) { self.builder = builder }

  /// Keeps the first thing that was wrong, for the case that nothing else is found.
  mutating func note(_ problem: FormatError) { firstProblem = firstProblem ?? problem }

  mutating func countVisit() throws(FormatError) {
    visitsLeft -= 1
    guard visitsLeft > 0 else {
      throw FormatError(.tooLarge, "the file holds too many lists to search")
    }
  }
}

extension ResultSearch {
  /// Adds `scores` with what `entries` say of them.
  mutating func add(
    _ scores: Value, entries: [(key: Value, value: Value)], key: String, place: String,
    notes: [ResultNote] = [], isStrict: Bool = true
  ) throws(FormatError) {
    let path = key.isEmpty || place.contains("'\(key)'") ? place : "\(key), \(place)"
    for var result in try builder.comparisons(
      scores: scores, entries: entries, key: key, place: path, isStrict: isStrict)
    {
      guard results.count < Limits.resultsPerFile else {
        throw FormatError(.tooLarge, "the file holds more than \(Limits.resultsPerFile) results")
      }
      if result.dtype == "list" { listCellsLeft -= result.matrix.rows * result.matrix.columns }
      guard listCellsLeft >= 0 else {
        throw FormatError(.tooLarge, "the file's lists hold too many values")
      }
      result.warnings = notes.map(\.description) + result.warnings
      // Two keys may look alike once they are safe to show.
      let name = result.id.key
      var count = 1
      while !keys.insert(result.id.key).inserted {
        count += 1
        result.id.key = "\(name) (\(count))"
      }
      results.append(result)
    }
  }
}
