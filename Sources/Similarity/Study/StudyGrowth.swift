// How a study grows by a minibatch.

extension Study {
  /// Adds a minibatch that is not counted, and why.
  public mutating func skip(samples: Int, sampleHash: String? = nil, reason: SkipReason) {
    nextLeaf = nil
    let number = nextMinibatch
    see(Minibatch(samples: samples, sampleHash: sampleHash, skipped: reason))
    if !isFlat { tree.insert(SumTree.Block(level: 0, index: number), []) }
  }

  /// Adds a counted minibatch.
  /// - Parameters:
  ///   - samples: n ≥ 4.
  ///   - hsic: HSIC of every two layers, as `triangle` stores it, unweighted.
  ///   - faults: the layers that had no Gram matrix, and why. Such a layer has no values from now
  ///     on: every sum over minibatches in a ratio must run over the same ones.
  ///   - flat: the layers whose HSIC with themselves is 0, and why.
  ///   - units: of layers that are not measured in 1; one that `unit(of:)` knows must be that.
  ///   - figures: what the Gram matrices tell beside HSIC, where it is known, in the same units.
  public mutating func add(
    samples: Int, sampleHash: String? = nil, hsic: [Double],
    faults newFaults: [Int: LayerProblem] = [:], flat newFlat: [Int: Flatness] = [:],
    units newUnits: [Int: Int] = [:], figures newFigures: MinibatchFigures? = nil
  ) {
    precondition(samples >= StudyOptions.fewestSamples, "too few samples")
    precondition(hsic.count == triangle.count, "HSIC of every two layers")
    let number = nextMinibatch
    note(newFaults, newFlat, minibatch: number)
    measure(hsic, units: newUnits, minibatch: number)
    let weight = options.weighting.weight(samples: samples)
    if let newFigures {
      figures?.notePeaks(newFigures, hsic: hsic, weight: weight, minibatch: number, triangle)
    } else {
      figures = nil
    }
    keep(hsic)
    var leaf = nextLeaf ?? Array(repeating: 0, count: layout.count)
    nextLeaf = nil
    layout.fill(&leaf, hsic: hsic, weight: weight, figures: newFigures, scales: scales)
    if isFlat {
      tree.addInOrder(leaf)
    } else {
      tree.insert(SumTree.Block(level: 0, index: number), leaf)
    }
    see(Minibatch(samples: samples, sampleHash: sampleHash))
    countedMinibatches += 1
    refreshTotals()
  }

  private mutating func note(
    _ newFaults: [Int: LayerProblem], _ newFlat: [Int: Flatness], minibatch number: Int
  ) {
    for (layer, reason) in newFaults where faults[layer] == nil {
      faults[layer] = LayerFault(minibatch: number, reason: reason)
    }
    for (layer, reason) in newFlat where flat[layer] == nil && faults[layer] == nil {
      (flat[layer], flatSince[layer]) = (reason, number)
    }
  }

  /// Fixes units and scales of layers that vary for the first time.
  private mutating func measure(_ hsic: [Double], units newUnits: [Int: Int], minibatch: Int) {
    for layer in 0..<layerCount {
      let own = hsic[triangle.index(layer, layer)]
      guard varied[layer] == nil, own != 0 else { continue }
      varied[layer] = minibatch
      units[layer] = newUnits[layer] ?? 0
      if layout.hasMoments { scales[layer] = Self.scale(own) }
    }
  }

  /// Sets a bad minibatch aside until it is known how many were skipped before.
  mutating func setAside(_ minibatch: PendingMinibatch, samples: Int, sampleHash: String?) {
    nextLeaf = nil
    see(Minibatch(samples: samples, sampleHash: sampleHash, skipped: minibatch.skipReason))
    pending.append(minibatch)
  }

  private mutating func see(_ minibatch: Minibatch) {
    let number = nextMinibatch
    if let last = seen.last {
      seen[seen.count - 1] = last.lowerBound..<number + 1
    } else {
      seen = [number..<number + 1]
    }
    minibatches.append(minibatch)
  }

  /// Brings `sums` and `figures` up to the additions.
  mutating func refreshTotals() {
    var head = tree.total(layout.head)
    layout.clear(faults.indices.filter { faults[$0] != nil }, in: &head)
    figures?.setTotals(
      squaredTraces: head[layout.squaredTraces], squares: head[layout.squares],
      unbiased: head[layout.unbiased])
    figures?.clear(faults.indices.filter { faults[$0] != nil })
    head.removeSubrange(layout.sums.upperBound...)
    sums = head
  }

  /// The unit in which the kernel of `layer` is measured; nil until a minibatch fixes it.
  func unit(of layer: Int) -> Int? { varied[layer] == nil ? nil : units[layer] }

  /// `unit(of:)` of every layer.
  var knownUnits: [Int?] { (0..<layerCount).map(unit(of:)) }

  /// The sums under permuted samples; nil unless `options.null` asks for them.
  public var null: NullSums? {
    options.null.map { NullSums($0, layout: layout, tree: tree, faults: faults) }
  }

  /// Σ c², Σ c a, Σ c b and Σ a b, one triangle after another, where c is weight × HSIC of a pair of
  /// layers i ≤ j times scale_i scale_j, a and b are those of i and of j with themselves; nil where
  /// they are not summed.
  public var moments: [Double]? {
    guard layout.hasMoments else { return nil }
    var moments = tree.total(layout.moments)
    for layer in faults.indices where faults[layer] != nil {
      for other in 0..<layerCount {
        for part in 0..<4 { moments[part * triangle.count + triangle.index(layer, other)] = 0 }
      }
    }
    return moments
  }

  /// Adds a minibatch's sums under permuted samples, before `add` counts it: `body` adds them to
  /// draws × L × L zeros. Not called unless a null is asked for.
  mutating func addNull<Failure: Error>(
    _ body: (NullPlan, UnsafeMutablePointer<Double>) throws(Failure) -> Void
  ) throws(Failure) {
    guard let plan = options.null else { return }
    var leaf = [Double](repeating: 0, count: layout.count)
    let start = layout.null.lowerBound
    try leaf.withUnsafeMutableBufferPointer { leaf throws(Failure) in
      if let base = leaf.baseAddress { try body(plan, base + start) }
    }
    nextLeaf = leaf
  }

  /// What `addNull` added; empty without a null.
  var nextNull: [Double] { nextLeaf.map { Array($0[layout.null]) } ?? [] }
}
