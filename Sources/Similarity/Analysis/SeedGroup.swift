import Core

/// Results of the same architectures that differ in the seed alone.
public struct SeedGroup: Sendable {
  /// One result of it.
  public struct Member: Sendable {
    /// The seeds of model A and of model B; nil where a side is the same network in all results.
    public var rowSeed, columnSeed: String?
    /// The result.
    public var comparison: Comparison

    /// The seeds that it depends on.
    var seeds: Set<String> { Set([rowSeed, columnSeed].compactMap(\.self)) }
    /// Both sides have a seed, and not the same.
    var isMixed: Bool { seeds.count > 1 }
  }

  /// Which pairs of networks are averaged.
  public enum Pairs: Sendable, Equatable {
    /// A and B of the same seed, or one of them with seeds and the other always the same network:
    /// no two pairs share a seed, so they are independent.
    case sameSeed
    /// Networks of different seeds; each network is in several pairs, which are not independent.
    case differentSeeds
  }

  /// Models A and B without their seeds.
  public let rows, columns: ModelKey
  /// The path without its seed, where the path tells the seeds and the models' names do not; else
  /// empty.
  public let place: String
  /// Which pairs are averaged.
  public let pairs: Pairs
  /// The results that are averaged.
  public let members: [Member]
  /// Results of the group that are not averaged: networks with themselves, pairs of the other kind,
  /// a pair that is there twice.
  public let leftOut: Int

  /// The seeds of the members, in natural order.
  public var seeds: [String] {
    members.reduce(into: Set()) { $0.formUnion($1.seeds) }.sorted(by: naturalOrder)
  }

  /// "10 pairs of different seeds, seeds 0, 1, 2, 3, 4".
  public var pairsText: String {
    let count = members.count == 1 ? "1 pair" : "\(members.count) pairs"
    let kind = pairs == .sameSeed ? "the same seed" : "different seeds"
    return "\(count) of \(kind), seeds \(seeds.joined(separator: ", "))"
  }

  /// "cnn × wide", or with the place where that tells groups apart.
  public var title: String {
    let models = "\(rows.model) × \(columns.model)"
    return place.isEmpty ? models : "\(models) in \(place)"
  }
}

extension SeedGroup {
  /// The groups among `comparisons`, of one member or more, in the order of their first members;
  /// results that name no seed are in none.
  /// - Parameter pattern: how names tell seeds; nil to find them (`SeedName`).
  public static func all(_ comparisons: [Comparison], pattern: SeedPattern? = nil) -> [SeedGroup] {
    var (groups, keys): ([Key: [Member]], [Key]) = ([:], [])
    for comparison in comparisons where comparison.kind == .layers {
      guard let (key, member) = place(comparison, pattern) else { continue }
      if groups[key] == nil { keys.append(key) }
      groups[key, default: []].append(member)
    }
    return keys.compactMap { key in groups[key].map { SeedGroup(key, $0) } }
  }

  /// What the members of a group have in common.
  public struct Key: Sendable, Hashable {
    var rows, columns: ModelKey
    var place: String
  }

  private static func place(
    _ comparison: Comparison, _ pattern: SeedPattern?
  ) -> (key: Key, member: Member)? {
    place(
      rows: ModelKey(comparison.rows), columns: ModelKey(comparison.columns),
      path: comparison.id.path, pattern
    ).map { key, seeds in
      (key, Member(rowSeed: seeds.rows, columnSeed: seeds.columns, comparison: comparison))
    }
  }

  /// The group that a result of these models at `path` is in, and its seeds; nil where nothing names
  /// a seed.
  public static func place(
    rows: ModelKey, columns: ModelKey, path: String, _ pattern: SeedPattern? = nil
  ) -> (key: Key, seeds: (rows: String?, columns: String?))? {
    let read = { (text: String) in pattern.map { $0.parts(of: text) } ?? SeedName(text) }
    let names = (read(rows.model), read(columns.model))
    if names.0 != nil || names.1 != nil {
      let key = Key(
        rows: ModelKey(model: names.0?.base ?? rows.model, dataset: rows.dataset),
        columns: ModelKey(model: names.1?.base ?? columns.model, dataset: columns.dataset),
        place: "")
      return (key, (names.0?.seed, names.1?.seed))
    }
    // One network's name may be the same in all files, and the file's own tells the seed.
    guard let name = read(path.withoutEnding) else { return nil }
    let key = Key(rows: rows, columns: columns, place: SafeText.sanitise(name.base))
    return (key, (name.seed, name.seed))
  }

  private init(_ key: Key, _ found: [Member]) {
    (rows, columns, place) = (key.rows, key.columns, key.place)
    let isOneArchitecture = key.rows == key.columns && key.place.isEmpty
    let same = isOneArchitecture ? [] : found.filter { !$0.isMixed }
    pairs =
      same.count > 1 || found.allSatisfy { !$0.isMixed } && !isOneArchitecture
      ? .sameSeed : .differentSeeds
    var seen: Set<[String?]> = []
    members = (pairs == .sameSeed ? same : found.filter(\.isMixed)).filter { member in
      let seeds = [member.rowSeed, member.columnSeed]
      // A with B is B with A where both are of one architecture.
      let pair = isOneArchitecture ? seeds.sorted { ($0 ?? "") < ($1 ?? "") } : seeds
      return seen.insert(pair).inserted
    }
    leftOut = found.count - members.count
  }
}

extension String {
  /// A path without the ending of its last part: `runs/a.seed0.cka.safetensors` is
  /// `runs/a.seed0`.
  fileprivate var withoutEnding: String {
    guard let dot = lastIndex(of: "."), !self[dot...].contains("/") else { return self }
    let bare = String(self[..<dot])
    return bare.hasSuffix(".cka") ? String(bare.dropLast(4)) : bare
  }
}
