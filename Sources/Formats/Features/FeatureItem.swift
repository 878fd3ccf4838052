import Core

/// An array of a file, once lists and files of sentences are understood: what a layout is held
/// against.
struct FeatureItem {
  /// Its entry in the file.
  var entry: Int
  /// Its name; a place among the layers of a list is part of it: `hidden_states.3`. Empty where the
  /// file gives none.
  var name: String
  /// Its places among batches and samples of lists.
  var order: [Int] = []
  /// The whole array is the sample of this number.
  var sample: Int?
  /// What its axes are, where the user or the file says it.
  var axes: [FeatureAxis]?
  /// It was a layer's place in a list.
  var isOfList = false
  /// It is the array of a sentence: its name is a number, and no layer's.
  var isSentence = false
}

extension FeatureItem {
  /// The items of a file's `entries`.
  /// - Parameters:
  ///   - file: its name, for warnings.
  ///   - options: what the user says of axes and names.
  /// - Throws: when what the user says does not fit.
  static func items(
    of entries: [FeatureEntry], file: String, options: FeatureOptions
  ) throws(FormatError) -> (items: [FeatureItem], warnings: [FeatureWarning]) {
    if let found = sentences(entries, file: file, options: options) {
      return (found.items, [found.warning])
    }
    var items: [FeatureItem] = []
    var warnings: [FeatureWarning] = []
    let groups = ListGroup.groups(of: entries)
    let sizes = Dictionary(grouping: groups) { $0.members.count }.mapValues(\.count)
    let counts = Set(
      entries.lazy.filter { $0.list == nil }.compactMap { $0.numbers?.shape.first })
    var readings: [Int: FeatureItem] = [:]
    for group in groups {
      let reading = try group.reading(
        axes: options.axes, counts: counts, isOneOfMany: (sizes[group.members.count] ?? 0) > 1)
      for item in group.items(reading) { readings[item.entry] = item }
      guard !reading.isSaid, group.members.count > 1, let first = group.members.first,
        !group.isOfIntegers
      else { continue }
      let warning = FeatureWarning.list(
        name: SafeText.sanitise(group.name), lengths: group.lengths, shape: first.shape,
        meanings: reading.meanings, isSure: reading.isSure)
      if !warnings.contains(where: { $0.isSameReading(as: warning) }) { warnings.append(warning) }
    }
    for (index, entry) in entries.enumerated() {
      items.append(readings[index] ?? FeatureItem(entry: index, name: entry.placedName))
    }
    return (items, warnings)
  }
}

extension FeatureWarning {
  /// Both tell that lists of as many arrays are read in one way.
  fileprivate func isSameReading(as other: FeatureWarning) -> Bool {
    guard case .list(_, let lengths, _, let meanings, let isSure) = self,
      case .list(_, let others, _, let otherMeanings, let otherIsSure) = other
    else { return false }
    return lengths == others && meanings == otherMeanings && isSure == otherIsSure
  }
}

extension FeatureEntry {
  /// The name with the place in a list: `hidden_states.3`.
  fileprivate var placedName: String {
    let places = (list?.steps ?? []).map { String($0.index) }
    return (name.isEmpty ? places : [name] + places).joined(separator: ".")
  }
}

extension ListGroup {
  /// The lists of arrays among `entries`, in order.
  fileprivate static func groups(of entries: [FeatureEntry]) -> [ListGroup] {
    struct Key: Hashable {
      var name: String
      var levels: Int
    }
    var order: [Key] = []
    var groups: [Key: ListGroup] = [:]
    for (index, entry) in entries.enumerated() {
      guard let steps = entry.list?.steps, steps.count <= 2, let (type, shape) = entry.numbers,
        !shape.isEmpty
      else { continue }
      let key = Key(name: entry.name, levels: steps.count)
      if groups[key] == nil {
        order.append(key)
        groups[key] = ListGroup(
          name: entry.name, kinds: steps.map(\.kind), isOfIntegers: !type.isFloatingPoint,
          members: [])
      }
      groups[key]?.members.append(
        Member(entry: index, place: steps.map(\.index), shape: shape))
    }
    return order.compactMap { groups[$0] }
  }

  /// The arrays as `reading` has them.
  fileprivate func items(_ reading: Reading) -> [FeatureItem] {
    members.map { member in
      let places = zip(member.place, reading.meanings)
      let layer = places.filter { $0.1 == .layers }.map { String($0.0) }
      let hasSamples = reading.meanings.contains(.samples)
      let axes = reading.axes ?? (hasSamples ? Self.sampleAxes(member.shape.count) : nil)
      return FeatureItem(
        entry: member.entry, name: (name.isEmpty ? layer : [name] + layer).joined(separator: "."),
        order: places.filter { $0.1 == .batches }.map(\.0),
        sample: places.first { $0.1 == .samples }?.0, axes: axes,
        isOfList: true)
    }
  }

  /// The axes of an array that is one sample.
  private static func sampleAxes(_ rank: Int) -> [FeatureAxis] {
    Array(FeatureAxis.assumed(rank: rank + 1).dropFirst())
  }
}

// MARK: Sentences

extension FeatureItem {
  /// The dataset in which NeuroX and its kin keep the sentences beside their arrays.
  static let sentenceIndex = "sentence_to_index"

  /// The items of a file that holds an array for each sentence, layers × tokens × features or
  /// tokens × features, under the sentence's number; nil for any other file.
  fileprivate static func sentences(
    _ entries: [FeatureEntry], file: String, options: FeatureOptions
  ) -> (items: [FeatureItem], warning: FeatureWarning)? {
    guard options.layout == .automatic, options.axes == nil else { return nil }
    let hasIndex = entries.contains { $0.name == sentenceIndex }
    let arrays = entries.enumerated().compactMap { index, entry -> Sentence? in
      guard entry.list == nil, let (type, shape) = entry.numbers, type.isFloatingPoint,
        let number = Int(entry.name), number >= 0
      else { return nil }
      return Sentence(entry: index, number: number, shape: shape)
    }
    guard let first = arrays.first, arrays.count > 1 || hasIndex,
      arrays.count == entries.count(where: { $0.numbers?.type.isFloatingPoint == true }),
      arrays.allSatisfy({ $0.fits(first) })
    else { return nil }
    let isRagged = Set(arrays.map(\.tokens)).count > 1
    guard hasIndex || (isRagged && first.shape.count == 3) else { return nil }
    let axes: [FeatureAxis] =
      first.shape.count == 3 ? [.layers, .tokens, .features] : [.tokens, .features]
    var items = arrays.map {
      FeatureItem(entry: $0.entry, name: "", sample: $0.number, axes: axes, isSentence: true)
    }
    let known = Set(arrays.map(\.entry))
    items += entries.indices.filter { !known.contains($0) }.map {
      FeatureItem(entry: $0, name: entries[$0].name)
    }
    return (
      items,
      .sentences(
        file: file, count: arrays.count, layers: first.shape.count == 3 ? first.shape[0] : 1,
        isSure: hasIndex)
    )
  }

  private struct Sentence {
    var entry: Int
    var number: Int
    var shape: [Int]

    var tokens: Int { shape[shape.count - 2] }

    /// Whether both differ at most in their tokens.
    func fits(_ other: Sentence) -> Bool {
      guard (2...3).contains(shape.count), shape.count == other.shape.count,
        !shape.contains(0), shape.last == other.shape.last
      else { return false }
      return shape.count == 2 || shape[0] == other.shape[0]
    }
  }
}
