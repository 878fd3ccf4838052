import Synchronization

/// The `HSICRow`s of one minibatch, filled layer by layer on several threads.
struct MinibatchRows {
  let options: StudyOptions
  let threads: Int
  private let bytes: Int
  let rows = AlignedBuffer<Double>()
  private let diagonals = AlignedBuffer<Double>()
  private let makers: [GramMaker]

  /// - Parameter bytes: what the vectors and the Gram matrices of a minibatch may take.
  init(options: StudyOptions, threads: Int, bytes: Int) {
    self.options = options
    self.threads = max(1, min(threads, Workers.most))
    self.bytes = bytes
    makers = (0..<self.threads).map { _ in GramMaker() }
  }

  /// Whether a vector of n²/2 values for each layer, and what each thread needs, are within the
  /// limit.
  func fits(samples: Int, layers: Int) -> Bool {
    let n = Double(samples)
    return n * n * 4 * Double(layers + 3 * threads) <= Double(bytes)
  }

  /// HSIC of all pairs of layers, the layers that have none, with the reason, and what the Gram
  /// matrices tell beside.
  /// - Parameters:
  ///   - order: all layers, those first that take longest.
  ///   - unit: the unit of a layer that earlier minibatches fixed.
  ///   - input: what a layer's Gram matrix of `samples` samples is made of; or throws
  ///     `LayerProblem`, which concerns this layer only; any other error ends the minibatch.
  func products(
    samples: Int, order: [Int], unit: @Sendable (_ layer: Int) -> Int?,
    input: @Sendable (_ layer: Int) throws -> LayerInput
  ) throws -> MinibatchProducts {
    guard fits(samples: samples, layers: order.count) else {
      throw ComputeError(
        "the Gram matrices of \(samples) samples and \(order.count) layers take more than "
          + "\(bytes >> 20) MiB; use a smaller batch size")
    }
    var result = try fill(samples: samples, order: order, unit: unit, input: input)
    let (layers, count) = (order.count, count(samples: samples))
    result.hsic = try PairProducts.all(
      rows: rows.reserve(count * layers), layers: layers, count: count, threads: threads)
    if options.estimator == .biased {
      result.figures.unbiased = try unbiased(result.hsic, samples: samples, layers: layers)
    }
    return result
  }

  private func count(samples: Int) -> Int {
    HSICRow.count(samples: samples, estimator: options.estimator)
  }

  /// Fills the rows and the diagonals of all layers; HSIC is still missing.
  private func fill(
    samples: Int, order: [Int], unit: @Sendable (_ layer: Int) -> Int?,
    input: @Sendable (_ layer: Int) throws -> LayerInput
  ) throws -> MinibatchProducts {
    let (count, options) = (count(samples: samples), options)
    let none = MinibatchFigures(layers: Array(repeating: KernelFigures(), count: order.count))
    let found = Mutex(MinibatchProducts(hsic: [], faults: [:], figures: none))
    // Proof: a worker's calls never overlap, each layer's row is written by one task, and all tasks
    // end before `run` returns.
    nonisolated(unsafe) let (makers, rows) = (makers, rows.reserve(count * order.count))
    nonisolated(unsafe) let diagonals = diagonals.reserve(samples * order.count)
    try Workers.run(tasks: order.count, threads: threads) { worker, task in
      let layer = order[task]
      let (row, diagonal) = (rows + layer * count, diagonals + layer * samples)
      do {
        let outcome = try LayerRow(options: options, maker: makers[worker]).fill(
          row, diagonal: diagonal, from: input(layer), samples: samples, unit: unit(layer))
        let tells = KernelFigures(
          row: row, diagonal: diagonal, samples: samples, estimator: options.estimator)
        found.withLock {
          $0.note(outcome, of: layer)
          $0.figures.layers[layer] = tells
        }
      } catch let problem as LayerProblem {
        row.initialize(repeating: 0, count: count)
        diagonal.initialize(repeating: 0, count: samples)
        found.withLock { $0.faults[layer] = problem }
      }
    }
    return found.withLock { $0 }
  }

  /// HSIC₁ of all pairs beside HSIC₀, from the diagonals that `fill` left.
  private func unbiased(_ biased: [Double], samples: Int, layers: Int) throws -> [Double] {
    let diagonals = diagonals.reserve(samples * layers)
    return UnbiasedFromBiased(samples: samples, layers: layers).hsic(
      biased: biased,
      products: try PairProducts.all(
        rows: diagonals, layers: layers, count: samples, threads: threads),
      traces: (0..<layers).map { layer in
        (0..<samples).reduce(0) { $0 + diagonals[layer * samples + $1] }
      })
  }
}
