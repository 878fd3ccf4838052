import Glibc

extension StudyMerger {
  /// Everything that minibatches add to a study, of some of them.
  struct Sums: Sendable {
    private var isNew = true
    var tree = SumTree()
    var faults: [LayerFault?] = []
    private var flat: [Int: (reason: Flatness, minibatch: Int)] = [:]
    private var varied: [Int?] = []
    private var units: [Int] = []
    /// Those of the moments; kept HSICs have their own.
    private var scales: [Double] = []
    /// nil where they are not known of every minibatch.
    private var peaks: [StudyFigures.Layer]? = []
    private var kept: [KeptRow] = []
  }

  /// What was kept of a minibatch, and what it is scaled and measured by.
  private struct KeptRow: Sendable {
    var number: Int
    var values: [Float]
    var scales: [Double]
    var units: [Int]
  }
}

extension StudyMerger.Sums {
  /// Those of a study.
  init(_ part: Study) {
    tree = part.tree
    (faults, varied, units) = (part.faults, part.varied, part.units)
    scales = part.layout.hasMoments ? part.scales : []
    peaks = part.figures?.layers
    for (layer, reason) in part.flat { flat[layer] = (reason, part.flatSince[layer] ?? 0) }
    let counted = part.minibatches.indices.filter { part.minibatches[$0].skipped == nil }
    kept = zip(counted, part.kept).map {
      Row(
        number: part.number(at: $0), values: $1, scales: part.scales, units: part.units)
    }
  }

  private typealias Row = StudyMerger.KeptRow

  /// Those of one minibatch that was set aside and counts after all.
  init(_ minibatch: PendingMinibatch, samples: Int, of study: Study) {
    let (layers, hsic) = (0..<study.layerCount, minibatch.hsic)
    let own = layers.map { hsic[study.triangle.index($0, $0)] }
    let weight = study.options.weighting.weight(samples: samples)
    faults = layers.map { layer in
      minibatch.faults[layer].map { LayerFault(minibatch: minibatch.number, reason: $0) }
    }
    flat = minibatch.flat.mapValues { ($0, minibatch.number) }
    varied = own.map { $0 == 0 ? nil : minibatch.number }
    units = layers.map { minibatch.units[$0] ?? 0 }
    let near = own.map(Study.scale)
    scales = study.layout.hasMoments ? near : []
    var figures = StudyFigures(layers: study.layerCount, estimator: study.options.estimator)
    figures.notePeaks(
      minibatch.figures, hsic: hsic, weight: weight, minibatch: minibatch.number, study.triangle)
    peaks = figures.layers
    var leaf = [Double](repeating: 0, count: study.layout.count - minibatch.null.count)
    leaf += minibatch.null
    study.layout.fill(
      &leaf, hsic: hsic, weight: weight, figures: minibatch.figures, scales: near)
    tree.insert(SumTree.Block(level: 0, index: minibatch.number), leaf)
    guard case .upTo = study.options.keep else { return }
    var values: [Float] = []
    for i in layers {
      for j in i..<layers.upperBound {
        values.append(Float(hsic[values.count] * near[i] * near[j]))
      }
    }
    kept = [Row(number: minibatch.number, values: values, scales: near, units: units)]
  }
}

// MARK: Adding

extension StudyMerger.Sums {
  /// Adds those of other minibatches. What a layer is measured by is decided by the first minibatch
  /// in which it varies, wherever that is.
  /// - Throws: `MergeError.range` where that would lose digits.
  mutating func absorb(_ other: Self, of study: Study) throws(MergeError) {
    guard !isNew else {
      (self, isNew) = (other, false)
      trimKept(study)
      return
    }
    var other = other
    let none = [Int](repeating: 0, count: study.layerCount)
    var (ownUnits, ownScales, otherUnits, otherScales) = (none, none, none, none)
    for layer in none.indices {
      guard let theirs = other.varied[layer] else { continue }
      let unit = units[layer] - other.units[layer]
      let scale = scales.isEmpty ? 0 : Self.exponent(from: other.scales[layer], to: scales[layer])
      guard let ours = varied[layer], ours <= theirs else {
        if varied[layer] != nil { (ownUnits[layer], ownScales[layer]) = (unit, -scale) }
        (varied[layer], units[layer]) = (theirs, other.units[layer])
        if !scales.isEmpty { scales[layer] = other.scales[layer] }
        continue
      }
      (otherUnits[layer], otherScales[layer]) = (-unit, scale)
    }
    for layer in [shift(ownUnits, ownScales, study), other.shift(otherUnits, otherScales, study)] {
      if let layer { throw .range(layer: study.name(of: layer)) }
    }
    for (block, values) in zip(other.tree.blocks, other.tree.values) { tree.insert(block, values) }
    takeFindings(of: other)
    kept = (kept + other.kept).sorted { $0.number < $1.number }
    trimKept(study)
  }

