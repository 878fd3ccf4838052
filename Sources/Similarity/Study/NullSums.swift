/// Σ weight × HSIC of every layer with every permuted layer, for each draw of a permutation null.
public struct NullSums: Sendable, Equatable {
  /// How it was drawn.
  public let plan: NullPlan
  /// Layers of the study, L.
  public let layers: Int
  private let tree: SumTree
  private let section: Range<Int>
  private let faults: [LayerFault?]

  /// The null of a study whose additions are `tree`.
  init(_ plan: NullPlan, layout: SumLayout, tree: SumTree, faults: [LayerFault?]) {
    self.plan = plan
    layers = layout.layers
    section = layout.null
    (self.tree, self.faults) = (tree, faults)
  }

  /// Stored sums; nil unless there are N × L × L of them.
  public init?(_ plan: NullPlan, layers: Int, values: [Double]) {
    guard plan.draws > 0, values.count == plan.draws * layers * layers else { return nil }
    self.plan = plan
    self.layers = layers
    section = values.indices
    var tree = SumTree()
    tree.addInOrder(values)
    (self.tree, faults) = (tree, [])
  }

  /// N × L × L values: draw, layer as it is, layer with permuted samples. A draw is no symmetric
  /// matrix. 0 for layers with a fault.
  public var values: [Double] {
    var values = tree.total(section)
    for layer in faults.indices where faults[layer] != nil {
      for draw in 0..<plan.draws {
        for other in 0..<layers {
          values[(draw * layers + layer) * layers + other] = 0
          values[(draw * layers + other) * layers + layer] = 0
        }
      }
    }
    return values
  }

  /// The sum of layer `i` with permuted layer `j` in `draw`; without meaning where one has a fault.
  public func sum(draw: Int, _ i: Int, _ j: Int) -> Double {
    tree.total(at: section.lowerBound + (draw * layers + i) * layers + j)
  }

  /// Whether both are of one plan and have the same values.
  public static func == (a: Self, b: Self) -> Bool {
    a.plan == b.plan && a.layers == b.layers && a.values == b.values
  }
}
