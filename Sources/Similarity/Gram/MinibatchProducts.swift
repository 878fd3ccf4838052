import Core
import Glibc

/// What one minibatch adds to a study.
struct MinibatchProducts {
  /// HSIC of every two layers, as the study's triangle stores it, in their units.
  var hsic: [Double]
  /// The layers without a kernel matrix, and why.
  var faults: [Int: LayerProblem]
  /// The layers with a kernel matrix whose HSIC with themselves is 0, and why.
  var flat: [Int: Flatness] = [:]
  /// The layers whose kernels are measured in another unit than 1: the exponent of that power of
  /// two.
  var units: [Int: Int] = [:]
  /// What the matrices tell beside HSIC, in the same units.
  var figures = MinibatchFigures()

  /// Takes down what became of a layer.
  mutating func note(_ outcome: LayerRow.Outcome, of layer: Int) {
    if let flat = outcome.flat { self.flat[layer] = flat }
    if outcome.unit != 0 { units[layer] = outcome.unit }
  }
}

extension MinibatchProducts {
  /// Sets what concerns layers whose HSIC with themselves is 0 to 0.
  mutating func clearFlat(_ triangle: PackedTriangle) {
    for i in 0..<triangle.side
    where flat[i] != nil || hsic[triangle.index(i, i)] == 0 {
      clear(i, triangle)
    }
  }

  /// Sets HSIC and figures of a layer to 0.
  private mutating func clear(_ layer: Int, _ triangle: PackedTriangle) {
    for j in 0..<triangle.side {
      let entry = triangle.index(layer, j)
      hsic[entry] = 0
      if !figures.unbiased.isEmpty { figures.unbiased[entry] = 0 }
    }
    if !figures.layers.isEmpty { figures.layers[layer] = KernelFigures() }
  }

  /// Brings `hsic` and `figures` of layers measured in `units` into those that earlier minibatches fixed. A layer
  /// that leaves float64 by that gets a fault.
  mutating func fix(
    units found: [Int: Int], known: (_ layer: Int) -> Int?, _ triangle: PackedTriangle
  ) {
    for (layer, unit) in found {
      let target = known(layer) ?? unit
      if target != 0 { units[layer] = target }
      guard target != unit else { continue }
      let own = hsic[triangle.index(layer, layer)]
      if own > 0, log2(own) + 2 * Double(unit - target) > 960 {
        faults[layer] = .outOfRange
        clear(layer, triangle)
        continue
      }
      scale(layer, by: unit - target, triangle)
    }
  }
}

extension MinibatchProducts {
  /// Multiplies the kernel of a layer by 2^`shift`.
  private mutating func scale(_ layer: Int, by shift: Int, _ triangle: PackedTriangle) {
    for j in 0..<triangle.side {
      let (entry, both) = (triangle.index(layer, j), shift * (j == layer ? 2 : 1))
      hsic[entry] = scalbn(hsic[entry], both)
      guard !figures.unbiased.isEmpty else { continue }
      figures.unbiased[entry] = scalbn(figures.unbiased[entry], both)
    }
    guard !figures.layers.isEmpty else { return }
    figures.layers[layer].squaredTrace = scalbn(figures.layers[layer].squaredTrace, 2 * shift)
    figures.layers[layer].squares = scalbn(figures.layers[layer].squares, 2 * shift)
  }
}

/// What a layer's kernel matrix in a minibatch is made of.
enum LayerInput: Sendable {
  /// samples × features.
  case features(Matrix)
  /// A centred linear Gram matrix that a backend sent, samples × samples.
  case sent(Matrix)
}
