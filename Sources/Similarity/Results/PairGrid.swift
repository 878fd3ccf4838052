import Core

/// The results of a folder as a grid of model pairs, and the ways from one to another.
///
/// Adding one entry takes O(log n) comparisons, so a folder may be read while the grid is in use.
public struct PairGrid: Sendable {
  /// The models that occur on either side, in natural order: Teacher-4 before Teacher-10.
  public private(set) var models: [ModelKey] = []
  /// All results: folder by folder, and model by model within it.
  public private(set) var order: [ResultID] = []
  private var entriesByID: [ResultID: PairEntry] = [:]
  private var idsByPair: [Pair: [ResultID]] = [:]
  private var partnersByModel: [ModelKey: Set<ModelKey>] = [:]

  private struct Pair: Hashable {
    var rows, columns: ModelKey
  }

  /// A grid of `entries`; of several with the same ID the last counts.
  public init(_ entries: [PairEntry] = []) {
    for entry in entries { add(entry) }
  }

  /// Number of results.
  public var count: Int { order.count }

  /// The entry of a result.
  public subscript(id: ResultID) -> PairEntry? { entriesByID[id] }

  /// Adds an entry, or replaces the one that has its ID.
  public mutating func add(_ entry: PairEntry) {
    if entriesByID[entry.id] != nil { remove(entry.id) }
    entriesByID[entry.id] = entry
    order.insert(entry.id, at: position(of: entry, in: order))
    let pair = Pair(rows: entry.rows, columns: entry.columns)
    var ids = idsByPair.removeValue(forKey: pair) ?? []
    ids.insert(entry.id, at: position(of: entry, in: ids))
    idsByPair[pair] = ids
    link(entry.rows, to: entry.columns)
    link(entry.columns, to: entry.rows)
  }

  /// Takes a result out; one that is not there changes nothing.
  public mutating func remove(_ id: ResultID) {
    guard let entry = entriesByID[id] else { return }
    order.remove(at: position(of: entry, in: order))
    let pair = Pair(rows: entry.rows, columns: entry.columns)
    idsByPair[pair]?.removeAll { $0 == id }
    entriesByID[id] = nil
    guard idsByPair[pair]?.isEmpty ?? true else { return }
    idsByPair[pair] = nil
    guard idsByPair[Pair(rows: pair.columns, columns: pair.rows)] == nil else { return }
    unlink(entry.rows, from: entry.columns)
    unlink(entry.columns, from: entry.rows)
  }

  /// The results of one pair, ordered as `order`; of one kind, or of both when `kind` is nil.
  public func entries(
    rows: ModelKey, columns: ModelKey, kind: Comparison.Kind? = nil
  ) -> [ResultID] {
    let ids = idsByPair[Pair(rows: rows, columns: columns)] ?? []
    return ids.filter { kind == nil || entriesByID[$0]?.kind == kind }
  }

  /// The models that `model` is compared with, on either side, in natural order.
  public func partners(of model: ModelKey) -> [ModelKey] {
    (partnersByModel[model] ?? []).sorted()
  }

  /// The result with models A and B exchanged: of the same kind and folder where there is one. A
  /// model against itself is its own; nil when nobody computed it.
  public func swapped(_ id: ResultID) -> ResultID? {
    guard let entry = entriesByID[id] else { return nil }
    if entry.rows == entry.columns { return id }
    return best(entries(rows: entry.columns, columns: entry.rows), near: entry)
  }

  /// The result to show when another A (`rows`) or B (`columns`), or both, are picked while `near`
  /// is shown: of the same kind, with the same other side, from the same folder, in this order of
  /// preference. Nil when no result has the picked models on these sides.
  public func choose(rows: ModelKey?, columns: ModelKey?, near: ResultID) -> ResultID? {
    guard let current = entriesByID[near] else { return nil }
    let candidates = order.filter { id in
      guard let entry = entriesByID[id] else { return false }
      return (rows ?? entry.rows) == entry.rows && (columns ?? entry.columns) == entry.columns
    }
    return best(candidates, near: current)
  }

  /// The candidate most like `current`; the first of equals.
  private func best(_ candidates: [ResultID], near current: PairEntry) -> ResultID? {
    func likeness(_ id: ResultID) -> Int {
      guard let entry = entriesByID[id] else { return -1 }
      let sides = (entry.rows == current.rows ? 1 : 0) + (entry.columns == current.columns ? 1 : 0)
      return (entry.kind == current.kind ? 8 : 0) + 2 * sides
        + (entry.folder == current.folder ? 1 : 0)
    }
    return candidates.max { likeness($0) < likeness($1) }
  }

  /// Where `entry` stands in `ids`, which are ordered as `order`, or would be put in.
  private func position(of entry: PairEntry, in ids: [ResultID]) -> Int {
    ids.partitionIndex { id in
      entriesByID[id].map { PairEntry.precedes($0, entry) } ?? false
    }
  }

  private mutating func link(_ model: ModelKey, to partner: ModelKey) {
    if partnersByModel[model] == nil { models.insert(model, at: modelPosition(model)) }
    partnersByModel[model, default: []].insert(partner)
  }

  private mutating func unlink(_ model: ModelKey, from partner: ModelKey) {
    partnersByModel[model]?.remove(partner)
    guard let partners = partnersByModel[model], partners.isEmpty else { return }
    partnersByModel[model] = nil
    models.remove(at: modelPosition(model))
  }

  private func modelPosition(_ model: ModelKey) -> Int {
    models.partitionIndex { $0 < model }
  }
}

extension Array {
  /// The number of leading elements for which `precedes` holds, given that it holds for no later
  /// one; O(log count).
  fileprivate func partitionIndex(where precedes: (Element) -> Bool) -> Int {
    var range = 0..<count
    while !range.isEmpty {
      let middle = (range.lowerBound + range.upperBound) / 2
      if precedes(self[middle]) {
        range = middle + 1..<range.upperBound
      } else {
        range = range.lowerBound..<middle
      }
    }
    return range.lowerBound
  }
}
