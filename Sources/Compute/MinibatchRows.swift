import CKACore
import Synchronization

/// The `HSICRow`s of one minibatch, filled layer by layer on several threads.
struct MinibatchRows {
  private let options: StudyOptions
  private let threads: Int
  private let rows = AlignedBuffer<Double>()
  private let makers: [GramMaker]

  init(options: StudyOptions, threads: Int) {
    self.options = options
    self.threads = max(1, threads)
    makers = (0..<self.threads).map { _ in GramMaker() }
  }

  /// HSIC of all pairs of layers, and the layers that have none, with the reason.
  /// - Parameters:
  ///   - order: all layers, those first that take longest.
  ///   - gram: makes a layer's Gram matrix of `samples` samples, or throws `LayerProblem`, which
  ///     concerns this layer only; any other error ends the minibatch.
  func products(
    samples: Int, order: [Int],
    gram: @Sendable (_ layer: Int, _ maker: GramMaker) throws -> GramView
  ) throws -> (hsic: [Double], faults: [Int: String]) {
    let count = HSICRow.count(samples: samples, estimator: options.estimator)
    let (elements, overflow) = count.multipliedReportingOverflow(by: order.count)
    guard !overflow, elements < 1 << 40 else {
      throw ComputeError(
        "minibatches of \(samples) samples are too large; use a smaller batch size")
    }
    let faults = Mutex<[Int: String]>([:])
    let options = options
    let rounding = options.precision == .float32 ? 1e-7 : 1e-14
    // Proof: a worker's calls never overlap, each layer's row is written by one task, and all tasks
    // end before `run` returns.
    nonisolated(unsafe) let (makers, rows) = (makers, rows.reserve(elements))
    try Workers.run(tasks: order.count, threads: threads) { worker, task in
      let layer = order[task]
      let row = rows + layer * count
      do {
        let kernel = try gram(layer, makers[worker])
        try kernel.apply(options.kernel)
        HSICRow.fill(row, kernel: kernel, estimator: options.estimator, rounding: rounding)
      } catch let problem as LayerProblem {
        row.initialize(repeating: 0, count: count)
        faults.withLock { $0[layer] = problem.reason }
      }
    }
    let hsic = try PairProducts.all(
      rows: rows, layers: order.count, count: count, threads: threads)
    return (hsic, faults.withLock { $0 })
  }
}
