import Core
import Similarity

/// What the statistics of a bundle say of a study that is not finished, or of a part of one: which
/// minibatches of the whole it has seen, and how its sums were added.
struct ProgressText {
  /// A minibatch that is set aside, but for its numbers.
  struct Aside {
    /// Its number in the whole.
    var number: Int
    var faults: [Int: LayerProblem]
    var flat: [Int: Flatness]
    var units: [Int: Int]
  }

  var shard: Shard?
  var seen: [Range<Int>]
  var blocks: [SumTree.Block]
  /// Which of them have a row in `study.nodes`; the others have no counted minibatch.
  var filled: [Bool]
  var flatSince: [Int: Int]
  var pending: [Aside]

  /// What `progress` says.
  init(_ progress: StudyProgress) {
    (shard, seen, blocks) = (progress.shard, progress.seen, progress.tree.blocks)
    filled = progress.tree.values.map { !$0.isEmpty }
    flatSince = progress.flatSince
    pending = progress.pending.map {
      Aside(number: $0.number, faults: $0.faults, flat: $0.flat, units: $0.units)
    }
  }
}

// MARK: Numbers and places

extension ProgressText {
  /// The number in the whole of the minibatch at `place` in the list of those seen.
  private func number(at place: Int) -> Int {
    var left = place
    for range in seen {
      if left < range.count { return range.lowerBound + left }
      left -= range.count
    }
    return place
  }

  /// `fault` with its minibatch's number instead of its place.
  func numbered(_ fault: LayerFault) -> LayerFault {
    LayerFault(minibatch: number(at: fault.minibatch), reason: fault.reason)
  }

  /// The same of a layer's figures.
  func numbered(_ layer: StudyFigures.Layer) -> StudyFigures.Layer {
    var layer = layer
    layer.minibatch = number(at: layer.minibatch)
    layer.sampleMinibatch = number(at: layer.sampleMinibatch)
    return layer
  }
}

// MARK: Writing

extension ProgressText {
  /// Fields of the statistics.
  var fields: [(key: String, value: String)] {
    func list(_ texts: some Sequence<String>) -> String { "[\(texts.joined(separator: ", "))]" }
    func pair(_ first: Int, _ second: Int) -> String { "[\(first), \(second)]" }
    var fields = [(key: "addition", value: "\"tree\"")]
    if let shard {
      fields.append(
        (
          "shard",
          JSONText.object([
            ("first", "\(shard.range.lowerBound)"), ("end", "\(shard.range.upperBound)"),
            ("total", "\(shard.total)"),
          ])
        ))
    }
    fields.append(("ranges", list(seen.map { pair($0.lowerBound, $0.upperBound) })))
    fields.append(
      ("nodes", list(zip(blocks, filled).filter(\.1).map { pair($0.0.level, $0.0.index) })))
    fields.append(
      (
        "empty_nodes",
        list(zip(blocks, filled).filter { !$0.1 }.map { pair($0.0.level, $0.0.index) })
      ))
    if !flatSince.isEmpty {
      fields.append(
        ("flat_since", list(flatSince.sorted { $0.key < $1.key }.map { pair($0.key, $0.value) })))
    }
    if !pending.isEmpty { fields.append(("pending", list(pending.map(Self.json)))) }
    return fields
  }

  private static func json(_ aside: Aside) -> String {
    func list(_ texts: [String]) -> String { "[\(texts.joined(separator: ", "))]" }
    let faults = aside.faults.sorted { $0.key < $1.key }.map {
      BundleReasons.fault(LayerFault(minibatch: 0, reason: $1), layer: $0)
    }
    let flat = aside.flat.sorted { $0.key < $1.key }.map { BundleReasons.flat($1, layer: $0) }
    let units = aside.units.sorted { $0.key < $1.key }.map { "[\($0.key), \($0.value)]" }
    return JSONText.object([
      ("minibatch", "\(aside.number)"), ("faults", list(faults)), ("flat", list(flat)),
      ("units", list(units)),
    ])
  }
}

// MARK: Reading

extension ProgressText {
  private typealias Fields = [(key: Value, value: Value)]
  private static let place = "metadata 'study', statistics"

