import Core

// Which warnings a study's figures call for.

extension Study {
  /// Whether intervals rest on fewer minibatches than is good for them.
  public var intervalsAreRough: Bool {
    intervalMinibatches.count > 1 && effectiveMinibatches.rounded() < StudyWarning.fewestMinibatches
  }

  /// What is to be known of one layer.
  public func warnings(layer: Int) -> [StudyWarning] {
    guard isLive(layer) else { return [] }
    return [
      minibatchShare(of: layer), sampleShare(of: layer), oneDirection(in: layer),
    ].compactMap(\.self)
  }

  /// What is to be known of the block of two models, each layer once.
  public func warnings(rowModel: Int, columnModel: Int) -> [StudyWarning] {
    let models = rowModel == columnModel ? [rowModel] : [rowModel, columnModel]
    let ofLayers = models.flatMap { layers(of: $0) }.flatMap { warnings(layer: $0) }
    let biased = worstBias(rows: layers(of: rowModel), columns: layers(of: columnModel))
    return ofLayers + [biased].compactMap(\.self) + ofMinibatches
  }

  /// What is to be known of the study as a whole, and of every layer.
  public var warnings: [StudyWarning] {
    (0..<layerCount).flatMap { warnings(layer: $0) }
      + [worstBias(rows: 0..<layerCount, columns: 0..<layerCount)].compactMap(\.self)
      + ofMinibatches
  }

  /// What is to be known of the minibatches, whatever the layers.
  private var ofMinibatches: [StudyWarning] {
    let samples = minibatches.filter { $0.skipped == nil }.map(\.samples)
    var warnings: [StudyWarning] = []
    if options.weighting == .equal, let least = samples.min(), let most = samples.max(),
      2 * least < most
    {
      warnings.append(.equalWeights(fewest: least, most: most))
    }
    return warnings
      + (intervalsAreRough ? [.roughIntervals(minibatches: effectiveMinibatches)] : [])
  }

  /// What the study's warnings cannot tell, in one line; nil when they tell all. No warning is no
  /// praise then.
  public var unknownFigures: String? {
    guard let figures else {
      return countedMinibatches == 0
        ? nil
        : "what one minibatch, sample or direction makes up is not known: an earlier version began it"
    }
    if figures.layers.contains(where: { $0.squares.isNaN }) {
      return "what one sample or direction makes up is not known: kernels were formed in tiles"
    }
    return figures.layers.contains { $0.samplePeak.isNaN }
      ? "what one sample makes up is not known: HSIC came from products of features" : nil
  }

  /// What is to be known of one cell.
  public func warnings(_ i: Int, _ j: Int) -> [StudyWarning] {
    guard isLive(i), isLive(j) else { return [] }
    let ofLayers = (i == j ? [i] : [i, j]).flatMap { warnings(layer: $0) }
    return ofLayers + [bias(i, j)].compactMap(\.self)
  }

  /// The unbiased CKA of two layers beside that of a biased study; nil in an unbiased study, and
  /// where it is not known or does not exist.
  public func unbiasedCKA(_ i: Int, _ j: Int) -> Double? {
    guard let unbiased = figures?.unbiased, !unbiased.isEmpty, isLive(i), isLive(j) else {
      return nil
    }
    let value = ratio(
      unbiased[triangle.index(i, j)], unbiased[triangle.index(i, i)],
      unbiased[triangle.index(j, j)])
    return value.isNaN ? nil : i == j ? 1 : value
  }
}

extension StudyBlock {
  /// What is to be known of a cell.
  public func warnings(row: Int, column: Int) -> [StudyWarning] {
    study.warnings(
      study.layers(of: rowModel).lowerBound + row,
      study.layers(of: columnModel).lowerBound + column)
  }

  /// The unbiased CKA of every cell of a biased study, rows × columns; nil otherwise.
  public func unbiasedMatrix() -> Matrix? {
    guard study.figures?.unbiased.isEmpty == false else { return nil }
    let (rows, columns) = (study.layers(of: rowModel), study.layers(of: columnModel))
    let values = rows.flatMap { i in columns.map { study.unbiasedCKA(i, $0) ?? .nan } }
    return Matrix(rows: rows.count, columns: columns.count, values: values)
  }
}

// MARK: Each in turn

