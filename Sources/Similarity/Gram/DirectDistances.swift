import Core

/// Squared distances as the papers write them, Σ_k (x_ik − x_jk)², in float64: nothing cancels, at
/// the price of three operations a feature that no matrix product takes over.
enum DirectDistances {
  /// The relative error to which squared distances must be known; those that a Gram matrix does not
  /// give so well are taken from here.
  static let wanted = 1e-10

  /// Elements of the rows that are held at once.
  private static let most = 1 << 18

  /// The squared distances of `pairs` of samples, of features times `factor`.
  static func squared(
    _ pairs: [(first: Int, second: Int)], features: Matrix, factor: Double
  ) -> [Double] {
    let samples = Set(pairs.flatMap { [$0.first, $0.second] }).sorted()
    let places = Dictionary(uniqueKeysWithValues: samples.enumerated().map { ($1, $0) })
    let slots = pairs.map { (places[$0.first] ?? 0, places[$0.second] ?? 0) }
    // A multiple of the lanes; what is beyond the features stays 0.
    let width = max(64, min(4096, most / max(1, samples.count) / 8 * 8))
    var result = [Double](repeating: 0, count: pairs.count)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: samples.count * width) { rows in
      for start in stride(from: 0, to: features.columns, by: width) {
        let columns = start..<min(features.columns, start + width)
        rows.initialize(repeating: 0)
        for (place, sample) in samples.enumerated() {
          features.copyRow(
            sample, columns: columns, scaledBy: factor,
            into: UnsafeMutableBufferPointer(
              rebasing: rows[place * width..<(place + 1) * width]))
        }
        guard let base = UnsafeRawPointer(rows.baseAddress) else { continue }
        for (index, (first, second)) in slots.enumerated() {
          result[index] += distance(
            base + first * width * 8, base + second * width * 8, count: columns.count)
        }
      }
    }
    return result
  }

  private static func distance(
    _ x: UnsafeRawPointer, _ y: UnsafeRawPointer, count: Int
  ) -> Double {
    var sums = SIMD8<Double>(repeating: 0)
    for offset in stride(from: 0, to: count * 8, by: 64) {
      let difference =
        x.loadUnaligned(fromByteOffset: offset, as: SIMD8<Double>.self)
        - y.loadUnaligned(fromByteOffset: offset, as: SIMD8<Double>.self)
      sums += difference * difference
    }
    return sums.sum()
  }
}
