import Glibc

// What a study keeps of each minibatch.

extension Study {
  /// Keeps the HSICs of a minibatch, in a study that is made for nothing else.
  mutating func keepOnly(_ hsic: [Double]) {
    keep(hsic)
    countedMinibatches += 1
  }

  mutating func keep(_ hsic: [Double]) {
    // Once one is left out, all later ones are: those kept are the first.
    guard case .upTo(let bytes) = options.keep, kept.count == countedMinibatches,
      (kept.count + 1) * triangle.count * 4 <= bytes
    else { return }
    for layer in 0..<layerCount { fitScale(layer, own: hsic[triangle.index(layer, layer)]) }
    var values: [Float] = []
    values.reserveCapacity(triangle.count)
    for row in 0..<layerCount {
      for column in row..<layerCount {
        values.append(Float(hsic[values.count] * scales[row] * scales[column]))
      }
    }
    kept.append(values)
  }

  /// The power of two whose square brings `own` near 1.
  static func scale(_ own: Double) -> Double {
    own > 0 && own.isFinite ? exp2(-(log2(own) / 2).rounded()) : 0
  }

  /// Makes the scale of `layer` one with which `own`, its HSIC with itself in a minibatch, fits a
  /// Float. The first minibatch that varies decides; when the layer grows or shrinks by more than
  /// 2^50, what is kept is multiplied by a power of two, which is exact but for what is over 10^60
  /// times smaller than the largest.
  private mutating func fitScale(_ layer: Int, own: Double) {
    guard own > 0, own.isFinite else { return }
    // As it is kept: studies that are merged have nothing else to decide by.
    let own = Double(Float(own.significand)) * own.binade
    if scales[layer] == 0 { return scales[layer] = Self.scale(own) }
    let size = log2(own) + 2 * log2(scales[layer])
    guard abs(size) > 100 else { return }
    var shift = ((size < 0 ? -80 : 80) - size) / 2
    if shift > 0 {
      let diagonal = triangle.index(layer, layer)
      let largest = kept.reduce(0) { max($0, $1[diagonal]) }
      shift = min(shift, largest > 0 ? max(0, (100 - log2(Double(largest))) / 2) : shift)
    }
    let factor = exp2(shift.rounded(.down))
    scales[layer] *= factor
    for index in kept.indices {
      for other in 0..<layerCount {
        let entry = triangle.index(layer, other)
        let both = other == layer ? factor * factor : factor
        kept[index][entry] = Float(Double(kept[index][entry]) * both)
      }
    }
  }
}
