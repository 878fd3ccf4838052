/// Σ weight × HSIC of every layer with every permuted layer, for each draw of a permutation null.
public struct NullSums: Sendable, Equatable {
  /// How it was drawn.
  public let plan: NullPlan
  /// Layers of the study, L.
  public let layers: Int
  /// N × L × L values: draw, layer as it is, layer with permuted samples. A draw is no symmetric
  /// matrix.
  public private(set) var values: [Double]

  /// Sums of no minibatch.
  public init(_ plan: NullPlan, layers: Int) {
    self.plan = plan
    self.layers = layers
    values = Array(repeating: 0, count: plan.draws * layers * layers)
  }

  /// Stored sums; nil unless there are N × L × L of them.
  public init?(_ plan: NullPlan, layers: Int, values: [Double]) {
    guard plan.draws > 0, values.count == plan.draws * layers * layers else { return nil }
    self.plan = plan
    self.layers = layers
    self.values = values
  }

  /// The sum of layer `i` with permuted layer `j` in `draw`.
  public func sum(draw: Int, _ i: Int, _ j: Int) -> Double {
    values[(draw * layers + i) * layers + j]
  }

  mutating func update<Failure: Error>(
    _ body: (NullPlan, UnsafeMutablePointer<Double>) throws(Failure) -> Void
  ) throws(Failure) {
    let plan = plan
    try values.withUnsafeMutableBufferPointer { values throws(Failure) in
      if let start = values.baseAddress { try body(plan, start) }
    }
  }
}