  /// What `fields` say; nil where they say nothing, as in finished studies and in those of earlier
  /// versions.
  init?(_ fields: [(key: Value, value: Value)], minibatches: Int) throws(FormatError) {
    guard let addition = fields["addition"] else { return nil }
    guard addition.safeText == "tree" else {
      throw FormatError(
        .tooNew, "the addition is none that this cka knows", at: Self.place, remedy: "update cka")
    }
    if let value = fields["shard"] {
      guard let shard = value.fields, let first = shard["first"]?.integer,
        let end = shard["end"]?.integer, let total = shard["total"]?.integer,
        first >= 0, first <= end, end <= total, total <= 1 << 30
      else { throw FormatError(.damaged, "the shard is no range of minibatches", at: Self.place) }
      self.shard = Shard(range: first..<end, total: total)
    }
    seen = try Self.pairs("ranges", in: fields).map { pair throws(FormatError) in
      guard pair.0 >= 0, pair.0 <= pair.1, pair.1 <= 1 << 30 else {
        throw FormatError(.damaged, "a range of minibatches is none", at: Self.place)
      }
      return pair.0..<pair.1
    }
    flatSince = [:]
    for (layer, minibatch) in try Self.pairs("flat_since", in: fields, optional: true) {
      flatSince[layer] = minibatch
    }
    (blocks, filled) = try Self.blocks(fields)
    pending = []
    for entry in fields["pending"]?.list ?? [] {
      guard let entry = entry.fields, let aside = try Self.aside(entry) else {
        throw FormatError(.damaged, "a minibatch that is set aside is none", at: Self.place)
      }
      pending.append(aside)
    }
  }

  /// The blocks in order, and which have numbers.
  private static func blocks(
    _ fields: Fields
  ) throws(FormatError) -> (blocks: [SumTree.Block], filled: [Bool]) {
    var blocks: [(range: Range<Int>, block: SumTree.Block, isFilled: Bool)] = []
    for (key, isFilled) in [("nodes", true), ("empty_nodes", false)] {
      for (level, index) in try pairs(key, in: fields) {
        let block = SumTree.Block(level: level, index: index)
        guard let range = block.range else {
          throw FormatError(.damaged, "a node is no block of minibatches", at: place)
        }
        blocks.append((range, block, isFilled))
      }
    }
    let inOrder = zip(blocks, blocks.dropFirst()).allSatisfy {
      $0.isFilled != $1.isFilled || $0.range.upperBound <= $1.range.lowerBound
    }
    blocks.sort { $0.range.lowerBound < $1.range.lowerBound }
    guard inOrder,
      zip(blocks, blocks.dropFirst()).allSatisfy({ $0.range.upperBound <= $1.range.lowerBound })
    else { throw FormatError(.damaged, "nodes are not in order, or overlap", at: place) }
    return (blocks.map(\.block), blocks.map(\.isFilled))
  }

  private static func aside(_ entry: Fields) throws(FormatError) -> Aside? {
    guard let number = entry["minibatch"]?.integer, number >= 0 else { return nil }
    var aside = Aside(number: number, faults: [:], flat: [:], units: [:])
    for fault in entry["faults"]?.list ?? [] {
      guard let fields = fault.fields, let layer = fields["layer"]?.integer,
        let problem = BundleReasons.problem(fields)
      else { return nil }
      aside.faults[layer] = problem
    }
    for flat in entry["flat"]?.list ?? [] {
      guard let fields = flat.fields, let layer = fields["layer"]?.integer else { return nil }
      aside.flat[layer] =
        fields["code"]?.safeText.flatMap(Flatness.init(rawValue:)) ?? .unknown
    }
    for (layer, unit) in try pairs("units", in: entry) { aside.units[layer] = unit }
    guard aside.units.values.allSatisfy({ abs($0) <= 1 << 12 }) else { return nil }
    return aside
  }

  private static func pairs(
    _ key: String, in fields: Fields, optional: Bool = false
  ) throws(FormatError) -> [(Int, Int)] {
    if optional, fields[key] == nil { return [] }
    // A list of equal lists of numbers is read as a matrix.
    let rows: [[Int]]? =
      switch fields[key] {
      case .array(let array) where array.shape.count == 2 && array.shape[1] == 2:
        (0..<array.shape[0]).map { row in
          array.slice(axis: 0, index: row).values().compactMap { Int(exactly: $0) }
        }
      case let value: value?.list?.map { $0.list?.compactMap(\.integer) ?? [] }
      }
    guard let rows, rows.allSatisfy({ $0.count == 2 }) else {
      throw FormatError(.damaged, "\(key) is not a list of pairs", at: place)
    }
    return rows.map { ($0[0], $0[1]) }
  }
}
