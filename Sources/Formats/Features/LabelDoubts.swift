import Core

/// What arrays of labels beside the activations say of the order of samples, and of their axis.
struct LabelDoubts {
  private let plan: FeaturePlan
  private let arrays: [LocatedArray]
  private let isShuffled: Bool

  /// - Parameter isShuffled: minibatches are cut from a permutation of the samples.
  init(_ plan: FeaturePlan, arrays: [LocatedArray], isShuffled: Bool) {
    (self.plan, self.arrays, self.isShuffled) = (plan, arrays, isShuffled)
  }

  /// The doubts that `labels`, and the samples' IDs, give rise to: at most one of a kind.
  func doubts(
    labels: [LocatedLabels], ids: [String], store: FeatureStore
  ) -> [FeatureWarning] {
    let samples = plan.sampleCounts.reduce(0, +)
    var doubts: [FeatureWarning] = []
    if let doubt = labels.lazy.compactMap({ elsewhere($0, samples: samples) }).first {
      doubts.append(doubt)
    }
    // One minibatch of all samples has no order.
    guard plan.sampleCounts.count > 1, !isShuffled else { return doubts }
    for parts in Self.grouped(labels) {
      // Labels that cannot be read are no reason not to compute.
      let texts = parts.flatMap { (try? store.ids(of: $0.entry, file: $0.file)) ?? [] }
      guard texts.count == samples,
        let figures = LabelRuns.figures(texts)
          ?? LabelRuns.classes(of: texts).flatMap(LabelRuns.figures)
      else { continue }
      return doubts + [sorted(by: parts[0].name, figures)]
    }
    if let classes = LabelRuns.classes(of: ids), !ids.isEmpty,
      let figures = LabelRuns.figures(classes)
    {
      doubts.append(sorted(by: "ids", figures))
    }
    return doubts
  }

  /// Labels of one name, minibatch after minibatch.
  private static func grouped(_ labels: [LocatedLabels]) -> [[LocatedLabels]] {
    let groups = Dictionary(grouping: labels, by: \.name)
    return groups.keys.sorted().compactMap { name in
      groups[name]?.sorted { $0.order.lexicographicallyPrecedes($1.order) }
    }
  }

  private func sorted(by name: String, _ figures: LabelRuns.Figures) -> FeatureWarning {
    .sortedSamples(
      labels: name, share: figures.share, expected: figures.expected,
      minibatches: plan.sampleCounts.count)
  }

  /// Labels as many as another axis is long.
  private func elsewhere(_ labels: LocatedLabels, samples: Int) -> FeatureWarning? {
    guard let count = labels.count, count != samples,
      arrays.allSatisfy({ !$0.isSaid && $0.batch == nil && $0.order.isEmpty }),
      let axis = arrays[0].shape.firstIndex(of: count),
      arrays.allSatisfy({ $0.shape.indices.contains(axis) && $0.shape[axis] == count })
    else { return nil }
    return .labelsElsewhere(
      labels: labels.name, count: count, axis: axis + 1, samples: samples)
  }
}

/// The sentences of a file that has an array for each: a JSON object from sentence to number.
enum SentenceIndex {
  /// The sentences in the order of their numbers; a place that no sentence names is called by its
  /// number.
  static func sentences(_ texts: [String]) throws(FormatError) -> [String] {
    guard let text = texts.first else { return [] }
    let region = Array(text.utf8).withUnsafeBytes { ByteRegion(copying: $0) }
    guard case .dictionary(let members) = try JSONReader.read(region: region).value else {
      return []
    }
    var sentences: [Int: String] = [:]
    for member in members {
      guard let sentence = member.key.text, let number = member.value.text.flatMap({ Int($0) }),
        (0..<Limits.featureArrays).contains(number)
      else { continue }
      sentences[number] = sentence
    }
    let count = (sentences.keys.max() ?? -1) + 1
    return (0..<count).map { sentences[$0] ?? "#\($0)" }
  }
}
