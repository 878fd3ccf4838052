import Core

/// Where an array stands in a list of arrays, or in a list in a list.
struct ListPlace: Sendable, Equatable {
  /// What holds the arrays.
  enum Kind: Sendable, Equatable {
    case list, tuple
    /// A list of dictionaries that hold the same names, as a loop over batches collects them.
    case dictionaries
  }

  /// A place in one list.
  struct Step: Sendable, Equatable {
    var index: Int
    var kind: Kind
  }

  /// From the outermost list inwards, at least one.
  var steps: [Step]
}

/// The arrays of one list, or of a list of lists, under one name.
struct ListGroup {
  /// One of the arrays.
  struct Member {
    var entry: Int
    var place: [Int]
    var shape: [Int]
  }

  /// What the list's places are, from the outermost list inwards.
  struct Reading: Equatable {
    var meanings: [FeatureWarning.ListMeaning]
    /// What the axes of the arrays are, where it was said.
    var axes: [FeatureAxis]?
    /// Nothing else fits the shapes, or it was said.
    var isSure: Bool
    /// It was said.
    var isSaid = false
  }

  var name: String
  var kinds: [ListPlace.Kind]
  /// It holds labels or masks, and no layers.
  var isOfIntegers: Bool
  var members: [Member]

  /// How long the lists are, from the outermost one inwards.
  var lengths: [Int] { kinds.indices.map { level in Set(members.map { $0.place[level] }).count } }

  /// Reads the list.
  /// - Parameters:
  ///   - axes: what the user said.
  ///   - counts: lengths of first axes of arrays beside the list, which have all samples.
  ///   - isOneOfMany: other lists beside it have as many arrays.
  func reading(
    axes: FeatureAxes?, counts: Set<Int>, isOneOfMany: Bool
  ) throws(FormatError) -> Reading {
    let levels = kinds.count
    let rank = members[0].shape.count
    var said: [FeatureAxis]?
    if let rule = try axes?.rule(for: [name], rank: rank, levels: levels) {
      guard rule.axes.count == rank + levels else {
        said = rule.axes
        return Reading(guess(counts, isOneOfMany), axes: said)
      }
      let meanings = rule.axes.prefix(levels).compactMap {
        FeatureWarning.ListMeaning(rawValue: $0.rawValue)
      }
      guard meanings.count == levels else {
        throw FormatError(
          .request,
          "--axes says that the places of the list '\(SafeText.sanitise(name))' are "
            + "\(rule.axes[0].rawValue)",
          remedy: "they can be layers, batches or samples")
      }
      said = Array(rule.axes.dropFirst(levels))
      return Reading(meanings: meanings, axes: said, isSure: true, isSaid: true)
    }
    return Reading(guess(counts, isOneOfMany), axes: nil)
  }

  private typealias Guess = (meanings: [FeatureWarning.ListMeaning], isSure: Bool)

  private func guess(_ counts: Set<Int>, _ isOneOfMany: Bool) -> Guess {
    kinds.count == 1 ? guessOne(counts, isOneOfMany) : guessTwo(counts)
  }

  /// A list of arrays: layers, batches or samples.
  private func guessOne(_ counts: Set<Int>, _ isOneOfMany: Bool) -> Guess {
    if kinds[0] == .dictionaries { return ([.batches], true) }
    let shapes = members.map(\.shape)
    let (first, count) = (shapes[0], shapes.count)
    guard shapes.allSatisfy({ $0.count == first.count }) else { return ([.layers], true) }
    if count == 1 { return ([isNamedAsLayers || kinds[0] == .tuple ? .layers : .batches], true) }
    let (heads, tails) = (Set(shapes.map(\.first)), Set(shapes.map { $0.dropFirst() }))
    if counts.contains(count), first.count < 3, heads.count > 1 || first.count == 1 {
      return ([.samples], true)
    }
    guard tails.count == 1 else {
      // Batches that were padded to their own longest sentence, or layers of different widths.
      let differInTokens = first.count == 3 && Set(shapes.map(\.last)).count == 1
      return differInTokens ? ([.batches], true) : ([.layers], true)
    }
    guard heads.count == 1 else {
      // Full batches and a shorter last one; other lengths may as well be sentences.
      let full = Set(shapes.dropLast().map(\.first))
      let isUsual = full.count == 1 && shapes[count - 1][0] < first[0]
      return ([.batches], isUsual || first.count > 2)
    }
    return guessAlike(first, count, counts, isOneOfMany)
  }

  /// A list of arrays of one shape.
  private func guessAlike(
    _ shape: [Int], _ count: Int, _ counts: Set<Int>, _ isOneOfMany: Bool
  ) -> Guess {
    guard let head = shape.first else { return ([.samples], false) }
    let (areLayers, areBatches) = (counts.contains(head), counts.contains(head * count))
    if areLayers != areBatches { return ([areLayers ? .layers : .batches], true) }
    if isNamedAsLayers || kinds[0] == .tuple { return ([.layers], true) }
    if shape.count == 1 { return ([.samples], false) }
    return ([isOneOfMany ? .batches : .layers], false)
  }

  /// A list of lists: one level is batches, the other one layers, or both are layers, as the keys
  /// and values of each layer are.
  private func guessTwo(_ counts: Set<Int>) -> Guess {
    if kinds[0] == .dictionaries { return ([.batches, .layers], true) }
    let lengths = Set(members.map(\.shape.first))
    let isWhole = lengths.count == 1 && counts.contains(members[0].shape.first ?? 0)
    if isWhole || name.hasSuffix("past_key_values") { return ([.layers, .layers], true) }
    let heads = { (level: Int) -> Bool in
      let groups = Dictionary(grouping: members) { $0.place[1 - level] }
      return groups.values.contains { Set($0.map(\.shape.first)).count > 1 }
    }
    if heads(0) != heads(1) {
      return (heads(0) ? [.batches, .layers] : [.layers, .batches], true)
    }
    switch (kinds[0], kinds[1]) {
    case (.list, .tuple): return ([.batches, .layers], true)
    case (.tuple, .list): return ([.layers, .batches], true)
    default: return ([.batches, .layers], false)
    }
  }

  /// Names under which libraries give an output of each layer.
  private var isNamedAsLayers: Bool {
    let last = name.split(separator: "/").last ?? ""
    return last.hasSuffix("hidden_states") || last.hasSuffix("attentions") || last == "layers"
  }
}

extension ListGroup.Reading {
  fileprivate init(
    _ guess: (meanings: [FeatureWarning.ListMeaning], isSure: Bool), axes: [FeatureAxis]?
  ) {
    self.init(meanings: guess.meanings, axes: axes, isSure: guess.isSure)
  }
}
