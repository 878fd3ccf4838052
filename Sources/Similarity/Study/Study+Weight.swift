extension Study {
  /// Bytes of memory that it takes: its sums, and the kept values of minibatches.
  public var weight: Int {
    (triangle.count + tree.weight) * MemoryLayout<Double>.size
      + triangle.count * kept.count * MemoryLayout<Float>.size
  }
}