extension Study {
  private func minibatchShare(of layer: Int) -> StudyWarning? {
    guard let figures = figures?.layers[layer], countedMinibatches > 1 else { return nil }
    guard let place = position(ofMinibatch: figures.minibatch) else { return nil }
    let share = figures.minibatchPeak / sums[triangle.index(layer, layer)]
    let samples = minibatches[place].samples
    let weight = options.weighting.weight(samples: samples) / countedWeight
    guard share > StudyWarning.largeShare, share > StudyWarning.timesWeight * weight else {
      return nil
    }
    return .minibatchShare(
      layer: qualifiedName(of: layer), minibatch: figures.minibatch, share: share, weight: weight)
  }

  private func sampleShare(of layer: Int) -> StudyWarning? {
    guard let figures = figures?.layers[layer] else { return nil }
    guard let place = position(ofMinibatch: figures.sampleMinibatch) else { return nil }
    let share = figures.samplePeak / sums[triangle.index(layer, layer)]
    let samples = minibatches[place].samples
    let weight = options.weighting.weight(samples: samples) / countedWeight
    let even = 2 / Double(max(1, samples)) * weight
    guard share > StudyWarning.largeShare, share > StudyWarning.timesEvenSample * even else {
      return nil
    }
    return .sampleShare(
      layer: qualifiedName(of: layer), minibatch: figures.sampleMinibatch, sample: figures.sample,
      share: share)
  }

  private func oneDirection(in layer: Int) -> StudyWarning? {
    guard let figures = figures?.layers[layer] else { return nil }
    let participation = figures.participation
    // A layer of one feature has one direction, and nobody is deceived.
    guard participation < StudyWarning.fewDirections, features(of: layer) != 1 else { return nil }
    return .oneDirection(layer: qualifiedName(of: layer), participation: participation)
  }

  private func bias(_ i: Int, _ j: Int) -> StudyWarning? {
    guard i != j, let unbiased = unbiasedCKA(i, j) else { return nil }
    let biased = cka(i, j)
    let samples = minibatches.reduce(0) { $1.skipped == nil ? max($0, $1.samples) : $0 }
    let features = [i, j].compactMap(features).max()
    guard abs(biased - unbiased) > StudyWarning.largeBias || (features ?? 0) > samples else {
      return nil
    }
    return .biased(
      cell: "\(qualifiedName(of: i)) × \(qualifiedName(of: j))", biased: biased,
      unbiased: unbiased, samples: samples, features: features)
  }

  private func worstBias(rows: Range<Int>, columns: Range<Int>) -> StudyWarning? {
    guard figures?.unbiased.isEmpty == false else { return nil }
    let cells = rows.flatMap { i in columns.map { (i, $0) } }
    func distance(_ cell: (Int, Int)) -> Double {
      unbiasedCKA(cell.0, cell.1).map { abs(cka(cell.0, cell.1) - $0) } ?? -1
    }
    let told = cells.filter { bias($0.0, $0.1) != nil }
    return told.max { distance($0) < distance($1) }.flatMap { bias($0.0, $0.1) }
  }

  /// Features of a layer, as far as its shape tells; pooling may have left fewer.
  private func features(of layer: Int) -> Int? {
    let (model, index) = position(of: layer)
    let shape = models[model].layers[index].shape
    guard !shape.isEmpty else { return nil }
    let product = shape.reduce(1.0) { $0 * Double($1) }
    return product < 1e15 ? Int(product) : nil
  }

  /// "conv1", or "ResNet18, conv1" where there are several models.
  private func qualifiedName(of layer: Int) -> String {
    let (model, index) = position(of: layer)
    let name = models[model].layers[index].name
    guard models.count > 1 else { return name.isEmpty ? "(root)" : name }
    return "\(models[model].name), \(name.isEmpty ? "(root)" : name)"
  }
}

extension StudyWarning {
  /// The warnings in lines: of many of one kind the first are told, the rest counted.
  public static func lines(_ warnings: [StudyWarning]) -> [String] {
    var (lines, counts): ([String], [Int: Int]) = ([], [:])
    for warning in warnings {
      counts[warning.kind, default: 0] += 1
      if counts[warning.kind, default: 0] <= mostOfAKind { lines.append(warning.description) }
    }
    for (kind, words) in kinds.enumerated() {
      let more = counts[kind, default: 0] - mostOfAKind
      guard more > 0 else { continue }
      lines.append("\(more) more \(more == 1 ? "layer hangs" : "layers hang") on \(words)")
    }
    return lines
  }

  private static let mostOfAKind = 4
  private static let kinds = ["one minibatch", "one sample", "one direction"]

  private var kind: Int {
    switch self {
    case .minibatchShare: 0
    case .sampleShare: 1
    case .oneDirection: 2
    case .biased: 3
    case .roughIntervals: 4
    case .equalWeights: 5
    }
  }
}