  private mutating func takeFindings(of other: Self) {
    for layer in faults.indices {
      guard let fault = other.faults[layer] else { continue }
      if faults[layer].map({ fault.minibatch < $0.minibatch }) ?? true { faults[layer] = fault }
    }
    for (layer, found) in other.flat
    where flat[layer].map({ found.minibatch < $0.minibatch }) ?? true {
      flat[layer] = found
    }
    guard let theirs = other.peaks, peaks != nil else { return peaks = nil }
    for (layer, found) in theirs.enumerated() { peaks?[layer].takePeaks(of: found) }
  }

  private mutating func shift(_ units: [Int], _ scales: [Int], _ study: Study) -> Int? {
    var lossy: Int?
    if units.contains(where: { $0 != 0 }) || scales.contains(where: { $0 != 0 }) {
      tree.update { lossy = study.layout.shift(&$0, units: units, scales: scales) ?? lossy }
    }
    for (layer, unit) in units.enumerated() where unit != 0 { peaks?[layer].shiftPeaks(by: unit) }
    return lossy
  }

  /// log₂ of what turns the power of two `first` into `second`.
  private static func exponent(from first: Double, to second: Double) -> Int {
    first > 0 && second > 0 ? Int(second.exponent) - Int(first.exponent) : 0
  }

  /// Forgets what one run would not have kept.
  private mutating func trimKept(_ study: Study) {
    guard case .upTo(let bytes) = study.options.keep else { return kept = [] }
    let most = bytes / max(1, 4 * study.triangle.count)
    if kept.count > most { kept.removeSubrange(most...) }
  }
}

// MARK: The study

extension StudyMerger.Sums {
  /// The study of these sums; `whole` has its models, options and shard.
  func study(
    _ whole: Study, minibatches: [Minibatch], seen: [Range<Int>], pending: [PendingMinibatch]
  ) -> Study {
    var final = self
    // What came after a fault would not have been looked at.
    for (layer, fault) in faults.enumerated() {
      guard let fault else { continue }
      if let since = flat[layer]?.minibatch, since >= fault.minibatch { final.flat[layer] = nil }
      guard let first = varied[layer], first >= fault.minibatch else { continue }
      (final.varied[layer], final.units[layer]) = (nil, 0)
      if !scales.isEmpty { final.scales[layer] = 0 }
    }
    let (kept, keptScales) = final.keptAgain(whole)
    let progress = StudyProgress(
      shard: whole.shard, seen: seen, tree: tree, varied: final.varied,
      flatSince: final.flat.mapValues(\.minibatch), pending: pending)
    do {
      return try Study(
        models: whole.models, options: whole.options, minibatches: minibatches, faults: faults,
        scales: scales.isEmpty ? keptScales : final.scales, kept: kept, units: final.units,
        flat: final.flat.mapValues(\.reason), peaks: peaks, progress: progress)
    } catch {
      preconditionFailure("parts that were checked make no study: \(error)")
    }
  }

  /// What one run would have kept.
  private func keptAgain(_ whole: Study) -> ([[Float]], scales: [Double]) {
    var again = Study(models: whole.models, options: whole.options)
    for row in kept {
      let factors = (0..<whole.layerCount).map { layer -> Double in
        let isOut = faults[layer].map { $0.minibatch <= row.number } ?? false
        guard !isOut, row.scales[layer] > 0 else { return 0 }
        return scalbn(1 / row.scales[layer], row.units[layer] - units[layer])
      }
      var hsic = row.values.map(Double.init)
      var next = 0
      for i in factors.indices {
        for j in i..<factors.count {
          let factor = factors[i] * factors[j]
          // A negative number times 0 would be −0, and no other run's bits.
          hsic[next] = factor == 0 ? 0 : hsic[next] * factor
          next += 1
        }
      }
      again.keepOnly(hsic)
    }
    return (again.kept, again.scales)
  }
}
